"""What to do where servers of a zone have different keys, and before a DS record is published for any."""

from __future__ import annotations

from itertools import combinations

from dnstrace.checks.advice.behind import behind, soas_at_cuts
from dnstrace.checks.advice.remedies import at_servers, in_zone
from dnstrace.checks.advice.versions import (
    lost_from,
    newest,
    primary_reset,
    regressed,
    validating,
    worse_than_others,
)
from dnstrace.checks.readings.delegated_keys import unheard
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import keys_text, listed, parent_text, server_names, where
from dnstrace.checks.readings.replies import HeardReply, by_server
from dnstrace.checks.readings.serials import primaries, serials
from dnstrace.checks.readings.signing import signing_of
from dnstrace.dnssec.algorithms import key_tag
from dnstrace.dnssec.records import DNSKEY
from dnstrace.model import Name
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import zone_text

Groups = list[tuple[frozenset[DNSKEY], list[HeardReply]]]


def same_keys(cut: Cut, groups: Groups) -> str:
    """What to do where servers have different keys: copies of a zone are alike, its signers know each other.

    Several sign it where the parent has DS records for keys of each, or where there are several primaries.
    These need the same algorithms: all data is signed with each one that the zone has keys of (RFC 8901, 4).
    """
    zone, signing = zone_text(cut.zone), signing_of(cut)
    algorithms = {frozenset(key.algorithm for key in keys) for keys, _ in groups if keys}
    alike = "use the same algorithms, and " if len(algorithms) > 1 else ""
    share = f"{alike}publish the zone-signing keys of all of them in its DNSKEY records"
    if any(not keys for keys, _ in groups):
        return f"sign {zone} at each of its hosts, and have each {share}" if primaries(cut) else _one(cut)
    own = {
        frozenset(signing.key_replies[reply.address][1] & {*signing.entries})
        for _, replies in groups
        for reply in replies
    }
    if primaries(cut) or any(one - other and other - one for one, other in combinations(own, 2)):
        return f"have each provider that signs {zone} {share}"
    return f"{_one(cut)}; or, if several providers sign it with keys of their own, have each {share}"


def _one(cut: Cut) -> str:
    """How all servers come to have one version: one that validates, once there is one."""
    zone, signing, serial = zone_text(cut.zone), signing_of(cut), newest(cut)
    if servers := regressed(cut):
        return _with_what_is_lost(cut, f"{_sign(cut, servers)}{_if_lost(cut, servers)}")
    if signing.entries and signing.readable and not validating(cut):
        return f"sign {zone} again, and load it on all its servers"
    if reset := primary_reset(cut):
        return _at_reset(cut, *reset)
    having = {address for address, each in serials(cut).items() if serial in (None, each)}
    if signing.entries and having & validating(cut) and (odd := having & _unlike(cut) - validating(cut)):
        return _as_others_have_it(cut, odd if serial is None else _unlike(cut), having & validating(cut))
    if not serials(cut) and (fix := _from_those_above(cut)):
        return fix
    which = "" if serial is None else f", serial {serial},"
    return _with_what_is_lost(cut, f"load the same version of {zone}{which} on all its servers")


def _from_those_above(cut: Cut) -> str:
    """What to load in a zone above the one in question, if servers were asked for its version."""
    heard, known = [reply for reply, _ in signing_of(cut).key_replies.values()], soas_at_cuts(cut)
    fine, odd, older = {*validating(cut)} & known.keys(), _unlike(cut), behind(cut, heard)
    if not (fine and odd and signing_of(cut).entries):
        return ""
    if older is not None and odd == {reply.address for reply in older.replies}:
        return f"load version {older.newest} of {older.zone} on {server_names(older.replies)}"
    same = len({known[address].serial for address in (*fine, *odd) if address in known}) == 1
    return _as_others_have_it(cut, odd, fine) if same and odd <= known.keys() else ""


def _unlike(cut: Cut) -> set[str]:
    """The addresses of servers whose keys are known, and whose copy of the zone does not validate."""
    return (signing_of(cut).key_replies.keys() & cut.serving) - validating(cut)


def _as_others_have_it(cut: Cut, odd: set[str], fine: set[str]) -> str:
    """To load on some servers what others have."""
    heard = [reply for reply, _ in signing_of(cut).key_replies.values()]
    here, there = ([reply for reply in heard if reply.address in each] for each in (odd, fine))
    who = server_names if by_server(here).keys().isdisjoint(by_server(there)) else where
    have = "has" if len(by_server(there)) == 1 else "have"
    return f"load {zone_text(cut.zone)} on {who(here)} as {who(there)} {have} it"


def _at_reset(cut: Cut, primary: Name, own: int, latest: int) -> str:
    """Which version to load where the primary has an older one: that which validates, if only one does."""
    if worse_than_others(cut, own):
        return _sign(cut, (primary,))
    fine = {address for address, serial in serials(cut).items() if serial == own} & validating(cut)
    if fine and worse_than_others(cut, latest):
        return f"{_as_others_have_it(cut, _unlike(cut), fine)}, with a serial above {latest}"
    zone = zone_text(cut.zone)
    return f"find out whether serial {own} or {latest} of {zone} is current, and load it on all its servers"


def _with_what_is_lost(cut: Cut, cure: str) -> str:
    """The fix, and what the newest version, which it loads everywhere, lacks of the data that others have."""
    serial = newest(cut)
    lost = "" if serial is None else lost_from(cut, serial)
    return f"{cure}; in this version {lost}: check first whether that is meant" if lost else cure


def _sign(cut: Cut, servers: tuple[Name, ...]) -> str:
    """To sign the version of some servers with the keys of the DS records."""
    named = "its DS record names" if len(signing_of(cut).ds) == 1 else "its DS records name"
    keys = keys_text(map(key_tag, signing_of(cut).entries))
    on = f"sign {zone_text(cut.zone)} on {listed(servers)} with {keys}"
    return f"{on}, which {named}, before another server loads it"


def _if_lost(cut: Cut, servers: tuple[Name, ...]) -> str:
    """What else to do where servers lack the keys of the DS records: those keys may be lost for good."""
    signing = signing_of(cut)
    having = [keys for reply, keys in signing.key_replies.values() if reply.server in servers]
    if any(keys & {*signing.entries} for keys in having):
        return ""
    lost = "this key is" if len(signing.entries) == 1 else "these keys are"
    new = [key for key in signing.signing_keys if any(key in keys for keys in having)]
    which = keys_text(map(key_tag, new)) if new else "a new key"
    sign = "" if new else f"sign it there with {which}, "
    return (
        f"; if {lost} lost, {sign}have a DS record of {which if new else 'that'} added in {parent_text(cut)},"
        " wait for the TTL of the DS records there, and then load this version on all servers"
    )


def before_ds(cut: Cut) -> tuple[str, Remedy] | None:
    """What to do before a DS record is published; None where every server was heard to have the same keys."""
    zone = zone_text(cut.zone)
    if silent := unheard(cut):
        cure = f"bring {listed(silent)} back before a DS record of {zone} is published"
        return f"{cure}: {'it' if len(silent) == 1 else 'they'} may have other keys", at_servers(*silent)
    if len(signing_of(cut).key_groups) > 1:
        cure = f"have all servers of {zone} serve the same keys before a DS record is published"
        return cure, in_zone(cut.zone)
    return None

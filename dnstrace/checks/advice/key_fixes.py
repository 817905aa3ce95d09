"""What to do where servers of a zone have different keys, and before a DS record is published for any."""

from __future__ import annotations

from itertools import combinations

from dnstrace.checks.advice.remedies import at_servers, in_zone
from dnstrace.checks.advice.versions import newest, regressed, validating
from dnstrace.checks.readings.delegated_keys import unheard
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import keys_text, listed, parent_text
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.serials import primaries
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
    """
    zone, signing = zone_text(cut.zone), signing_of(cut)
    share = "publish the zone-signing keys of all of them in its DNSKEY records"
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
    zone, entries = zone_text(cut.zone), signing_of(cut).entries
    if servers := regressed(cut):
        named = "its DS record names" if len(signing_of(cut).ds) == 1 else "its DS records name"
        keys = keys_text(map(key_tag, entries))
        sign = f"sign {zone} on {listed(servers)} with {keys}, which {named}, before another server loads it"
        return f"{sign}{_if_lost(cut, servers)}"
    if entries and signing_of(cut).readable and not validating(cut):
        return f"sign {zone} again, and load it on all its servers"
    serial = newest(cut)
    which = "" if serial is None else f", serial {serial},"
    return f"load the same version of {zone}{which} on all its servers"


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

"""What to do about DS records of which none has a key in the zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import dns.rdatatype

from dnstrace.checks.advice.remedies import at_parent, at_servers, in_zone
from dnstrace.checks.readings.delegated_keys import published, unheard
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import keys_text, listed, server_names
from dnstrace.checks.readings.replies import HeardReply, by_server
from dnstrace.checks.readings.signed_apart import signed_above
from dnstrace.checks.readings.signed_data import keys_in, to_be_signed
from dnstrace.checks.readings.signing import signing_of
from dnstrace.dnssec.algorithms import ds_usable, matches
from dnstrace.dnssec.records import DNSKEY, Signed
from dnstrace.dnssec.signature import REVOKED, current
from dnstrace.model import Name
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import zone_text


def remedy_of_ds(cut: Cut, publish: tuple[str, ...]) -> Remedy:
    """What to change where no DS record has a key: `publish` are the records of the keys that there are."""
    if silent := unheard(cut):
        return at_servers(*silent)
    if publish and _is_moving(cut):
        return at_parent(cut, add=publish)
    if is_hosts(cut, publish):
        return in_zone(cut.zone, servers=() if not _copies(cut) else _own_servers(cut))
    return at_parent(cut, change=publish) if publish else at_parent(cut, remove=published(cut))


def _is_moving(cut: Cut) -> bool:
    """Whether other name servers are supposed for the zone, so that these DS records are of the old ones."""
    return cut.zone in cut.supposed


def lost_keys(cut: Cut) -> tuple[int, ...]:
    """The tags of the keys that DS records name, and that the zone lacks although it is signed with them.

    The DNSKEY RRset is signed by them, or there is none and the data has signatures: the keys were altered or
    lost after the zone was signed. So it is the zone that is wrong, and not its DS records.
    """
    signing = signing_of(cut)
    named = {(int(ds.key_tag), int(ds.algorithm)) for ds in signing.ds if ds_usable(ds)}
    if signing.keys:
        by = {
            key
            for reply, _ in signing.key_replies.values()
            for key in _signed_by(cut, reply, signing.key_data)
        }
        return tuple(sorted({tag for tag, _ in named & by}))
    data = {key for reply in signing.replies for key in _signed_by(cut, reply, _data)}
    algorithms = {algorithm for _, algorithm in data}
    return tuple(sorted({tag for tag, algorithm in named if algorithm in algorithms}))


def _data(reply: HeardReply) -> Iterable[Signed]:
    return reply.once(to_be_signed)


def _signed_by(
    cut: Cut, reply: HeardReply, data: Callable[[HeardReply], Iterable[Signed]]
) -> Iterator[tuple[int, int]]:
    """The keys of the zone, by tag and algorithm, whose signatures of some data of a reply are current."""
    at = cut.time_of(reply.attempt.exchange)
    for each in data(reply):
        for rrsig in each.signatures:
            if rrsig.signer == cut.zone and current(rrsig, at) == 0:
                yield int(rrsig.key_tag), int(rrsig.algorithm)


def revoked_keys(cut: Cut) -> tuple[int, ...]:
    """The tags by DS records of keys that have the REVOKE flag, which changes their tag (RFC 5011)."""
    signing = signing_of(cut)
    flagged = (key for key in signing.keys if key.flags & REVOKED)
    before = (key.replace(flags=key.flags & ~REVOKED) for key in flagged)
    found = matches(signing.ds, cut.zone, (key for key in before if isinstance(key, DNSKEY)))
    return tuple(sorted({int(ds.key_tag) for ds, keys in found.items() if keys}))


def is_hosts(cut: Cut, publish: tuple[str, ...]) -> bool:
    """Whether the operator of the zone has to act where no DS record has a key, and not the registrar."""
    if unheard(cut):
        return True
    lost = not publish and (lost_keys(cut) or revoked_keys(cut))
    return not _is_moving(cut) and bool(_copies(cut) or lost)


def _copies(cut: Cut) -> list[HeardReply]:
    """Signed replies from copies of the zone on servers of the zone above, which may have the keys."""
    return cut.once(signed_above)


def _own_servers(cut: Cut) -> tuple[Name, ...]:
    """The servers of the zone of which the keys are known."""
    return tuple(dict.fromkeys(reply.server for reply, _ in signing_of(cut).key_replies.values()))


def _of_current(cut: Cut, copies: list[HeardReply], change: str) -> str:
    """What to do where a server of the zone above has a signed copy: which one is current is not known."""
    zone, here, there = zone_text(cut.zone), server_names(copies), listed(_own_servers(cut))
    copy = "copy" if len(by_server(copies)) == 1 else "copies"
    which, load = "", f"load it on {there}"
    if (fits := _have_key_of_ds(cut, copies)) is not None:
        which = f", which has {'a' if fits else 'no'} key that a DS record is for"
        load = load if fits else f"{load} and replace the DS records of {zone}"
    return (
        f"find out which copy of {zone} is current: if it is the one on {here}{which}, {load};"
        f" otherwise {change} the DS records of {zone}, and remove the {copy} on {here}"
    )


def _have_key_of_ds(cut: Cut, copies: list[HeardReply]) -> bool | None:
    """Whether copies have a key that a DS record is for; None if that was not heard, or they differ."""
    asked = (cut.zone, dns.rdatatype.DNSKEY)
    heard = [r for r in copies if (r.step.question.name, r.step.question.rdtype) == asked]
    found = {any(matches(signing_of(cut).ds, cut.zone, r.once(keys_in)).values()) for r in heard}
    return found.pop() if len(found) == 1 else None


def cure_of_ds(cut: Cut, has_keys: bool) -> str:
    """What to do about DS records without a key: nothing at the registrar before every server was heard."""
    zone = zone_text(cut.zone)
    if silent := unheard(cut):
        one = len(silent) == 1
        return (
            f"bring {listed(silent)} back first: {'it' if one else 'they'} may have"
            f" {'these keys' if len(signing_of(cut).ds) > 1 else 'this key'}"
        )
    if _is_moving(cut) and has_keys:
        return (
            f"before the name servers change, add these DS records of {zone} and wait for the TTL of the old"
            " ones; remove the old ones afterwards"
        )
    if _is_moving(cut):
        return (
            f"before the name servers change, remove the DS records of {zone} and wait for their TTL, or have"
            " the new servers sign the zone"
        )
    if (lost := lost_keys(cut)) and not has_keys:
        them, were = ("they", "were") if len(lost) > 1 else ("it", "was")
        return (
            f"publish {keys_text(lost)} in {zone} again, as {them} {were} when the zone was signed;"
            f" without {'them' if len(lost) > 1 else 'it'}, sign {zone} again and replace its DS records"
        )
    if (revoked := revoked_keys(cut)) and not has_keys and not _copies(cut):
        again = (
            f"publish {keys_text(revoked)} in {zone} without the REVOKE flag again, and sign its keys with"
        )
        them, are = ("it", "it is") if len(revoked) == 1 else ("them", "they are")
        return (
            f"{again} {them}, unless {are} compromised; or sign {zone} with a new key, and replace its DS"
            " records"
        )
    change = "replace" if has_keys else "remove"
    if copies := _copies(cut):
        return _of_current(cut, copies, change)
    return f"{change} the DS records of {zone}{'' if has_keys else ', or sign the zone'}"

"""What to do about copies of a zone on servers of the zone above, which nothing lists for it.

What is removed is lost: that is advised only where the copies on the zone's own servers are sure to be at
least as good. In all other cases the fix leaves every copy where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from itertools import product, starmap
from typing import NamedTuple

from dns.rdtypes.ANY.SOA import SOA

from dnstrace.checks.advice.listing import known_addresses
from dnstrace.checks.advice.remedies import at_servers, in_zone
from dnstrace.checks.advice.versions import validating
from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import host_of
from dnstrace.checks.readings.phrases import listed, parent_text, server_names
from dnstrace.checks.readings.replies import HeardReply, by_server
from dnstrace.checks.readings.signing import signing_of
from dnstrace.dnssec.algorithms import ds_usable
from dnstrace.model import Name
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import ahead


class Copies(NamedTuple):
    """Copies of a zone: the SOA record of each, with its reply, and their answers to one question."""

    soa: Sequence[tuple[HeardReply, SOA]]
    said: Sequence[HeardReply]

    @property
    def replies(self) -> list[HeardReply]:
        """The replies that have the SOA records."""
        return [reply for reply, _ in self.soa]


class Standing(Enum):
    """What copies on servers of the zone above are, by those on the servers that the zone lists."""

    LEFT_OVER = auto()  # may be removed
    UNSURE = auto()
    BEHIND = auto()  # an earlier version of one primary: the servers that the zone lists have the next one
    AHEAD = auto()  # a later version of one primary, which the servers that the zone lists lack
    UNSIGNED = auto()  # what the servers that the zone lists have does not validate, and has to


def standing(cut: Cut, here: Copies, there: Copies) -> Standing:
    """What the copies here, at servers of the zone above, are by those there, which the zone lists."""
    if not _is_sound(cut, there):
        signing = signing_of(cut)
        known = there.soa and signing.ds and signing.below_anchor
        return Standing.UNSIGNED if known else Standing.UNSURE
    found = by_version(cut, here, there)
    needed = found is Standing.LEFT_OVER and (loses_data(here, there) or _may_be_listed(cut, here.replies))
    return Standing.UNSURE if needed else found


def by_version(cut: Cut, here: Copies, there: Copies) -> Standing:
    """The same, by the SOA records alone."""
    pairs = [(one, other) for (_, one), (_, other) in product(here.soa, there.soa)]
    if any(ahead(one.serial, other.serial) > 0 for one, other in pairs):
        return Standing.AHEAD if all(one.mname == other.mname for one, other in pairs) else Standing.UNSURE
    if not pairs or _has_primary(cut, here, there):
        return Standing.UNSURE
    return Standing.BEHIND if any(starmap(_is_earlier, pairs)) else Standing.LEFT_OVER


def loses_data(from_: Copies, to: Copies) -> bool:
    """Whether some of the data asked for is gone if the former copies are given up for the latter."""
    had = any(reply.meaning.kind in POSITIVE for reply in from_.said)
    return had and any(reply.meaning.kind not in POSITIVE for reply in to.said)


def kept(cut: Cut, found: Standing, here: Copies, there: Copies) -> tuple[str, Remedy]:
    """What to do where the copies here are not to be removed, and the remedy."""
    zone, above, own = zone_text(cut.zone), here.replies, there.replies
    if found is Standing.UNSIGNED:
        left = "it is" if len(by_server(above)) == 1 else "they are"
        cure = f"fix the signing of {zone} on {server_names(own)} first, and leave {server_names(above)} as"
        return f"{cure} {left} until then", in_zone(cut.zone, servers=by_server(own))
    if found is Standing.BEHIND:
        instead = "" if loses_data(here, there) else or_removed(cut, above)
        return f"{_transfer(cut, there, here)}{instead}", at_servers(*by_server(above))
    if found is Standing.AHEAD:
        return _transfer(cut, here, there), in_zone(cut.zone, servers=by_server(own))
    cure = unsure(cut.zone, _needs_signing(cut))
    return cure, in_zone(cut.zone, servers=by_server([*above, *own]))


def removal(cut: Cut, replies: Sequence[HeardReply]) -> str:
    """The advice to remove a zone from the servers of replies, once the zone above delegates it."""
    zone, parent = zone_text(cut.zone), parent_text(cut)
    delegates = f"make sure that {parent} delegates {zone} to {listed(sorted(cut.child))}"
    return f"{delegates}, then remove the zone {zone} from {server_names(replies)}"


def or_removed(cut: Cut, replies: Sequence[HeardReply]) -> str:
    """That a zone may be removed where a copy of it lags, to go on a fix; or nothing if it may list a server.

    Nobody notifies servers that a zone does not list, so a copy there may be one that was forgotten.
    """
    above = set() if cut.delegation is None else {server.name for server in cut.delegation.servers}
    if not cut.child or any(reply.server in above for reply in replies) or _may_be_listed(cut, replies):
        return ""
    is_meant = "is not meant" if len(by_server(replies)) == 1 else "are not meant"
    unmeant = f"if {server_names(replies)} {is_meant} to have {zone_text(cut.zone)}"
    return f"; or, {unmeant}, {removal(cut, replies)}"


def _may_be_listed(cut: Cut, replies: Sequence[HeardReply]) -> bool:
    """Whether a zone lists a server of replies, or a name without a known address, which may be one."""
    listed_at = {address for name in cut.child for address in known_addresses(cut, name)}
    if any(reply.server in cut.child or reply.address in listed_at for reply in replies):
        return True
    return not all(known_addresses(cut, name) or host_of(cut, name).absent for name in cut.child)


def unsure(zone: Name, signed: bool = False) -> str:
    """The advice where nothing shows which copies of a zone are current. That may have to be `signed`."""
    proved = ", make sure that it validates," if signed else ","
    cure = f"find out which servers have the current version of {zone_text(zone)}"
    return f"{cure}{proved} and have the others copy it"


def versions_text(cut: Cut, here: Copies, there: Copies) -> str:
    """Which serials the zone has where, to follow a sentence: `; sub.example has serial 7 on ns1.example`."""
    servers: dict[int, list[HeardReply]] = {}
    for reply, soa in (*here.soa, *there.soa):
        servers.setdefault(soa.serial, []).append(reply)
    each = (f"serial {serial} on {server_names(replies)}" for serial, replies in servers.items())
    return f"; {zone_text(cut.zone)} has {', and '.join(each)}"


def _transfer(cut: Cut, new: Copies, old: Copies) -> str:
    """The advice to bring servers a newer version, if that is fit for it."""
    zone, source, target = zone_text(cut.zone), server_names(new.replies), server_names(old.replies)
    cure = f"transfer {zone} to {target} again, and find out why it was not transferred"
    if loses_data(old, new):
        cure = f"check whether this change is meant: if it is, {cure}; if not, correct it on {source} first"
    if _is_sound(cut, new):
        return cure
    return f"make sure that {zone} validates as it is on {source}; after that, {cure}"


def _needs_signing(cut: Cut) -> bool:
    """Whether the parent has DS records that count, or may have some: there are keys, or it is signed."""
    signing = signing_of(cut)
    may = bool(signing.keys) or signing.below_anchor
    return any(map(ds_usable, signing.ds)) if signing.ds_known else may


def _is_sound(cut: Cut, copies: Copies) -> bool:
    """Whether copies are known to validate, or need not."""
    return not _needs_signing(cut) or {reply.address for reply in copies.replies} <= validating(cut)


def _has_primary(cut: Cut, here: Copies, there: Copies) -> bool:
    """Whether an SOA record names one of the servers here as the primary."""
    servers, addresses = {*by_server(here.replies)}, {reply.address for reply in here.replies}
    named = {soa.mname for _, soa in (*here.soa, *there.soa)}
    return bool(named & servers) or any(addresses & {*host_of(cut, name).addresses} for name in named)


def _is_earlier(one: SOA, other: SOA) -> bool:
    """Whether a record has a lower serial and no other difference, as at a secondary after a change."""
    return one.serial != other.serial and one.replace(serial=other.serial) == other

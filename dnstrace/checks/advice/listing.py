"""Which of the names in NS records are of use: those that serve the zone, and those that were mistyped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dnstrace.analysis.pointing import meant_by, without_zone
from dnstrace.checks.advice.csync import or_by_csync
from dnstrace.checks.advice.remedies import address_records, at_parent, glue_records, in_zone
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import glue, host_of, named, walked_addresses, working
from dnstrace.checks.readings.phrases import listed, parent_text
from dnstrace.checks.readings.serials import records as soa_records
from dnstrace.model import Name
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Observation
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import newest_of
from dnstrace.model.structs import replace

_TTL = 172800  # seconds, of NS records to publish where the delegation shows no TTL


class Listing(NamedTuple):
    """The name servers of two lists that are worth listing, and those that are not."""

    good: tuple[Name, ...]
    bad: tuple[Name, ...]


def sorted_out(cut: Cut, names: Iterable[Name]) -> Listing:
    """The names that serve the zone, or that could not be asked, and the others.

    A name that lacks its final dot counts as bad, and the one that was meant is judged in its place.
    """
    every = list(dict.fromkeys(names))
    meant = [lacking_dot(cut, name) or name for name in every]
    good = dict.fromkeys(name for name in meant if is_of_use(cut, name))
    return Listing(tuple(good), tuple(name for name in every if name not in good))


def is_of_use(cut: Cut, name: Name) -> bool:
    """Whether a name serves the zone at some address, or nothing shows that it does not."""
    host = host_of(cut, name)
    if host.alias or lacking_dot(cut, name):
        return False
    known = known_addresses(cut, name)
    if not known:
        return not (host.absent or host.failed)
    return any(not special(text) for text in working(cut, known))


def known_addresses(cut: Cut, name: Name) -> tuple[str, ...]:
    """The addresses of a name server: in its own zone, in the referral, and those that the walk found."""
    walked = walked_addresses(cut).get(name, ())
    return tuple(dict.fromkeys((*host_of(cut, name).addresses, *glue(cut).get(name, ()), *walked)))


def lacking_dot(cut: Cut, name: Name) -> Name | None:
    """The name that was meant by one without an address that ends in the zone for lack of its final dot.

    That zone may be the parent, where the delegation is. One known to have no address was not meant, nor is
    one taken for it that nobody asked for though the zone's servers were probed. A wildcard may give an
    address to the name that was written, at which nothing serves the zone.
    """
    origin = cut.zone if name.is_subdomain(cut.zone) else cut.parent
    meant = None if origin is None else without_zone(name, origin)
    addresses = known_addresses(cut, name)
    if meant is None or working(cut, addresses):
        return None
    if addresses or not (meant.is_subdomain(cut.zone) or meant in cut.once(_every_name)):
        return meant if meant_by(name, origin or cut.zone) and host_of(cut, meant).addresses else None
    host = host_of(cut, meant)
    unasked = cut.probed and not host.steps and meant not in cut.once(_every_name)
    return None if host.absent or unasked else meant


def _every_name(cut: Cut) -> frozenset[Name]:
    return frozenset(named(cut))


def ns_records(cut: Cut, names: Iterable[Name], ttl: int | None = None) -> tuple[str, ...]:
    """The NS records of the zone that list these names, in master-file format."""
    if ttl is None:
        ttl = cut.delegation.ttl if cut.delegation is not None and cut.delegation.ttl is not None else _TTL
    return tuple(f"{cut.zone} {ttl} IN NS {name}" for name in sorted(names))


def addresses_lacking(cut: Cut, names: Iterable[Name]) -> tuple[str, ...]:
    """The address records that the zone lacks for name servers inside it, as the parent has them as glue."""
    inside = (name for name in sorted(names) if name.is_subdomain(cut.zone) and host_of(cut, name).absent)
    each = ((name, working(cut, glue(cut).get(name, ()))) for name in inside)
    return tuple(record for name, found in each for record in address_records(name, found))


def delegating_records(cut: Cut, names: Iterable[Name]) -> tuple[str, ...]:
    """The NS records for the parent to publish, and the glue that it lacks for them."""
    names = sorted(names)
    fresh = [name for name in names if name.is_subdomain(cut.zone) and not glue(cut).get(name)]
    addresses = ((name, working(cut, host_of(cut, name).addresses)) for name in fresh)
    return (
        *ns_records(cut, names),
        *(r for name, found in addresses for r in glue_records(cut, name, found)),
    )


def followed_by_parent(cut: Cut, names: Iterable[Name], found: Observation) -> Observation | None:
    """The observation with the fix that the parent lists what the zone lists; None unless all of it works."""
    names = sorted(names)
    if not names or sorted_out(cut, names).bad:
        return None
    if apart_from_parent(cut, names):
        return _undecided(cut, names, found)
    records = delegating_records(cut, names)
    own = f"the NS records that {zone_text(cut.zone)} itself has"
    cure = f"have {parent_text(cut)} publish {own}{or_by_csync(cut, 'NS')}"
    remedy = at_parent(cut, change=records)
    return replace(found, cure=cure, records=records, remedy=remedy, blame=Blame.REGISTRAR)


def apart_from_parent(cut: Cut, names: Iterable[Name]) -> bool:
    """Whether the servers that the parent lists in addition to these have a newer version, or another zone.

    That the parent has to list these alone would bring back what the former host has, where a zone was moved
    with the NS records of that host in it. A minority with another zone of that name was left behind.
    """
    here = set() if cut.delegation is None else {server.name for server in cut.delegation.servers}
    there = set(names)
    known = list(soa_records(cut))
    mine = [soa for reply, soa in known if reply.server in here - there]
    others = [soa for reply, soa in known if reply.server in there]
    if not mine or not others:
        return False
    named = {each for soa in mine for each in (soa.mname, soa.rname)}
    if all(named.isdisjoint({soa.mname, soa.rname}) for soa in others):
        return 2 * len(here - there) > len(here)
    return newest_of({soa.serial for soa in (*mine, *others)}) not in {soa.serial for soa in others}


def _undecided(cut: Cut, names: list[Name], found: Observation) -> Observation:
    """The observation of two sets of name servers of which only the operator knows which one is right."""
    zone, parent = zone_text(cut.zone), parent_text(cut)
    listing = () if cut.delegation is None else cut.delegation.servers
    others = listed(sorted({server.name for server in listing} - {*names}))
    cure = (
        f"find out which of them have the current version of {zone}: if {others}, list only these in its NS"
        f" records there and in {parent}; if not, have {parent} list {listed(names)}"
    )
    message = f"{found.message}; they have different versions of it"
    return replace(found, message=message, cure=cure, remedy=in_zone(cut.zone), blame=Blame.HOST)

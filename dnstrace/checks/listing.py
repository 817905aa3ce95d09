"""Which of the names in NS records are of use: those that serve the zone, and those that were mistyped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dnstrace.checks.child_sync import or_by_csync
from dnstrace.checks.evidence import Cut
from dnstrace.checks.glue import address_records, glue, glue_records, working
from dnstrace.checks.hosts import host_of, named, walked_addresses
from dnstrace.checks.phrases import parent_text
from dnstrace.checks.remedies import at_parent
from dnstrace.model import ROOT, Name
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Observation
from dnstrace.model.naming import zone_text
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

    In a master file a name without its final dot is taken as one below the zone (RFC 1035 section 5.1).
    """
    if name == cut.zone or not name.is_subdomain(cut.zone) or cut.zone == ROOT:
        return None
    if known_addresses(cut, name):
        return None
    meant = name.relativize(cut.zone).concatenate(ROOT)
    return meant if meant.is_subdomain(cut.zone) or meant in cut.once(_every_name) else None


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
    records = delegating_records(cut, names)
    own = f"the NS records that {zone_text(cut.zone)} itself has"
    cure = f"have {parent_text(cut)} publish {own}{or_by_csync(cut, 'NS')}"
    remedy = at_parent(cut, change=records)
    return replace(found, cure=cure, records=records, remedy=remedy, blame=Blame.REGISTRAR)

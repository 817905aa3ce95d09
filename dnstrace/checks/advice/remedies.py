"""Remedies as values: what to change in the parent zone, in the zone itself, or at name servers.

Who acts is who the finding is for: the catalogue puts that in.
"""

from __future__ import annotations

from collections.abc import Iterable

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.upper_zone import delegating
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Remedy

RELOAD = "find out which servers are right, and reload the zone on the others"
"""What to do where servers have different copies of a zone, and nothing shows which one is right."""

_SET_LATER = Blame.HOST  # the catalogue replaces it


def at_parent(
    cut: Cut, add: Iterable[str] = (), change: Iterable[str] = (), remove: Iterable[str] = ()
) -> Remedy:
    """A change of the delegation of a zone or of its DS records, in the parent zone."""
    where = delegating(cut) or cut.parent
    return Remedy(_SET_LATER, where, tuple(add), tuple(change), tuple(remove))


def in_zone(
    zone: Name,
    add: Iterable[str] = (),
    change: Iterable[str] = (),
    remove: Iterable[str] = (),
    servers: Iterable[Name] = (),
) -> Remedy:
    """A change of the data of a zone; without records, it has to be signed or loaded again."""
    return Remedy(_SET_LATER, zone, tuple(add), tuple(change), tuple(remove), tuple(servers))


def at_servers(*servers: Name) -> Remedy:
    """A repair or another configuration of name servers."""
    return Remedy(_SET_LATER, servers=servers)


def elsewhere() -> Remedy:
    """A change that concerns no zone and no name server: of the network, or of a resolver."""
    return Remedy(_SET_LATER)


_TTL = 172800  # seconds, of glue to publish where the delegation shows no TTL


def _address_type(text: str) -> str:
    return "AAAA" if ":" in text else "A"


def address_records(name: Name, addresses: Iterable[str]) -> tuple[str, ...]:
    """The address records of a name in its own zone, in master-file format."""
    return tuple(f"{name} 3600 IN {_address_type(text)} {text}" for text in dict.fromkeys(addresses))


def glue_records(cut: Cut, name: Name, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The glue to publish, in master-file format."""
    ttl = cut.delegation.ttl if cut.delegation is not None and cut.delegation.ttl is not None else _TTL
    return tuple(f"{name} {ttl} IN {_address_type(text)} {text}" for text in addresses)

"""What the parent says of a zone's servers, what the zone says, what each server answers: side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dnstrace.checks.evidence import Cut, Evidence
from dnstrace.checks.hosts import Host, host_of, named
from dnstrace.checks.serials import newest_of, serials
from dnstrace.model import Attempt, Kind, Name, NameServer, Trace, family_of

_USELESS = (Kind.NETWORK_UNREACHABLE, Kind.ABANDONED)


@dataclass(frozen=True, slots=True)
class Addressed:
    """One address of a name server.

    `glue` says whether the parent gives it, None where the parent gives no address of this server and need
    not; `own` whether the zone that the server's name lies in gives it, None where that is not known.
    `attempt` is the one that tells what it came to, None where there was none; `asked` says whether that was
    the question itself, or a probe for the SOA record. `serial` is that of its SOA record, if it gave one.
    """

    address: str
    glue: bool | None
    own: bool | None
    attempt: Attempt | None = None
    asked: bool = False
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class ReconciledServer:
    """A name server of a zone: whether the parent names it, whether the zone does (None: not known)."""

    name: Name
    parent: bool | None
    zone: bool | None
    addresses: tuple[Addressed, ...]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A zone by server: those that the parent names first, then those that only the zone names."""

    zone: Name
    parent: Name | None
    servers: tuple[ReconciledServer, ...]

    @property
    def newest(self) -> int | None:
        """The newest serial that a server of the zone has (RFC 1982)."""
        serials = {a.serial for server in self.servers for a in server.addresses if a.serial is not None}
        return newest_of(serials) if serials else None


def reconciled(trace: Trace) -> tuple[Reconciled, ...]:
    """A table for each zone whose servers were probed."""
    return tuple(_zone(cut) for cut in Evidence(trace).cuts if cut.probed)


def _zone(cut: Cut) -> Reconciled:
    return Reconciled(cut.zone, cut.parent, tuple(_server(cut, name) for name in named(cut)))


def _server(cut: Cut, name: Name) -> ReconciledServer:
    glue = _addresses(cut.delegation.servers, name) if cut.delegation is not None else []
    host, walked = host_of(cut, name), _addresses(cut.servers, name)
    known = cut.once(_all_serials)
    every = dict.fromkeys((*glue, *walked, *host.addresses))
    needed = cut.delegation is not None and (bool(glue) or name.is_subdomain(cut.zone))
    return ReconciledServer(
        name=name,
        parent=None if cut.delegation is None else name in {server.name for server in cut.delegation.servers},
        zone=name in cut.child if cut.child else None,
        addresses=tuple(
            Addressed(
                address,
                glue=address in glue if needed else None,
                own=_own(host, address),
                attempt=_attempt(cut, address),
                asked=any(reply.address == address for reply in cut.replies),
                serial=known.get(address),
            )
            for address in every
        ),
    )


def _addresses(servers: Iterable[NameServer], name: Name) -> list[str]:
    return [address.text for server in servers if server.name == name for address in server.addresses]


def _all_serials(cut: Cut) -> dict[str, int]:
    return serials(cut, all_servers=True)


def _own(host: Host, address: str) -> bool | None:
    """Whether the zone of a server's name gives an address: unknown where it was not asked or did not say."""
    family = family_of(address)
    told = host.nxdomain or family in {*host.denied, *map(family_of, host.addresses)}
    return address in host.addresses if told else None


def _attempt(cut: Cut, address: str) -> Attempt | None:
    """What an address came to: when the walk asked it, else when it was probed."""
    replies = (reply for reply in cut.everyone if reply.address == address)
    found = next((reply.attempt for reply in replies), None)
    return None if found is None or found.meaning.kind in _USELESS else found

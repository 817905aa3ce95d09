"""A zone's servers side by side: what the parent says, what the zone says, and what each server answers."""

from __future__ import annotations

from collections.abc import Iterable

from dnstrace.checks.evidence import Cut, Evidence
from dnstrace.checks.hosts import Host, host_of, named
from dnstrace.checks.serials import newest_of, serials
from dnstrace.model import Attempt, Kind, Name, NameServer, Trace, family_of
from dnstrace.model.reconciliation import Addressed, Reconciled, ReconciledServer

_USELESS = (Kind.NETWORK_UNREACHABLE, Kind.ABANDONED)


def reconciled(trace: Trace) -> tuple[Reconciled, ...]:
    """A table for each zone whose servers were probed."""
    return tuple(_zone(cut) for cut in Evidence(trace).cuts if cut.probed)


def _zone(cut: Cut) -> Reconciled:
    servers = tuple(_server(cut, name) for name in named(cut))
    serials = {each.serial for server in servers for each in server.addresses if each.serial is not None}
    return Reconciled(cut.zone, cut.parent, servers, newest_of(serials) if serials else None)


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
    """Whether the zone of a server's name has an address; None if it was not asked or did not say."""
    family = family_of(address)
    known = host.nxdomain or family in {*host.denied, *map(family_of, host.addresses)}
    return address in host.addresses if known else None


def _attempt(cut: Cut, address: str) -> Attempt | None:
    """How an address answered: the walk if that asked it, else the probe."""
    replies = (reply for reply in cut.everyone if reply.address == address)
    found = next((reply.attempt for reply in replies), None)
    return None if found is None or found.meaning.kind in _USELESS else found

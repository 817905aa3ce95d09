"""A zone's servers side by side: what the parent says, what the zone says, and what each server answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dnstrace.analysis.reached import ended_unasked
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.hosts import Host, host_of, named
from dnstrace.checks.readings.serials import serials
from dnstrace.model import Attempt, Kind, Name, NameServer, family_of
from dnstrace.model.heard import DROPPED
from dnstrace.model.reconciliation import Addressed, Reconciled, ReconciledServer
from dnstrace.model.serial import newest_of

_USELESS = (Kind.NETWORK_UNREACHABLE, Kind.ABANDONED)


def reconciled(evidence: Evidence) -> tuple[Reconciled, ...]:
    """A table for each zone whose servers were probed."""
    return tuple(_zone(cut) for cut in evidence.cuts if cut.probed)


def _zone(cut: Cut) -> Reconciled:
    seen = _Seen(cut)
    servers = tuple(_server(seen, name) for name in (*_given(cut), *named(cut)))
    serials = {each.serial for server in servers for each in server.addresses if each.serial is not None}
    return Reconciled(cut.zone, cut.parent, servers, newest_of(serials) if serials else None)


def _given(cut: Cut) -> list[Name]:
    """The server given to start from, unless it is at an address of one that the zone lists."""
    if not cut.walked or not cut.walked[-1].given:
        return []
    known = {address for name in named(cut) for address in host_of(cut, name).addresses}
    return [server.name for server in cut.servers if known.isdisjoint(a.text for a in server.addresses)]


class _Seen:
    """What was seen of the servers of a zone, by name and by address."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut
        self.parent = {} if cut.delegation is None else _addresses(cut.delegation.servers)
        self.walked = _addresses(cut.servers)
        for attempt in (attempt for step in cut.walked for attempt in step.attempts):
            self.walked.setdefault(attempt.server, []).append(attempt.address)
        self.asked = {reply.address for reply in cut.replies}
        self.serials = serials(cut, all_servers=True)
        self._attempts: dict[str, Attempt] = {}
        for reply in (*cut.replies, *cut.everyone):
            self._attempts.setdefault(reply.address, reply.attempt)
        for attempt in (attempt for step in cut.walked for attempt in step.attempts):
            if attempt.meaning.note == DROPPED:
                self._attempts.setdefault(attempt.address, attempt)

    def attempt(self, address: str) -> Attempt | None:
        """How an address answered: the walk if that asked it, else the probe."""
        found = self._attempts.get(address)
        return None if found is None or found.meaning.kind in _USELESS else found


def _server(seen: _Seen, name: Name) -> ReconciledServer:
    cut = seen.cut
    glue, walked, host = seen.parent.get(name, []), seen.walked.get(name, []), host_of(cut, name)
    every, glued, own = dict.fromkeys((*glue, *walked, *host.addresses)), set(glue), _own(host)
    needed = cut.delegation is not None and (bool(glue) or name.is_subdomain(cut.zone))
    return ReconciledServer(
        name=name,
        parent=None if cut.delegation is None else name in seen.parent,
        zone=name in cut.child if cut.child else None,
        addresses=tuple(
            Addressed(
                address,
                glue=address in glued if needed else None,
                own=own(address),
                attempt=seen.attempt(address),
                asked=address in seen.asked,
                serial=seen.serials.get(address),
                unasked=cut.evidence.trace.unasked.get(family_of(address)),
            )
            for address in every
        ),
        unasked=ended_unasked(cut.evidence.trace, cut.evidence.lookups.get(name, ())),
    )


def _addresses(servers: Iterable[NameServer]) -> dict[Name, list[str]]:
    """The addresses of each name server."""
    found: dict[Name, list[str]] = {}
    for server in servers:
        found.setdefault(server.name, []).extend(address.text for address in server.addresses)
    return found


def _own(host: Host) -> Callable[[str], bool | None]:
    """Tells whether the zone of a server's name has an address; None if it was not asked or did not say."""
    families, addresses = {*host.denied, *map(family_of, host.addresses)}, set(host.addresses)

    def own(address: str) -> bool | None:
        return address in addresses if host.nxdomain or family_of(address) in families else None

    return own

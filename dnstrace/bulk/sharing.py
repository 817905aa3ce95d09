"""What the traces of one process share: zone cuts and addresses for their TTL, health, queries under way."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable

from dnstrace.api import Knowledge
from dnstrace.model import Address, Delegation, Exchange, Name, Query, Question, Settings, Source
from dnstrace.model.naming import folded
from dnstrace.model.structs import replace
from dnstrace.port import Network, in_turn, nobody
from dnstrace.walk.cuts import Cuts, Labels
from dnstrace.walk.health import Health

_MOST_CUTS = 5_000  # zones remembered, and as many name servers: of each some kilobytes


class Shared:
    """The `knowledge` that traces begin with, and a network that sends one of several equal queries."""

    def __init__(
        self, network: Network, clock: Callable[[], float], settings: Settings, roots: Delegation
    ) -> None:
        self.network = network
        self.knowledge = Knowledge(
            TimedCuts(roots, clock), Health(settings.families, settings.bind is not None)
        )
        self._under_way: dict[_Same, _Flight] = {}

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Send `query` to its address, or wait for the same query of another trace."""
        return await self.in_turn(query, timeout, nobody)

    async def in_turn(self, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        """The same, and call `sent` when it is sent; see `dnstrace.port.Queued`."""
        same = _same(query)
        while (others := self._under_way.get(same)) is not None:
            if (exchange := await others.joined(sent)) is not None:
                return exchange
        own = self._under_way[same] = _Flight(sent)
        exchange = None
        try:
            exchange = await in_turn(self.network, query, timeout, own.leave)
        finally:  # if the sender gave up, there is no reply: the first of those waiting asks again
            del self._under_way[same]
            own.end(exchange)
        return exchange


_Same = Hashable


def _same(query: Query) -> _Same:
    """What equal queries have in common, as their octets have it: quicker to find than the queries."""
    asked = query.question
    return asked.name.labels, asked.rdtype, asked.rdclass, query.way


class _Flight:
    """A query under way, for one trace or several; what each of them wants is called when it is sent."""

    __slots__ = ("_ended", "_left", "_wanted")

    def __init__(self, sent: Callable[[], None]) -> None:
        self._ended: asyncio.Future[Exchange | None] | None = None  # once somebody waits for it
        self._wanted = [sent]
        self._left = False

    def leave(self) -> None:
        """Note that it is sent now."""
        self._left = True
        for sent in self._wanted:
            sent()

    def end(self, exchange: Exchange | None) -> None:
        """Give the result to those who wait for it."""
        if self._ended is not None:
            self._ended.set_result(exchange)

    async def joined(self, sent: Callable[[], None]) -> Exchange | None:
        """Its result, timed from when a further trace could have sent it; None if its sender gave up."""
        loop = asyncio.get_running_loop()
        since = loop.time()

        def leaves() -> None:
            nonlocal since
            since = loop.time()
            sent()

        if self._left:
            sent()
        self._ended = self._ended or loop.create_future()
        self._wanted.append(leaves)
        try:
            exchange = await asyncio.shield(self._ended)
        finally:
            self._wanted.remove(leaves)
        if exchange is None:
            return None
        return replace(exchange, start=since, elapsed=loop.time() - since)


class TimedCuts(Cuts):
    """Cuts that are forgotten when their TTL expires; if there are too many, those used longest ago."""

    def __init__(self, root: Delegation, clock: Callable[[], float]) -> None:
        super().__init__(root)
        self._root, self._clock = root, clock
        self._until: OrderedDict[Labels, float] = OrderedDict()
        self._addresses_until: OrderedDict[Name, float] = OrderedDict()

    def enclosing(self, question: Question) -> Delegation:
        """The deepest cut that is still known; see `Cuts.enclosing`."""
        while (cut := super().enclosing(question)).zone.labels != self._root.zone.labels:
            labels = folded(cut.zone)
            if self._until.get(labels, 0.0) > self._clock():
                self._until.move_to_end(labels)
                return cut
            self._forget(labels)
        return cut

    def add(self, delegation: Delegation) -> None:
        """Learn a cut from a referral for as long as its TTL says, replacing what was known about it."""
        labels = folded(delegation.zone)
        self._forget(labels)
        super().add(delegation)
        self._until[labels] = self._clock() + (delegation.ttl or 0)
        while len(self._until) > _MOST_CUTS:
            self._forget(next(iter(self._until)))

    def add_child(self, delegation: Delegation) -> None:
        """Learn a zone's NS set from the zone itself, for as long as its cut is known."""
        cut = self._cuts.get(folded(delegation.zone))
        if cut is not None and delegation.zone not in self._child:  # mostly the same: no need to keep both
            super().add_child(cut if _has_servers(cut, delegation) else delegation)

    def add_addresses(self, name: Name, addresses: tuple[Address, ...], ttl: int = 0) -> None:
        """Learn the addresses of a name server, for as long as their TTL says."""
        if self._addresses_until.get(name, 0.0) <= self._clock():
            self._addresses.pop(name, None)
        super().add_addresses(name, addresses, ttl)
        self._addresses_until[name] = self._clock() + ttl
        while len(self._addresses_until) > _MOST_CUTS:
            oldest, _ = self._addresses_until.popitem(last=False)
            self._addresses.pop(oldest, None)

    def _known(self, name: Name) -> tuple[Address, ...]:
        if self._addresses_until.get(name, 0.0) <= self._clock():
            return ()
        return tuple(replace(address, source=Source.CACHE) for address in self._addresses.get(name, ()))

    def _forget(self, labels: Labels) -> None:
        self._until.pop(labels, None)
        cut = self._cuts.pop(labels, None)
        if cut is not None:
            self._child.pop(cut.zone, None)
            for server in cut.servers:
                self._glue.pop(server.name, None)


def _has_servers(cut: Delegation, other: Delegation) -> bool:
    """Whether a delegation has each server of another one, with each of its addresses."""
    known = {server.name: server.addresses for server in cut.servers}
    return all(
        server.name in known and set(server.addresses) <= set(known[server.name]) for server in other.servers
    )

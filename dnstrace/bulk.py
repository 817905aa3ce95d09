"""Many names: traces side by side that share what they learn, politely.

    async for trace in trace_many(questions):
        print(trace.question, trace.outcome)

Zone cuts and the addresses of name servers are learnt once and kept for their TTL; of equal queries that are
under way at one time only one is sent; a server that is dead is found to be so once. What a trace took from
there it did not ask: its first step is at the deepest cut that was known.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random, SystemRandom
from typing import Any

from dnstrace.api import Knowledge, trace_async
from dnstrace.cuts import Cuts
from dnstrace.health import Health
from dnstrace.model import Address, Delegation, Exchange, Name, Query, Question, Settings, Source, Trace
from dnstrace.network.pacing import PacedNetwork
from dnstrace.port import Network
from dnstrace.roots import root_hints

AT_ONCE = 200  # traces under way
TO_ONE = 8  # questions under way to one address
_MOST_CUTS = 50_000  # zones, and as many name servers, that are remembered
_SEEDS = 2**32
_LATE = 0.005  # seconds of waiting for a turn from which fewer traces are begun
_LEAST = 8  # that are always under way


async def trace_many(
    questions: Iterable[Question],
    *,
    network: Network | None = None,
    settings: Settings = Settings(),
    roots: Delegation | None = None,
    at_once: int = AT_ONCE,
    share: bool = True,
    ordered: bool = False,
    seed: int | None = None,
    now: datetime | None = None,
    **how: Any,
) -> AsyncIterator[Trace]:
    """Trace each question, at most `at_once` at a time; the traces as they end.

    With `ordered` they come in the order of the questions. `questions` is read only as far as there is room,
    so that it may be without end. With `share` false each name is walked with nothing known. The rest is as
    for `dnstrace.trace_async`. What is under way when the caller stops reading is cancelled.
    """
    loop = asyncio.get_running_loop()
    if network is None:
        from dnstrace.network.pooled import PooledNetwork

        network = PooledNetwork(bind=settings.bind)
    began, wall, random = loop.time(), now or datetime.now(UTC), Random(_seed(seed))
    shared = _Shared(PacedNetwork(network, TO_ONE), loop.time, settings, roots or root_hints())
    # What a walk that validates needs of the cuts above is in its own steps; one that is given a server or
    # primes begins elsewhere.
    share = share and not (settings.prime or how.get("anchors") or how.get("server"))
    waiting, room = iter(questions), _Room(at_once)
    under_way: dict[asyncio.Task[Trace], None] = {}
    ended: asyncio.Queue[asyncio.Task[Trace]] = asyncio.Queue()

    async def one(question: Question, since: float) -> Trace:
        now = loop.time()
        room.began(now - since)
        means: dict[str, Any] = {"network": shared if share else shared.network, "settings": settings}
        means |= {"knowledge": shared.knowledge() if share else None, "roots": roots}
        means |= {"seed": random.randrange(_SEEDS), "now": wall + timedelta(seconds=now - began)}
        return await trace_async(question.name, question.rdtype, **means, **how)

    try:
        while True:
            while len(under_way) < room.size and (question := next(waiting, None)) is not None:
                task = asyncio.ensure_future(one(question, loop.time()))
                under_way[task] = None
                task.add_done_callback(ended.put_nowait)
            if not under_way:
                return
            task = next(iter(under_way)) if ordered else await ended.get()
            trace = await task
            del under_way[task]
            yield trace
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


class _Room:
    """How many traces may be under way: as many as are wanted, or as this process can keep up with.

    Where it does too much at once, replies lie unread for longer than a server takes to send them. How much
    that is shows in how long a trace waits for its first turn.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.size: float = most

    def began(self, waited: float) -> None:
        """Take in for how many seconds a trace has waited for its first turn."""
        if waited > _LATE:
            self.size = max(min(_LEAST, self._most), self.size * 0.95)
        else:
            self.size = min(self._most, self.size + 0.25)


def _seed(seed: int | None) -> int:
    return SystemRandom().randrange(_SEEDS) if seed is None else seed


class _Shared:
    """What the traces of one run share: a network, cuts with their TTLs, the health of addresses."""

    def __init__(
        self, network: Network, clock: Callable[[], float], settings: Settings, roots: Delegation
    ) -> None:
        self.network = network
        self._cuts = TimedCuts(roots, clock)
        self._health = Health(settings.families)
        self._under_way: dict[Query, asyncio.Future[Exchange | None]] = {}

    def knowledge(self) -> Knowledge:
        """What a trace begins with."""
        return Knowledge(self._cuts, self._health)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address, or wait for the same query of another trace."""
        loop = asyncio.get_running_loop()
        joined = loop.time()
        while (others := self._under_way.get(query)) is not None:
            if (exchange := await asyncio.shield(others)) is not None:
                return replace(exchange, start=joined, elapsed=loop.time() - joined)
        own = self._under_way[query] = loop.create_future()
        exchange = None
        try:
            exchange = await self.network.exchange(query, timeout)
        finally:  # without a reply who asked gave up: the first of those who wait asks again
            del self._under_way[query]
            own.set_result(exchange)
        return exchange


class TimedCuts(Cuts):
    """Cuts that are forgotten when their TTL has ended, and the oldest when there are too many."""

    def __init__(self, root: Delegation, clock: Callable[[], float]) -> None:
        super().__init__(root)
        self._root, self._clock = root, clock
        self._until: OrderedDict[Name, float] = OrderedDict()
        self._addresses_until: OrderedDict[Name, float] = OrderedDict()

    def enclosing(self, question: Question) -> Delegation:
        """The deepest cut that is still known; see `Cuts.enclosing`."""
        while (cut := super().enclosing(question)).zone != self._root.zone:
            if self._until.get(cut.zone, 0.0) > self._clock():
                return cut
            self._forget(cut.zone)
        return cut

    def add(self, delegation: Delegation) -> None:
        """Learn a cut from a referral, for as long as its TTL says."""
        super().add(delegation)
        self._until[delegation.zone] = self._clock() + (delegation.ttl or 0)
        self._until.move_to_end(delegation.zone)
        while len(self._until) > _MOST_CUTS:
            self._forget(next(iter(self._until)))

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

    def _forget(self, zone: Name) -> None:
        self._until.pop(zone, None)
        cut = self._cuts.pop(zone, None)
        self._child.pop(zone, None)
        for server in cut.servers if cut is not None else ():
            self._glue.pop(server.name, None)

"""A network that overloads no server: few queries at once to one address, fewer to one in trouble.

Queries to an address that is known to be silent are not sent: `dnstrace.bulk.silence` says which, and what
stands in place of a reply.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

import dns.rcode

from dnstrace.bulk.silence import Silences
from dnstrace.bulk.slots import Slots
from dnstrace.model import Exchange, Query
from dnstrace.port import Network, in_turn, nobody

TO_ONE = 8  # queries under way to one address
_MOST = 10_000  # addresses that are remembered, those that were asked last
_TROUBLES = {dns.rcode.REFUSED, dns.rcode.SERVFAIL}


class _Place:
    """What is known about one address, and the queries that wait for a turn there."""

    __slots__ = ("allowed", "silences", "under_way", "waiting")

    def __init__(self, silences: Silences) -> None:
        self.under_way, self.allowed, self.silences = 0, TO_ONE, silences
        self.waiting: list[asyncio.Future[None]] = []  # mostly empty: a deque takes ten times the memory

    def learn(self, exchange: Exchange, now: float) -> None:
        """Learn from a result: half as many queries at once after trouble, one more after a good reply."""
        self.silences.learn(exchange, now)
        trouble = exchange.message is None or exchange.message.rcode() in _TROUBLES
        self.allowed = (
            max(self.silences.in_trouble, self.allowed // 2) if trouble else min(TO_ONE, self.allowed + 1)
        )


class PoliteNetwork:
    """A wrapper in which each query waits for its turn.

    At most `TO_ONE` queries are under way to an address, and at most `rate` are sent a second in total. The
    wait counts neither towards the timeout of the query nor as time that its server took.
    """

    def __init__(
        self,
        network: Network,
        rate: float | None = None,
        silences: type[Silences] = Silences,
        unused: Callable[[], None] | None = None,
    ) -> None:
        """`silences` says which addresses are silent: for checks, `SilencesToReport`.

        `unused` is called now and then while more queries could be sent at this rate.
        """
        self._network, self._silences = network, silences
        self._slots = None if rate is None else Slots(rate, unused)
        self._places: OrderedDict[str, _Place] = OrderedDict()

    def close(self) -> None:
        """Call `unused` no more."""
        if self._slots is not None:
            self._slots.close()

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Send `query` to its address when its turn comes; see `dnstrace.port.Network`."""
        return await self.in_turn(query, timeout, nobody)

    async def in_turn(self, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        """The same, and call `sent` when it is sent; see `dnstrace.port.Queued`."""
        place = self._place(query.address)
        if (known := place.silences.known(query, asyncio.get_running_loop().time())) is not None:
            return known
        await self._turn(place)
        try:
            if self._slots is not None:
                await self._slots.take()
            if (known := place.silences.known(query, asyncio.get_running_loop().time())) is not None:
                if self._slots is not None:
                    self._slots.give_back()
                return known
            return await self._sent(place, query, timeout, sent)
        finally:
            place.under_way -= 1
            self._next_turns(place)

    async def _sent(self, place: _Place, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        place.silences.begin(query)
        try:
            exchange = await in_turn(self._network, query, timeout, sent)
        finally:
            place.silences.end(query)
        place.learn(exchange, asyncio.get_running_loop().time())
        return exchange

    def _place(self, address: str) -> _Place:
        place = self._places.get(address)
        if place is None:
            place = self._places[address] = _Place(self._silences())
            if len(self._places) > _MOST:
                self._forget()
        else:
            self._places.move_to_end(address)
        return place

    def _forget(self) -> None:
        """Forget the tenth of the addresses that have gone unasked longest."""
        for address, place in list(self._places.items())[: _MOST // 10]:
            if not place.under_way and not place.waiting:
                del self._places[address]

    async def _turn(self, place: _Place) -> None:
        if place.under_way < place.allowed and not place.waiting:
            place.under_way += 1
            return
        turn = asyncio.get_running_loop().create_future()
        place.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it had come
                place.under_way -= 1
            self._next_turns(place)
            raise

    def _next_turns(self, place: _Place) -> None:
        while place.waiting and place.under_way < place.allowed:
            turn = place.waiting.pop(0)
            if not turn.done():
                place.under_way += 1
                turn.set_result(None)

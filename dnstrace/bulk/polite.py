"""A network that presses nobody: not many questions at once to one address, fewer to one that is in trouble.

An address that has let several queries in a row run into their time-out is taken to be silent for a while,
which doubles as long as it stays so (RFC 9520 sections 3.1 and 3.2): others are told so at once, and one
query at a time finds out whether that has changed. It is so in the way in which it was asked, such as with
EDNS, which some drop: of another way a single query finds out whether it is better.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

import dns.rcode

from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.port import Network

TO_ONE = 8  # questions under way to one address
SILENT = 8  # time-outs in a row after which an address is silent
_FIRST, _LONGEST = 5.0, 300.0  # seconds for which it is taken to be so; RFC 9520 section 3.2
_MOST = 50_000  # addresses that are remembered
_TROUBLES = {dns.rcode.REFUSED, dns.rcode.SERVFAIL}


_Way = tuple[Transport, int | None]
"""How an address is asked: the UDP payload size that is offered stands for EDNS, None for none."""


def _way(query: Query) -> _Way:
    return query.transport, None if query.edns is None else query.edns.payload


class _Silence:
    """How an address is silent in one way: time-outs in a row, and until when it counts as silent."""

    __slots__ = ("period", "probed", "timeouts", "until")

    def __init__(self) -> None:
        self.timeouts, self.until, self.period = 0, 0.0, _FIRST
        self.probed = False  # whether one query is finding out if that has changed


class _Place:
    """What is known of one address, and who waits for a turn there."""

    __slots__ = ("allowed", "silences", "under_way", "waiting")

    def __init__(self) -> None:
        self.under_way, self.allowed = 0, TO_ONE
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.silences: dict[_Way, _Silence] = {}

    def is_silent(self, query: Query, now: float) -> bool:
        """Whether nothing is to be expected of a query."""
        silence = self.silences.get(_way(query))
        return silence is not None and (silence.probed or silence.until > now)

    def begin(self, query: Query) -> None:
        """Take in that a query is sent."""
        silence = self.silences.get(_way(query))
        if silence is not None:
            silence.probed = silence.until > 0

    def end(self, query: Query) -> None:
        """Take in that it has ended, also where nobody waits for it any more."""
        silence = self.silences.get(_way(query))
        if silence is not None:
            silence.probed = False

    def learn(self, exchange: Exchange, now: float) -> None:
        """Take in how a query went: half as many at once after trouble, one more after a good reply."""
        if exchange.fault is Fault.TIMEOUT:
            self._count(self.silences.setdefault(_way(exchange.query), _Silence()), now)
        elif exchange.message is not None:
            self.silences.pop(_way(exchange.query), None)
        trouble = exchange.message is None or exchange.message.rcode() in _TROUBLES
        self.allowed = max(1, self.allowed // 2) if trouble else min(TO_ONE, self.allowed + 1)

    def _count(self, silence: _Silence, now: float) -> None:
        silence.timeouts += 1
        otherwise = any(each.until > now for each in self.silences.values())
        if (silence.timeouts >= SILENT or otherwise) and now >= silence.until:
            silence.until = now + silence.period
            silence.period = min(_LONGEST, 2 * silence.period)


class PoliteNetwork:
    """Another network, on which a query waits for its turn.

    At most `TO_ONE` are under way to an address, and `rate` are sent a second in all if it is given. The wait
    counts neither for the time-out of the query nor as time that its server took. With `remembers` an address
    that is silent is not asked for a while: Fault.KNOWN_SILENT.
    """

    def __init__(self, network: Network, rate: float | None = None, remembers: bool = True) -> None:
        self._network, self._gap, self._remembers = network, None if rate is None else 1 / rate, remembers
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._next = 0.0

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address when its turn comes; see `dnstrace.port.Network`."""
        loop, place = asyncio.get_running_loop(), self._place(query.address)
        if self._remembers and place.is_silent(query, loop.time()):
            return Exchange(query, loop.time(), 0.0, fault=Fault.KNOWN_SILENT)
        await self._turn(place)
        try:
            if self._remembers and place.is_silent(query, loop.time()):
                return Exchange(query, loop.time(), 0.0, fault=Fault.KNOWN_SILENT)
            return await self._sent(place, query, timeout)
        finally:
            place.under_way -= 1
            self._next_turns(place)

    async def _sent(self, place: _Place, query: Query, timeout: float) -> Exchange:
        place.begin(query)
        try:
            await self._slot()
            exchange = await self._network.exchange(query, timeout)
        finally:
            place.end(query)
        place.learn(exchange, asyncio.get_running_loop().time())
        return exchange

    def _place(self, address: str) -> _Place:
        place = self._places.get(address)
        if place is None:
            place = self._places[address] = _Place()
            if len(self._places) > _MOST:
                self._forget()
        else:
            self._places.move_to_end(address)
        return place

    def _forget(self) -> None:
        """Forget the addresses that were not asked for longest, a tenth of them."""
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
            turn = place.waiting.popleft()
            if not turn.done():
                place.under_way += 1
                turn.set_result(None)

    async def _slot(self) -> None:
        """Wait until the rate allows one more query."""
        if self._gap is None:
            return
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._gap
        if mine > now:
            await asyncio.sleep(mine - now)

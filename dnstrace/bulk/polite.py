"""A network that overloads no server: few queries at once to one address, fewer to one in trouble.

An address at which several queries in a row timed out counts as silent for a while, and for twice as long
each time it stays silent (RFC 9520 sections 3.1 and 3.2): other queries fail at once, and one query at a time
finds out whether it answers again. Silence is per way of asking, such as with EDNS, which some servers drop:
a single query finds out whether another way works.

Checks have to hear each server, and say what it did. There, queries of a type about a zone end as those
before them did, marked as another trace's, if the address has never replied to any of that type about that
zone which was sent in the same way, not even later than the first timeouts.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

import dns.rcode
from dns.rdatatype import RdataType

from dnstrace.bulk.slots import Slots
from dnstrace.model import Exchange, Fault, Name, Query, Transport
from dnstrace.model.structs import replace
from dnstrace.port import Network, in_turn, nobody

TO_ONE = 8  # queries under way to one address
TO_HEAR = 4  # the same to one in trouble that has to be heard
SILENT = 8  # timeouts in a row after which an address counts as silent
_FIRST, _LONGEST = 5.0, 300.0  # seconds for which it counts as silent; RFC 9520 section 3.2
_MOST = 10_000  # addresses that are remembered, those that were asked last
_MOST_WAYS = 256  # of asking one of them, in which it is known to reply, or not to
_TROUBLES = {dns.rcode.REFUSED, dns.rcode.SERVFAIL}


_Way = tuple[Name | None, RdataType | None, Transport, int | None]
"""How an address is asked: the UDP payload size that is offered stands for EDNS, None for none.

Before it, for checks, the zone and the type that it is asked about.
"""


class _Silence:
    """The silence of an address for one way of asking: timeouts in a row, and how long it lasts."""

    __slots__ = ("last", "period", "probed", "since", "timeouts", "until")

    def __init__(self, last: Exchange, now: float) -> None:
        self.last, self.since = last, now
        self.timeouts, self.until, self.period = 0, 0.0, _FIRST
        self.probed = False  # whether a query is finding out if it answers again


class _Place:
    """What is known about one address, and the queries that wait for a turn there."""

    __slots__ = ("allowed", "patient", "replied", "silences", "under_way", "waiting")

    def __init__(self, patient: bool) -> None:
        """With `patient` it is silent only if it did not reply to what was sent after a timeout, either.

        Then more are under way there in trouble, since each type in each way has to be tried.
        """
        self.under_way, self.allowed, self.patient = 0, TO_ONE, patient
        self.replied: dict[_Way, None] = {}
        self.waiting: list[asyncio.Future[None]] = []  # mostly empty: a deque takes ten times the memory
        self.silences: dict[_Way, _Silence] = {}

    def is_silent(self, query: Query, now: float) -> bool:
        """Whether a query would get no reply."""
        silence = self._silence(query)
        return silence is not None and (silence.probed or silence.until > now)

    def _way(self, query: Query) -> _Way:
        payload = None if query.edns is None else query.edns.payload
        if not self.patient:
            return None, None, query.transport, payload
        return query.zone, query.question.rdtype, query.transport, payload

    def _silence(self, query: Query) -> _Silence | None:
        return self.silences.get(self._way(query)) if self.silences else None

    def last_timeout(self, query: Query) -> Exchange | None:
        """The last timeout of a query sent in the same way; None if any such query got a reply."""
        silence = self._silence(query)
        return None if silence is None or self._way(query) in self.replied else silence.last

    def begin(self, query: Query) -> None:
        """Record that a query is sent."""
        silence = self._silence(query)
        if silence is not None:
            silence.probed = silence.until > 0

    def end(self, query: Query) -> None:
        """Record that it has ended, even if nobody waits for it any more."""
        silence = self._silence(query)
        if silence is not None:
            silence.probed = False

    def learn(self, exchange: Exchange, now: float) -> None:
        """Learn from a result: half as many queries at once after trouble, one more after a good reply."""
        way = self._way(exchange.query)
        if exchange.fault is Fault.TIMEOUT or (self.patient and exchange.fault is Fault.MISMATCH):
            if way not in self.silences and len(self.silences) >= _MOST_WAYS:
                self.silences.clear()
            silence = self.silences.setdefault(way, _Silence(exchange, now))
            silence.last = exchange
            self._count(way, silence, now)
        elif exchange.message is not None:
            if self.patient:
                if len(self.replied) >= _MOST_WAYS:
                    del self.replied[next(iter(self.replied))]
                self.replied[way] = None
            self.silences.pop(way, None)
        trouble = exchange.message is None or exchange.message.rcode() in _TROUBLES
        least = TO_HEAR if self.patient else 1
        self.allowed = max(least, self.allowed // 2) if trouble else min(TO_ONE, self.allowed + 1)

    def _count(self, way: _Way, silence: _Silence, now: float) -> None:
        silence.timeouts += 1
        otherwise = any(each.until > now for other, each in self.silences.items() if other[0] == way[0])
        in_a_row = silence.timeouts >= SILENT and (not self.patient or silence.last.start >= silence.since)
        if (in_a_row or otherwise) and now >= silence.until:
            silence.until = now + silence.period
            silence.period = min(_LONGEST, 2 * silence.period)


class PoliteNetwork:
    """A wrapper in which each query waits for its turn.

    At most `TO_ONE` queries are under way to an address, and at most `rate` are sent a second in total. The
    wait counts neither towards the timeout of the query nor as time that its server took. With `remembers` a
    silent address is not asked for a while: Fault.KNOWN_SILENT. Without it, one that is silent
    to queries of a type about a zone is not asked such either, but the last timeout stands for that of each.
    """

    def __init__(
        self,
        network: Network,
        rate: float | None = None,
        remembers: bool = True,
        unused: Callable[[], None] | None = None,
    ) -> None:
        """`unused` is called now and then while more queries could be sent at this rate."""
        self._network, self._remembers = network, remembers
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
        if (known := self._known(place, query)) is not None:
            return known
        await self._turn(place)
        try:
            if self._slots is not None:
                await self._slots.take()
            if (known := self._known(place, query)) is not None:
                if self._slots is not None:
                    self._slots.give_back()
                return known
            return await self._sent(place, query, timeout, sent)
        finally:
            place.under_way -= 1
            self._next_turns(place)

    def _known(self, place: _Place, query: Query) -> Exchange | None:
        """What a query to a silent address comes to; None if it has to be sent."""
        now = asyncio.get_running_loop().time()
        if not place.is_silent(query, now):
            return None
        if self._remembers:
            return Exchange(query, now, 0.0, fault=Fault.KNOWN_SILENT)
        last = place.last_timeout(query)
        if last is None:
            return None
        return replace(last, query=query, start=now, cached=last.query.question)

    async def _sent(self, place: _Place, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        place.begin(query)
        try:
            exchange = await in_turn(self._network, query, timeout, sent)
        finally:
            place.end(query)
        place.learn(exchange, asyncio.get_running_loop().time())
        return exchange

    def _place(self, address: str) -> _Place:
        place = self._places.get(address)
        if place is None:
            place = self._places[address] = _Place(patient=not self._remembers)
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

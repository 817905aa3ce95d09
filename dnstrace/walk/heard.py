"""What the traces of one run have heard: what one of them has asked, the others know.

A reply is known for as long as the TTLs of its records say (RFC 2308 section 5 for denials), a failure and an
error for half a minute (RFC 9520 section 3.2). A trace takes what is known instead of a query that it would
send, the first time what came the first time, the second time what came the second: so it records what it
would have recorded alone, marked as cached.

Where the servers of the root or of a top-level domain referred a walk to a zone, they refer every name in it
to that zone (RFC 1034 section 5.3.3), but perhaps those for which they have glue. So such a parent is
surveyed once for each zone below it, not once for each name. Elsewhere records may have been left below a
cut, which one server refers and another answers: those are asked about each name. Traces that need the same
survey at the same time wait for the first. Probes are about the very question that they ask, and take no
referral.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace.message.lazy import LazyMessage
from dnstrace.model import Exchange, Fault, Kind, Name, Purpose, Query, Step
from dnstrace.model.kept import kept
from dnstrace.model.mnemonics import AT_PARENT
from dnstrace.model.structs import replace
from dnstrace.port import Network, in_turn, nobody
from dnstrace.walk.remembered import FAMILY_TYPES

MOST = 2048
"""Replies that are remembered, and referrals."""

OCTETS = 384 * 1024
"""Octets of these replies, and of these referrals: what is read from them takes ten times as much memory."""

FAILURE = 30.0
"""Seconds for which a failure or an error is known."""

_TOP_LABELS = 2  # of a top-level domain, the root label among them
_TURNS = 4  # of the loop in which probes begin that are put at the same moment
_UNTOLD = {Fault.ABANDONED, Fault.NETWORK_UNREACHABLE, Fault.KNOWN_SILENT, Fault.NOT_RECORDED}


Key = TypeVar("Key", bound=Hashable)


class _Known:
    """An exchange that is known from `since` on, in the loop's time; until when, if that is wanted."""

    __slots__ = ("_until", "exchange", "since")

    def __init__(self, exchange: Exchange, since: float) -> None:
        self.exchange, self.since = exchange, since
        self._until: float | None = None

    @property
    def until(self) -> float:
        """The loop's time until which it is known."""
        if self._until is None:
            self._until = self.since + _lifetime(self.exchange)
        return self._until


class _Store(Generic[Key]):
    """Exchanges by what identifies them, in the order in which they came, each for as long as it is known.

    There are at most MOST keys and OCTETS octets of replies: what was used longest ago goes first.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._octets = clock, 0
        self._known: OrderedDict[Key, list[_Known]] = OrderedDict()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._known)

    def taken(self, key: Key, place: int) -> Exchange | None:
        """What came in the `place`, which counts from 0, if all that came is still known."""
        known = self._known.get(key)
        if known is None:
            return None
        now = self._clock()
        if any(each.until <= now for each in known):  # what came later counts with what came before
            self._drop(key)
            return None
        self._known.move_to_end(key)
        return known[place].exchange if place < len(known) else None

    def keep(self, key: Key, place: int, exchange: Exchange) -> None:
        """Learn what came in that place."""
        known = self._known.setdefault(key, [])
        if exchange.fault not in _UNTOLD and place == len(known):
            known.append(_Known(exchange, self._clock()))
            self._octets += _size(exchange)
        while self._octets > OCTETS or len(self._known) > MOST:
            self._drop(next(iter(self._known)))

    def _drop(self, key: Key) -> None:
        self._octets -= sum(_size(each.exchange) for each in self._known.pop(key))


def _size(exchange: Exchange) -> int:
    return len(exchange.wire or b"")


class Heard:
    """What is known to all traces of a run; `clock` is the loop's time in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.under_way: dict[Hashable, asyncio.Future[Exchange | None]] = {}
        self.surveys: dict[Hashable, asyncio.Event] = {}
        self._read = WeakValueDictionary[bytes, LazyMessage]()  # by all octets but the message ID
        self.cuts: set[Name] = set()  # the zones to which any referral is known, and perhaps others
        self._replies = _Store[Hashable](clock)
        self._referrals = _Store[tuple[Name, Name, Hashable]](clock)

    def read_once(self, message: dns.message.Message | None) -> None:
        """Have replies of equal octets share their records, as long as any of them is known."""
        if not isinstance(message, LazyMessage) or message.wire is None:
            return
        alike = self._read.setdefault(message.wire[2:], message)
        message.sections, message.opt = alike.sections, alike.opt

    def reply(self, key: Hashable, place: int) -> Exchange | None:
        """What came in reply to a query when it was sent for the time `place`, which counts from 0."""
        return self._replies.taken(key, place)

    def referral(self, key: tuple[Name, Name, Hashable], place: int) -> Exchange | None:
        """The same by the zone asked, that to which its servers refer, and the address and way of asking."""
        return self._referrals.taken(key, place)

    def learn(self, key: Hashable, place: int, exchange: Exchange) -> None:
        """Learn what came when a query was sent for the time `place`."""
        self._replies.keep(key, place, exchange)

    def learn_referral(self, zone: Name, cut: Name, shape: Hashable, exchanges: list[Exchange]) -> None:
        """Learn what came from one address of `zone` until it referred to `cut`, or was given up."""
        if len(self.cuts) >= MOST:
            self.cuts = {name for _, name, _ in self._referrals}
        self.cuts.add(cut)
        key = zone, cut, shape
        for place, exchange in enumerate(exchanges):
            self._referrals.keep(key, place, exchange)


class Hearing:
    """What one trace hears by way of its run: a network that sends only what nobody else is sending."""

    def __init__(self, heard: Heard, network: Network) -> None:
        self._heard, self._network = heard, network
        self._times: Counter[Hashable] = Counter()
        self._sought: tuple[Query | None, Hashable] = None, None  # the last query with its key

    def known(self, query: Query, zone: Name, purpose: Purpose) -> Exchange | None:
        """What is known to come in reply to a query to a server of `zone`, as if it came now."""
        key = _key(query)
        self._sought = query, key
        place = self._times[key]
        exchange = self._heard.reply(key, place)
        if exchange is None and purpose is not Purpose.PROBE:
            exchange = self._referral(query, zone, place)
        if exchange is None:
            return None
        self._times[key] += 1
        return _again(exchange, query, self._heard.clock())

    def _referral(self, query: Query, zone: Name, place: int) -> Exchange | None:
        name, cuts = query.question.name, self._heard.cuts
        if query.question.rdtype in AT_PARENT:
            name = name.parent() if len(name) > 1 else name
        while len(name) > len(zone):
            known = self._heard.referral((zone, name, query.way), place) if name in cuts else None
            if known is not None:
                return None if query.question.name in _named_in(known.message) else known
            name = name.parent()
        return None

    async def come(self) -> None:
        """Let all be asked that is asked at this moment: what is known comes no sooner than a reply."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Send `query` to its address, or wait for another trace that does; see `dnstrace.port.Network`."""
        return await self.in_turn(query, timeout, nobody)

    async def in_turn(self, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        """The same, and call `sent` when it is sent; see `dnstrace.port.Queued`."""
        heard, (sought, key) = self._heard, self._sought
        if sought is not query:
            key = _key(query)
        place = self._times[key]
        self._times[key] += 1
        while (other := heard.under_way.get((key, place))) is not None:
            sent()
            began = heard.clock()
            if (exchange := await asyncio.shield(other)) is not None:
                return _again(exchange, query, max(began, exchange.start))
        own = heard.under_way[key, place] = asyncio.get_running_loop().create_future()
        exchange = None
        try:
            exchange = await in_turn(self._network, query, timeout, sent)
            heard.read_once(exchange.message)
            heard.learn(key, place, exchange)
        finally:  # where the sender gave up, the first of those who wait sends it again
            del heard.under_way[key, place]
            own.set_result(exchange)
        return exchange

    @asynccontextmanager
    async def surveying(self, zone: Name, name: Name, purpose: Purpose) -> AsyncIterator[None]:
        """Survey the servers of a zone about a name, after another trace that is doing so about one like it.

        Only the walk itself waits, once: what it waits for never waits for it.
        """
        surveys, below = self._heard.surveys, (zone, name.split(min(len(zone) + 1, len(name)))[1])
        other = surveys.get(below)
        if purpose not in (Purpose.WALK, Purpose.ALIAS) or other is not None:
            if other is not None:
                await other.wait()
            yield
            return
        own = surveys[below] = asyncio.Event()
        try:
            yield
        finally:
            del surveys[below]
            own.set()

    def surveyed(self, step: Step) -> None:
        """Learn from a step whose servers were surveyed what they say of every name in the zone below.

        Of servers that were silent, that is known too; those that replied otherwise are asked about each.
        """
        if step.referral is None or step.purpose is Purpose.PROBE or len(step.zone) > _TOP_LABELS:
            return
        cut, by_address = step.referral.zone, defaultdict[Hashable, list[Exchange]](list)
        other: set[Hashable] = set()
        for attempt in step.attempts:
            shape = attempt.exchange.query.way
            by_address[shape].append(attempt.exchange)
            led = attempt.meaning.delegation
            referred = attempt.meaning.kind is Kind.REFERRAL and led is not None and led.zone == cut
            if not referred and attempt.exchange.message is not None:
                other.add(shape)
        for shape, exchanges in by_address.items():
            if shape not in other:
                self._heard.learn_referral(step.zone, cut, shape, exchanges)


@kept(most=512)
def _named_in(message: dns.message.Message | None) -> frozenset[Name]:
    """The names in a referral: for these a parent may have glue, and answer with it if it is asked."""
    records = () if message is None else (*message.authority, *message.additional)
    servers = {rdata.target for rrset in records if rrset.rdtype == dns.rdatatype.NS for rdata in rrset}
    return frozenset(servers | {rrset.name for rrset in records if rrset.rdtype in FAMILY_TYPES.values()})


def _again(exchange: Exchange, query: Query, start: float) -> Exchange:
    """An exchange that another trace made, as the reply to a query of this one."""
    return replace(exchange, query=query, start=start, cached=exchange.cached or exchange.query.question)


def _key(query: Query) -> Hashable:
    """What identifies a query; names compare equal in any letter case, labels do not."""
    question = query.question
    return question.name.labels, question.rdtype, question.rdclass, query.way


def _lifetime(exchange: Exchange) -> float:
    """The seconds for which an exchange is known."""
    message = exchange.message
    if message is None:
        return 0.0 if exchange.fault in _UNTOLD else FAILURE
    sections = (*message.answer, *message.authority, *message.additional)
    return float(min(map(_ttl, sections), default=FAILURE))


def _ttl(rrset: dns.rrset.RRset) -> int:
    """The TTL of an RRset; of an SOA also its last field, since denials live no longer than that."""
    if rrset.rdtype != dns.rdatatype.SOA:
        return int(rrset.ttl)
    return min(int(rrset.ttl), *(int(rdata.minimum) for rdata in rrset))

"""The silence of one address: which queries it is known not to reply to, for walks and for checks.

An address at which several queries in a row timed out counts as silent for a while, and for twice as long
each time it stays silent (RFC 9520 sections 3.1 and 3.2). Silence is per way of asking, such as with EDNS,
which some servers drop.
"""

from __future__ import annotations

from dns.rdatatype import RdataType

from dnstrace.model import Exchange, Fault, Name, Query, Transport
from dnstrace.model.structs import replace

SILENT = 8  # timeouts in a row after which an address counts as silent
_FIRST, _LONGEST = 5.0, 300.0  # seconds for which it counts as silent; RFC 9520 section 3.2
_MOST_WAYS = 256  # of asking one address, in which it is known to reply, or not to


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

    def holds(self, now: float) -> bool:
        """Whether a query would get no reply."""
        return self.probed or self.until > now


class Silences:
    """What walks go by: an address that is silent is not asked for a while, and reported as silent.

    One query at a time finds out whether it answers again.
    """

    __slots__ = ("_silences",)

    in_trouble = 1
    """How many queries may be under way at once to an address that is in trouble."""

    def __init__(self) -> None:
        self._silences: dict[_Way, _Silence] = {}

    def known(self, query: Query, now: float) -> Exchange | None:
        """What stands in place of a reply if the address is silent; None if the query has to be sent."""
        silence = self._of(query)
        return None if silence is None or not silence.holds(now) else self._instead(query, silence, now)

    def begin(self, query: Query) -> None:
        """Record that a query is sent."""
        silence = self._of(query)
        if silence is not None:
            silence.probed = silence.until > 0

    def end(self, query: Query) -> None:
        """Record that it has ended, even if nobody waits for it any more."""
        silence = self._of(query)
        if silence is not None:
            silence.probed = False

    def learn(self, exchange: Exchange, now: float) -> None:
        """Learn from a result that it is silent, or that it is not."""
        way = self._way(exchange.query)
        if self._is_silence(exchange):
            if way not in self._silences and len(self._silences) >= _MOST_WAYS:
                self._silences.clear()
            silence = self._silences.setdefault(way, _Silence(exchange, now))
            silence.last = exchange
            self._count(way, silence, now)
        elif exchange.message is not None:
            self._replied(way)

    def _of(self, query: Query) -> _Silence | None:
        return self._silences.get(self._way(query)) if self._silences else None

    def _count(self, way: _Way, silence: _Silence, now: float) -> None:
        silence.timeouts += 1
        otherwise = any(each.until > now for other, each in self._silences.items() if other[0] == way[0])
        if (otherwise or self._is_enough(silence)) and now >= silence.until:
            silence.until = now + silence.period
            silence.period = min(_LONGEST, 2 * silence.period)

    # --- in which checks differ ---------------------------------------------------------------

    def _way(self, query: Query) -> _Way:
        return None, None, query.transport, _payload(query)

    def _instead(self, query: Query, silence: _Silence, now: float) -> Exchange | None:
        return Exchange(query, now, 0.0, fault=Fault.KNOWN_SILENT)

    def _is_silence(self, exchange: Exchange) -> bool:
        return exchange.fault is Fault.TIMEOUT

    def _is_enough(self, silence: _Silence) -> bool:
        return silence.timeouts >= SILENT

    def _replied(self, way: _Way) -> None:
        self._silences.pop(way, None)


class SilencesToReport(Silences):
    """What checks go by: they have to hear each server, and say what it did.

    Queries of a type about a zone end as those before them did, marked as another trace's, if the address has
    never replied to any of that type about that zone which was sent in the same way, not even later than the
    first timeouts.
    """

    __slots__ = ("_replies",)

    in_trouble = 4

    def __init__(self) -> None:
        super().__init__()
        self._replies: dict[_Way, None] = {}

    def _way(self, query: Query) -> _Way:
        return query.zone, query.question.rdtype, query.transport, _payload(query)

    def _instead(self, query: Query, silence: _Silence, now: float) -> Exchange | None:
        if self._way(query) in self._replies:
            return None
        return replace(silence.last, query=query, start=now, cached=silence.last.query.question)

    def _is_silence(self, exchange: Exchange) -> bool:
        return exchange.fault in (Fault.TIMEOUT, Fault.MISMATCH)

    def _is_enough(self, silence: _Silence) -> bool:
        return super()._is_enough(silence) and silence.last.start >= silence.since

    def _replied(self, way: _Way) -> None:
        if len(self._replies) >= _MOST_WAYS:
            del self._replies[next(iter(self._replies))]
        self._replies[way] = None
        super()._replied(way)


def _payload(query: Query) -> int | None:
    return None if query.edns is None else query.edns.payload

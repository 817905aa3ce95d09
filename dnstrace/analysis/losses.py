"""Whether the network loses datagrams, and which silences that may explain. Pure readings of a trace.

Where queries to several servers of several zones got no reply, and a reply when they were sent again, the
fault is on a path that all of them share. A few silences in a row then show nothing about an address, a type
or EDNS: among hundreds of queries, chance alone makes some of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from dnstrace.analysis.stopping import alike, not_awaited
from dnstrace.model import Attempt, Cause, Kind, Name, Query, Step, Trace, Transport
from dnstrace.model.structs import replace

_LEAST_SHARE = 0.02  # of the datagrams
_LEAST_SERVERS, _LEAST_ZONES = 3, 2
_CHANCE = 0.02  # with which some silence of a trace may be due to chance, and still counts
_OF_CONNECTION = 2  # packets that are lost before a connection that is not made times out, at least
_OF_SILENCE = frozenset({Cause.DROPS_EDNS, Cause.DROPS_LARGE_UDP})


class Losses(NamedTuple):
    """How many datagrams were lost of how many, and at which addresses; none if the network loses none."""

    lost: int = 0
    sent: int = 0
    steps: tuple[int, ...] = ()
    addresses: frozenset[str] = frozenset()
    zones: frozenset[Name] = frozenset()

    @property
    def share(self) -> float:
        """The share of the queries over UDP that got no reply by chance, as far as is known."""
        return self.lost / self.sent if self.sent else 0.0

    def may_explain(self, silences: int) -> bool:
        """Whether chance may be why some query of the trace got no reply so often in a row."""
        share = min(1.5 * self.share + 0.01, 1.0)  # those that were lost each time are not among the known
        return bool(self.sent) and share**silences * self.sent > _CHANCE


def losses_in(steps: Iterable[Step], least_zones: int = _LEAST_ZONES) -> Losses:
    """The datagrams that the network lost, if it is the network that loses them.

    That shows where servers of `least_zones` zones, or more, had to be asked again.
    """
    asked = [step for step in steps if not step.at_resolver]
    if not any(_is_silent(attempt) for step in asked for attempt in step.attempts):
        return Losses()
    answered, latest, sent = set[Hashable](), dict[str, float](), 0
    for attempt in (attempt for step in asked for attempt in step.attempts):
        query, start = attempt.exchange.query, attempt.exchange.start
        if attempt.exchange.message is not None and query.transport is Transport.UDP:
            answered.add(alike(query))
            latest[query.address] = max(start, latest.get(query.address, start))
            sent += 1
    lost = [
        (step, attempt.address)
        for step in asked
        for attempt in step.attempts
        if _is_silent(attempt)
        and alike(attempt.exchange.query) in answered
        and attempt.exchange.start <= latest[attempt.address]  # what is known comes at once
    ]
    addresses = frozenset(address for _, address in lost)
    zones = frozenset(step.zone for step, _ in lost)
    enough = len(addresses) >= _LEAST_SERVERS and len(zones) >= least_zones
    if not enough or len(lost) < _LEAST_SHARE * (sent + len(lost)):
        return Losses()
    numbers = tuple(dict.fromkeys(step.id for step, _ in lost))
    return Losses(len(lost), sent + len(lost), numbers, addresses, zones)


def without_chance(trace: Trace, losses: Losses) -> Trace:
    """The trace in which queries that the network may have lost count as not awaited."""
    if not losses.sent:
        return trace
    silences = _silences(trace.steps)
    return replace(trace, steps=tuple(_without_lost(step, losses, silences) for step in trace.steps))


def _silences(steps: Iterable[Step]) -> Counter[Hashable]:
    """How many packets were lost to each address that replied to nothing, to others by the question.

    Those with EDNS count together at an address that replied to none of these.
    """
    found: Counter[Hashable] = Counter()
    heard = set[Hashable]()
    for attempt in (attempt for step in steps for attempt in step.attempts):
        query = attempt.exchange.query
        both = query.address, (query.address, query.edns is not None)
        if attempt.exchange.message is not None:
            heard.update(both)
        if attempt.meaning.kind is Kind.TIMEOUT:
            packets = 1 if _is_silent(attempt) else _OF_CONNECTION
            for each in (*both, _asked(query)):
                found[each] += packets
    for each in heard:
        del found[each]
    return found


def _asked(query: Query) -> Hashable:
    how = () if query.edns is None else query.edns.options, 0 if query.edns is None else query.edns.version
    return query.address, query.question, query.question.name.labels, how


def _without_lost(step: Step, losses: Losses, silences: Counter[Hashable]) -> Step:
    timed_out = any(attempt.meaning.kind is Kind.TIMEOUT for attempt in step.attempts)
    if not timed_out and not any(attempt.cause in _OF_SILENCE for attempt in step.attempts):
        return step
    attempts = (_judged(attempt, step, losses, silences) for attempt in step.attempts)
    return replace(step, attempts=tuple(attempts))


def _judged(attempt: Attempt, step: Step, losses: Losses, silences: Counter[Hashable]) -> Attempt:
    query = attempt.exchange.query
    times = silences[query.address] or silences[_asked(query)]
    with_edns = silences[query.address, True]
    if attempt.meaning.kind is Kind.TIMEOUT:
        times = max(times, with_edns) if query.edns is not None else times
        return not_awaited(attempt, step.zone) if losses.may_explain(times) else attempt
    times = max(times, with_edns) if attempt.cause is Cause.DROPS_EDNS else times
    if attempt.cause in _OF_SILENCE and losses.may_explain(times + 1):  # it was asked once more in between
        return replace(attempt, cause=None)
    return attempt


def _is_silent(attempt: Attempt) -> bool:
    return attempt.meaning.kind is Kind.TIMEOUT and attempt.exchange.query.transport is Transport.UDP

"""Which addresses stopped answering while a trace was under way, and since when.

A server is shut down or restarted, a limit of the rate shuts the client out, a network is lost. What such an
address does from then on to one query or another shows nothing about these queries: the same query was
answered before. Pure readings of a trace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from dnstrace.message.meaning import classify
from dnstrace.model import Attempt, Fault, Kind, Name, Probe, Query, Step, Trace
from dnstrace.model.heard import DROPPED, SILENCES
from dnstrace.model.structs import replace

ERRORS = frozenset(
    {Kind.SERVER_FAILURE, Kind.REFUSED, Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.OTHER_RCODE}
)
"""What a server says instead of an answer."""

FAILED = ERRORS | SILENCES
"""What an address does that does not answer a query."""

MAY_FAIL = frozenset({Probe.RECURSION, Probe.TRANSFER})
"""Probes that a good server refuses."""

_LEAST = 3  # failures in a row: fewer are lost datagrams


class Made(NamedTuple):
    """An attempt, in its step."""

    step: Step
    attempt: Attempt


class Stopped(NamedTuple):
    """An address that stopped answering: the last query that it answered, and those that it failed since.

    `again` is one of these that it had answered before.
    """

    last: Made
    failed: tuple[Made, ...]
    again: Made

    @property
    def server(self) -> Name:
        """The name server."""
        return self.last.attempt.server

    @property
    def since(self) -> float:
        """When its last answer came, in seconds since the trace began."""
        exchange = self.last.attempt.exchange
        return exchange.start + exchange.elapsed

    def hit(self, attempt: Attempt) -> bool:
        """Whether an attempt at this address failed since it stopped.

        One that was under way when the last answer came may have arrived after it: over TCP, a connection
        has to be made first. It failed for that reason if its error is one of those given ever since.
        """
        start = attempt.exchange.start
        if start > _start(self.last):
            return True
        under_way = start <= self.since <= start + attempt.exchange.elapsed
        kind = attempt.meaning.kind
        return under_way and kind in ERRORS and any(kind is each.attempt.meaning.kind for each in self.failed)


def alike(query: Query) -> Hashable:
    """What equal queries have in common: how much they accept over UDP may differ, if the reply is small."""
    edns = query.edns
    how = None if edns is None else (edns.version, edns.options, edns.dnssec_ok)
    labels = query.question.name.labels  # in mixed case it is another query
    return query.address, query.question, labels, query.transport, how, query.recursion_desired


class Stops(NamedTuple):
    """What stopped answering, by address.

    `everywhere` is the time, in seconds since the trace began, after which nobody replied to any query that
    was sent then, None if somebody did.
    """

    addresses: dict[str, Stopped]
    everywhere: float | None = None

    def explain(self, attempt: Attempt) -> bool:
        """Whether an attempt failed because its address had stopped answering."""
        if attempt.meaning.kind not in FAILED:
            return False
        if self.everywhere is not None and attempt.exchange.start > self.everywhere:
            return True
        one = self.addresses.get(attempt.address)
        return one is not None and one.hit(attempt)


NONE = Stops({})


def stops_in(steps: Iterable[Step]) -> Stops:
    """The addresses that stopped answering.

    Each answered a query, later failed the same one, and answered nothing else after that. Where nobody
    replied to anything any more, that is so of every address that had replied before.
    """
    asked = [step for step in steps if step.probe not in MAY_FAIL and not step.at_resolver]
    if not any(attempt.meaning.kind in FAILED for step in asked for attempt in step.attempts):
        return NONE
    made = _made(asked)
    if lost := _all_stopped(made):
        return Stops(lost, max(_start(one.last) for one in lost.values()))
    found = ((address, _stopped(attempts)) for address, attempts in made.items())
    return Stops({address: one for address, one in found if one is not None})


def until_stopped(trace: Trace, stops: Stops) -> Trace:
    """The trace in which queries to addresses that had stopped answering count as not awaited."""
    if not stops.addresses:
        return trace
    return replace(trace, steps=tuple(_without_later(step, stops) for step in trace.steps))


def _made(steps: Iterable[Step]) -> dict[str, list[Made]]:
    """What each address was asked, in the order of time."""
    found: dict[str, list[Made]] = defaultdict(list)
    for step in steps:
        for attempt in step.attempts:
            failed = attempt.meaning.kind in FAILED and attempt.meaning.note != DROPPED
            if failed or _answered(attempt):
                found[attempt.address].append(Made(step, attempt))
    for made in found.values():
        made.sort(key=_start)
    return found


def _start(made: Made) -> float:
    return made.attempt.exchange.start


def _answered(attempt: Attempt) -> bool:
    return attempt.exchange.message is not None and attempt.meaning.kind not in ERRORS


def _stopped(made: list[Made]) -> Stopped | None:
    """How one address stopped answering, if it did."""
    answered, later = _apart(made)
    if not answered or len(later) < _LEAST:
        return None
    before = {alike(each.attempt.exchange.query) for each in answered}
    again = next((each for each in later if alike(each.attempt.exchange.query) in before), None)
    return None if again is None else Stopped(answered[-1], tuple(later), again)


def _apart(made: list[Made]) -> tuple[list[Made], list[Made]]:
    """What an address answered, and what it failed that was sent after that."""
    answered = [each for each in made if _answered(each.attempt)]
    last = _start(answered[-1]) if answered else 0.0
    return answered, [each for each in made if not _answered(each.attempt) and _start(each) > last]


def _all_stopped(made: dict[str, list[Made]]) -> dict[str, Stopped]:
    """The addresses that had replied, where from some moment on nobody replied to anything any more.

    That is so if the servers of several zones were asked after that moment.
    """
    parts = {address: _apart(attempts) for address, attempts in made.items()}
    end = max((_start(answered[-1]) for answered, _ in parts.values() if answered), default=0.0)
    lost = {
        address: Stopped(answered[-1], tuple(later), later[0])
        for address, (answered, later) in parts.items()
        if answered and later
    }
    zones = {each.step.zone for one in lost.values() for each in one.failed if _start(each) > end}
    after = [one for one in lost.values() if _start(one.failed[-1]) > end]
    return lost if len(zones) > 1 and len(after) >= _LEAST and len(after) == len(lost) else {}


def _without_later(step: Step, stops: Stops) -> Step:
    if not any(stops.explain(attempt) for attempt in step.attempts):
        return step
    attempts = (not_awaited(each, step.zone) if stops.explain(each) else each for each in step.attempts)
    return replace(step, attempts=tuple(attempts))


def not_awaited(attempt: Attempt, zone: Name) -> Attempt:
    """An attempt at a server of `zone` as if its reply had not been awaited: it shows nothing."""
    exchange = replace(attempt.exchange, wire=None, message=None, fault=Fault.ABANDONED)
    return replace(attempt, exchange=exchange, meaning=classify(exchange, zone), cause=None)

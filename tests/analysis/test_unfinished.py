"""Silences that a limit kept from being tried again."""

from __future__ import annotations

from datetime import UTC, datetime

import dns.rdatatype

from dnstrace.analysis.unfinished import without_unfinished
from dnstrace.model import Attempt, Exchange, Fault, Kind, Meaning, Purpose, Query, Question, Step, Trace
from tests.replies import name, reply

ZONE = name("example.com.")
ASKED = Question(name("www.example.com."), dns.rdatatype.A)
MESSAGE = reply("www.example.com. A", answer=("www.example.com. 300 A 192.0.2.1",)).message


def step(number: int, *kinds: Kind, limited: bool = True, address: str = "192.0.2.1") -> Step:
    """A step in which one address did that, a second apart."""
    attempts = []
    for place, kind in enumerate(kinds):
        faults = {Kind.TIMEOUT: Fault.TIMEOUT, Kind.NOT_RECORDED: Fault.NOT_RECORDED}
        fault = faults.get(kind)
        message = MESSAGE if fault is None else None
        exchange = Exchange(Query(ASKED, address), float(place), 0.01, message=message, fault=fault)
        attempts.append(Attempt(name("ns."), exchange, Meaning(kind)))
    return Step(number, None, Purpose.WALK, ZONE, ASKED, (), tuple(attempts), limited=limited)


def kinds(*steps: Step, cut_short: str = "the limit") -> list[list[Kind]]:
    """What each step shows then."""
    found = Trace(ASKED, datetime(2026, 1, 1, tzinfo=UTC), 1, steps=steps, cut_short=cut_short)
    return [[each.meaning.kind for each in one.attempts] for one in without_unfinished(found).steps]


def test_a_silence_that_was_not_tried_again_shows_nothing() -> None:
    good, silent = step(1, Kind.ANSWER, limited=False), step(2, Kind.TIMEOUT)
    assert kinds(good, silent) == [[Kind.ANSWER], [Kind.ABANDONED]]
    assert kinds(silent) == [[Kind.ABANDONED]]
    assert kinds(good, silent, cut_short="") == [[Kind.ANSWER], [Kind.TIMEOUT]]


def test_in_steps_that_ended_of_addresses_that_are_dead_and_before_an_answer_it_stays() -> None:
    good, silent = step(1, Kind.ANSWER, limited=False), step(2, Kind.TIMEOUT, limited=False)
    assert kinds(good, silent)[1] == [Kind.TIMEOUT]
    assert kinds(step(1, Kind.TIMEOUT, Kind.TIMEOUT), step(2, Kind.TIMEOUT))[1] == [Kind.TIMEOUT]
    assert kinds(step(1, Kind.TIMEOUT, Kind.ANSWER))[0] == [Kind.TIMEOUT, Kind.ANSWER]


def test_where_a_record_lacks_the_next_try_a_single_silence_shows_nothing() -> None:
    good, lacking = step(1, Kind.ANSWER, limited=False), Kind.NOT_RECORDED
    once = step(2, Kind.TIMEOUT, lacking, limited=False)
    twice = step(2, Kind.TIMEOUT, Kind.TIMEOUT, lacking, limited=False)
    assert kinds(good, once, cut_short="")[1] == [Kind.ABANDONED, lacking]
    assert kinds(good, twice, cut_short="")[1] == [Kind.TIMEOUT, Kind.TIMEOUT, lacking]

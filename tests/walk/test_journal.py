"""The steps as they are taken: numbers, times, order, and what an onlooker is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import dns.rdatatype

from dnstrace.model import (
    Address,
    Attempt,
    Delegation,
    Kind,
    Meaning,
    NameServer,
    Outcome,
    Purpose,
    Question,
    Source,
    Trace,
)
from dnstrace.walk.journal import Journal
from tests.replies import name, reply

QUESTION = Question(name("www.example."), dns.rdatatype.A)
CUT = Delegation(name("example."), (NameServer(name("ns.example.")), NameServer(name("ns.other."))))


class Clock:
    """Seconds, as a test sets them."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def journal(seen: list[Trace] | None = None) -> tuple[Journal, Clock]:
    clock = Clock()
    notice = None if seen is None else seen.append
    return Journal(QUESTION, datetime(2026, 1, 15, tzinfo=UTC), 7, clock, notice), clock


def attempt(start: float, address: str = "192.0.2.1") -> Attempt:
    exchange = reply("www.example. A", answer=("www.example. 60 A 192.0.2.44",))
    exchange = replace(exchange, start=start, query=replace(exchange.query, address=address))
    return Attempt(name("ns.example."), exchange, Meaning(Kind.ANSWER, 0))


def test_steps_count_from_one_and_remember_who_needed_them() -> None:
    kept, _ = journal()
    first = kept.begin(None, Purpose.WALK, CUT, QUESTION)
    second = kept.begin(first, Purpose.NS_ADDRESS, CUT, QUESTION)
    assert (first, second, len(kept)) == (1, 2, 2)
    assert (kept[2].parent, kept[2].purpose, kept[2].zone) == (1, Purpose.NS_ADDRESS, CUT.zone)
    assert kept[1].outcome is None


def test_times_count_from_the_beginning_of_the_trace() -> None:
    kept, clock = journal()
    step = kept.begin(None, Purpose.WALK, CUT, QUESTION)
    assert [kept.attempt(step, attempt(start)) for start in (100.0, 100.25)] == [0, 1]
    assert [each.exchange.start for each in kept[step].attempts] == [0.0, 0.25]
    clock.now = 101.5
    assert kept.snapshot().stats.duration == 1.5


def test_a_step_ends_with_what_is_gone_by() -> None:
    kept, _ = journal()
    step = kept.begin(None, Purpose.WALK, CUT, QUESTION)
    index = kept.attempt(step, attempt(100.0))
    kept.finish(step, Outcome.ANSWER, index, "a note", limited=True)
    ended = kept[step]
    assert (ended.outcome, ended.chosen, ended.note, ended.limited) == (Outcome.ANSWER, 0, "a note", True)


def test_a_step_that_is_cancelled_says_so() -> None:
    kept, _ = journal()
    step = kept.begin(None, Purpose.WALK, CUT, QUESTION)
    kept.stop(step)
    ended = kept[step]
    assert (ended.outcome, ended.chosen, ended.limited, ended.stopped) == (Outcome.FAILED, None, True, True)


def test_attempts_can_be_put_in_another_order() -> None:
    kept, _ = journal()
    step = kept.begin(None, Purpose.WALK, CUT, QUESTION)
    for address in ("192.0.2.2", "192.0.2.3", "192.0.2.1"):
        kept.attempt(step, attempt(100.0, address))
    kept.arrange(step, lambda each: int(each.address[-1]))
    assert [each.address[-1] for each in kept[step].attempts] == ["1", "2", "3"]


def test_addresses_are_learnt_once_and_for_the_right_server() -> None:
    kept, _ = journal()
    step = kept.begin(None, Purpose.WALK, CUT, QUESTION)
    found = (Address("192.0.2.9", Source.RESOLVED),)
    kept.learnt(step, name("ns.other."), found)
    kept.learnt(step, name("ns.other."), found)
    assert [server.addresses for server in kept[step].servers] == [(), found]


def test_a_step_can_be_superseded_and_taken_back() -> None:
    kept, _ = journal()
    steps = [kept.begin(None, Purpose.WALK, CUT, QUESTION) for _ in range(3)]
    kept.supersede(steps[:2], True)
    kept.supersede(steps[:1], False)
    assert [each.superseded for each in kept.snapshot().steps] == [False, True, False]


def test_an_onlooker_sees_each_change_and_no_snapshot_changes() -> None:
    seen: list[Trace] = []
    kept, _ = journal(seen)
    step = kept.begin(None, Purpose.WALK, CUT, QUESTION)
    kept.attempt(step, attempt(100.0))
    kept.finish(step, Outcome.ANSWER, 0)
    assert [len(each.steps[0].attempts) for each in seen] == [0, 1, 1]
    assert [each.steps[0].outcome for each in seen] == [None, None, Outcome.ANSWER]
    assert {(each.seed, each.question) for each in seen} == {(7, QUESTION)}

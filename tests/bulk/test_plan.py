"""How many names are traced: the seed of each, and how many at a time."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from dnstrace import Settings, Tracing
from dnstrace.bulk.plan import Plan, worth
from dnstrace.model.allowed import LONGEST
from dnstrace.model.structs import replace


def plan(at_once: int = 200, rate: float | None = None, seed: int = 7) -> Plan:
    return Plan(
        Tracing(settings=Settings(tries=1)),
        seed,
        datetime(2026, 1, 31, tzinfo=UTC),
        at_once,
        True,
        False,
        rate,
    )


def test_each_question_has_a_seed_of_its_own_that_can_be_repeated() -> None:
    seeds = [plan().seed_of(number) for number in range(10_000)]
    assert seeds == [plan().seed_of(number) for number in range(10_000)]
    assert len(set(seeds)) == 10_000 and all(0 <= seed < 2**32 for seed in seeds)
    assert plan(seed=8).seed_of(0) != plan().seed_of(0)


@pytest.mark.parametrize(("rate", "at_once"), [(None, 200), (10_000.0, 200), (40.0, 10), (1.0, 1)])
def test_with_a_low_rate_fewer_are_under_way(rate: float | None, at_once: int) -> None:
    assert plan(rate=rate).at_this_rate == at_once


def test_a_rate_is_worth_at_least_one_trace() -> None:
    assert worth(0.1, Tracing()) == 1 < worth(100.0, Tracing())


def test_a_trace_that_needs_more_queries_is_worth_more_of_a_rate() -> None:
    check = Tracing(settings=Settings(all_servers=True, probe=True))
    assert worth(100.0, check) < worth(100.0, Tracing())


def test_if_even_one_trace_is_slowed_down_it_has_more_time() -> None:
    deadline = Tracing().bounds.deadline
    assert plan().at_leisure == plan().tracing and plan(rate=50.0).at_leisure == plan().tracing
    assert plan(rate=1.0).at_leisure.bounds.deadline > 3 * deadline
    assert plan(rate=1e-9).at_leisure.bounds.deadline == LONGEST


def test_it_travels_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(plan())) == plan()


def test_few_that_are_checked_begin_at_first() -> None:
    checked = Settings(all_servers=True, probe=True)
    assert plan().at_first == 200
    assert replace(plan(), tracing=Tracing(settings=checked)).at_first < 20

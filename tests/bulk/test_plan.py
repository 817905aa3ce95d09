"""How many names are traced: as many at a time as the rate is worth, each with a seed of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dnstrace import Tracing
from dnstrace.bulk.plan import Plan, worth

PLAN = Plan(
    Tracing(), 7, datetime(2026, 1, 15, tzinfo=UTC), at_once=200, share=True, ordered=False, rate=None
)


@pytest.mark.parametrize(("rate", "count"), [(0.5, 1), (4.0, 1), (8.0, 2), (100.0, 25), (4000.0, 1000)])
def test_a_rate_is_worth_a_trace_for_each_four_queries_a_second(rate: float, count: int) -> None:
    assert worth(rate) == count
    assert replace(PLAN, rate=rate).at_this_rate == min(count, 200)


def test_without_a_rate_as_many_as_wanted_are_under_way() -> None:
    assert PLAN.at_this_rate == 200


def test_each_question_has_a_seed_of_its_own_and_always_the_same() -> None:
    seeds = [PLAN.seed_of(number) for number in range(10_000)]
    assert len(set(seeds)) == 10_000 and max(seeds) < 2**32 and seeds[0] == 7
    assert replace(PLAN, seed=8).seed_of(1) != seeds[1] == PLAN.seed_of(1)

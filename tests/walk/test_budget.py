"""What one trace may spend, and the sentence in which that ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dnstrace.model.limits import Limits
from dnstrace.walk.budget import Budget

KINDS: list[tuple[Callable[[Budget], bool], str, str]] = [
    (Budget.query, "max_queries", "queries"),
    (Budget.lookup, "lookups", "look-ups"),
    (Budget.alias, "aliases", "aliases"),
]


@pytest.mark.parametrize(("take", "limit", "words"), KINDS)
def test_as_much_as_is_allowed_and_not_one_more(
    take: Callable[[Budget], bool], limit: str, words: str
) -> None:
    budget = Budget(Limits(**{limit: 3}))
    assert [take(budget) for _ in range(5)] == [True, True, True, False, False]
    assert "3" in budget.spent_out and words in budget.spent_out


def test_nothing_is_spent_out_while_there_is_some_left() -> None:
    budget = Budget(Limits(max_queries=1))
    assert budget.query()
    assert budget.spent_out == ""


def test_one_kind_does_not_pay_for_another() -> None:
    budget = Budget(Limits(max_queries=1, lookups=1, aliases=1))
    assert budget.query() and budget.lookup() and budget.alias()


def test_replies_that_fill_the_memory_end_the_queries() -> None:
    budget = Budget(Limits(octets=1000))
    budget.received(999)
    assert budget.query()
    budget.received(1)
    assert not budget.query()
    assert "1,000 octets" in budget.spent_out and "octets" in budget.spent_out


def test_the_first_bound_that_is_reached_is_the_one_to_report() -> None:
    budget = Budget(Limits(max_queries=1, aliases=1))
    assert budget.alias() and budget.query()
    assert not budget.alias()
    assert not budget.query()
    assert budget.spent_out == "the limit of 1 alias is reached"

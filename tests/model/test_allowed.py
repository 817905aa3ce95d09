"""The bounds of what may be chosen: the same for the command line and for a program."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest

from dnstrace import Limits, Settings, Tracing
from dnstrace.cli.line.options import BY_NAME
from dnstrace.cli.usage import Usage
from dnstrace.model import Edns, allowed


def settings(field: str) -> Callable[[Any], object]:
    return lambda value: Settings(**{field: value})


def limits(field: str) -> Callable[[Any], object]:
    return lambda value: Limits(**{field: value})


MADE: dict[str, Callable[[Any], object]] = {
    "port": settings("port"),
    "tries": settings("tries"),
    "bufsize": lambda value: Settings(edns=Edns(payload=value)),
    "max-queries": limits("max_queries"),
    "seed": lambda value: Tracing(seed=value),
}
BOUNDS = {
    "port": allowed.PORT,
    "tries": allowed.TRIES,
    "bufsize": allowed.PAYLOAD,
    "max-queries": allowed.QUERIES,
    "seed": allowed.SEED,
}


@pytest.mark.parametrize("option", MADE)
def test_a_word_and_a_value_have_the_same_bounds(option: str) -> None:
    make, (lowest, highest) = MADE[option], BOUNDS[option]
    for value in (lowest, highest):
        assert BY_NAME[option].convert(str(value)) == value
        make(value)
    for value in (lowest - 1, highest + 1):
        with pytest.raises(
            ValueError, match=f"must be a whole number from {lowest} to {highest}, not {value}"
        ):
            make(value)
        with pytest.raises(Usage, match=f"must be a whole number from {lowest} to {highest}, not '{value}'"):
            BY_NAME[option].convert(str(value))


@pytest.mark.parametrize(
    ("option", "make"), [("timeout", settings("timeout")), ("deadline", limits("deadline"))]
)
def test_a_time_is_more_than_nothing_and_at_most_a_day(option: str, make: Callable[[Any], object]) -> None:
    for value in (0.001, 86400):
        make(value)
        assert BY_NAME[option].convert(str(value)) == value
    for value in (0, -1, 86401, inf, nan):
        with pytest.raises(ValueError, match="more than 0 and at most 86400"):
            make(value)
        with pytest.raises(Usage, match="more than 0 and at most 86400"):
            BY_NAME[option].convert(str(value))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("families", frozenset(), "families must be 4, 6 or both, not []"),
        ("families", frozenset({4, 5}), "families must be 4, 6 or both, not [4, 5]"),
        ("bind", "ns.example.com", "bind must be an IPv4 or IPv6 address, not 'ns.example.com'"),
        ("tries", 2.0, "tries must be a whole number from 1 to 100, not 2.0"),
    ],
)
def test_settings_that_cannot_be(field: str, value: Any, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        Settings(**{field: value})
    assert str(caught.value) == why


@pytest.mark.parametrize("field", ["octets", "lookups", "lookups_per_delegation", "aliases", "depth"])
def test_a_count_may_be_none_but_not_less(field: str) -> None:
    limits(field)(0)
    with pytest.raises(ValueError, match=f"{field} must be a whole number from 0"):
        limits(field)(-1)

"""A resolver compared with the walk: what follows from what is left of a TTL and what the zone gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dnstrace.model.compared import Compared, Disagreement
from tests.render import traces
from tests.schema_words import members, words

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_every_word_is_in_the_schema() -> None:
    assert members(Disagreement) == words("resolver", "properties", "difference")


def held(ttl: int | None, given: int | None, past: bool = False) -> Compared:
    step = traces.plain().steps[0]
    return Compared(step, ttl=ttl, authoritative_ttl=given, replied=NOW, past_its_ttl=past)


@pytest.mark.parametrize(
    ("ttl", "given", "past", "age", "too_long"),
    [
        (200, 300, False, 100, False),
        (300, 300, False, 0, False),
        (400, 300, False, None, True),
        (30, 300, True, None, False),
        (200, None, False, None, False),
        (None, 300, False, None, False),
    ],
)
def test_how_old_it_is_and_whether_it_is_held_too_long(
    ttl: int | None, given: int | None, past: bool, age: int | None, too_long: bool
) -> None:
    found = held(ttl, given, past)
    assert (found.age, found.too_long) == (age, too_long)


def test_when_it_expires() -> None:
    assert held(90, 300).until == NOW + timedelta(seconds=90)
    assert held(None, 300).until is None
    assert Compared(traces.plain().steps[0], ttl=90).until is None

"""How a trace is made: what cannot be is refused when it is said, and what is left out has its default."""

from __future__ import annotations

from datetime import datetime
from math import nan
from typing import Any

import pytest

from dnstrace import Limits, Settings, Tracing
from dnstrace.model.limits import ALL_SERVERS, CHECKED, USUAL


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("server", "", "the server to start from is empty"),
        ("at", nan, "at must be a time in seconds since 1970, not nan"),
        ("seed", -1, "seed must be a whole number from 0 to 18446744073709551615, not -1"),
        ("now", datetime(2026, 1, 31), "now must be a datetime with a time zone, such as datetime.now(UTC)"),
    ],
)
def test_what_cannot_be(field: str, value: Any, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        Tracing(**{field: value})
    assert str(caught.value) == why


def test_the_limits_suit_the_settings_unless_others_are_given() -> None:
    assert Tracing().bounds == USUAL
    assert Tracing(settings=Settings(all_servers=True)).bounds == ALL_SERVERS
    assert Tracing(settings=Settings(all_servers=True, probe=True)).bounds == CHECKED
    assert Tracing(settings=Settings(all_servers=True), limits=Limits(depth=1)).bounds == Limits(depth=1)

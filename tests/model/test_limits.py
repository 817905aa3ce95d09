"""The limits of a trace: more for what asks more, and never fewer."""

from __future__ import annotations

from dataclasses import fields

import pytest

from dnstrace.model import Settings
from dnstrace.model.limits import ALL_SERVERS, CHECKED, USUAL, Limits, limits_for


@pytest.mark.parametrize(
    ("settings", "limits"),
    [
        (Settings(), USUAL),
        (Settings(all_servers=True), ALL_SERVERS),
        (Settings(all_servers=True, probe=True), CHECKED),
        (Settings(probe=True), CHECKED),
    ],
)
def test_they_suit_the_settings(settings: Settings, limits: Limits) -> None:
    assert limits_for(settings) is limits


def test_what_asks_more_may_spend_no_less() -> None:
    for less, more in ((USUAL, ALL_SERVERS), (ALL_SERVERS, CHECKED)):
        assert all(getattr(less, each.name) <= getattr(more, each.name) for each in fields(Limits))

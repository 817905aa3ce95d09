"""Why a family was not asked, in words."""

from __future__ import annotations

import pytest

from dnstrace.model.families import Unasked, why_unasked


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Unasked.SWITCHED_OFF, "IPv6 is switched off"),
        (Unasked.NO_ROUTE, "IPv6 has no route from here"),
        (Unasked.SILENT, "no IPv6 address replied"),
    ],
)
def test_each_reason_is_a_sentence(why: Unasked, said: str) -> None:
    assert why_unasked(6, why) == said

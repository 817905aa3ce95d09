from __future__ import annotations

import pytest

from dnstrace.model.counting import counted


@pytest.mark.parametrize(
    ("count", "words", "expected"),
    [
        (1, ("octet",), "1 octet"),
        (0, ("octet",), "0 octets"),
        (262144, ("octet",), "262,144 octets"),
        (1, ("query", "queries"), "1 query"),
        (2, ("query", "queries"), "2 queries"),
    ],
)
def test_a_number_agrees_with_its_noun(count: int, words: tuple[str, ...], expected: str) -> None:
    assert counted(count, *words) == expected

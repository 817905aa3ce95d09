"""What several processes want is made once."""

from __future__ import annotations

import os

import pytest

from tests.once import DIRECTORY, once, shared


def test_what_one_process_made_the_others_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DIRECTORY, raising=False)
    made: list[tuple[str, int]] = []

    def traced(name: str, seed: int) -> list[str]:
        made.append((name, seed))
        return [name] * seed

    with shared():
        one, other = once(5)(traced), once(5)(traced)  # of two processes
        assert one("a", 2) is one("a", 2) == other("a", 2) == ["a", "a"] and made == [("a", 2)]
        assert one("a", 3) != other("b", 2) and len(made) == 3
    assert DIRECTORY not in os.environ
    alone = once(1)(traced)
    assert alone("c", 1) is alone("c", 1) and alone("d", 1) and alone("c", 1) and len(made) == 6

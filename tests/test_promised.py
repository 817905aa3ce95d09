"""Nothing that CONTRIBUTING.md promises by name is gone, and nothing promised is unknown to the list."""

from __future__ import annotations

import json

import pytest

from tests.promised import PROMISED, found

KEPT = json.loads(PROMISED.read_text())


@pytest.mark.parametrize("kind", sorted(KEPT))
def test_what_is_promised_is_there(kind: str) -> None:
    assert sorted({*KEPT[kind]} - {*found()[kind]}) == []


def test_the_list_has_everything_of_this_version() -> None:
    """What is new is promised by the next release: `python -m tests.promised` adds it."""
    assert {kind: names for kind, names in found().items() if {*names} - {*KEPT[kind]}} == {}

"""What is wrong with a world is one line, of a kind that a caller can tell apart."""

from __future__ import annotations

import pytest

from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.lab.world import load
from tests.lab.made import world


def test_a_world_that_does_not_exist_is_not_a_world_that_is_wrong() -> None:
    assert not issubclass(UnknownWorld, WorldError) and not issubclass(WorldError, UnknownWorld)
    with pytest.raises(UnknownWorld) as unknown:
        load("nowhere")
    assert "\n" not in str(unknown.value)


def test_a_world_that_is_wrong_says_where_in_one_line() -> None:
    with pytest.raises(WorldError, match=r"^test\.toml: ") as wrong:
        world(families=[5])
    assert "\n" not in str(wrong.value)

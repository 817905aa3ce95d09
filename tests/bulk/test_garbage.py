"""Garbage is collected rarely, and still collected."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from dnstrace.bulk.garbage import collect_rarely


@pytest.fixture
def as_before() -> Iterator[None]:
    """Puts the collector back to where it was."""
    thresholds, enabled = gc.get_threshold(), gc.isenabled()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    (gc.enable if enabled else gc.disable)()


def test_what_is_there_is_never_looked_at_and_what_comes_rarely(as_before: None) -> None:
    gc.disable()
    gc.set_threshold(700, 10, 10)
    collect_rarely()
    assert gc.isenabled() and gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] > 700

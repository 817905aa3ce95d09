"""Garbage collection in a process that only traces."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 3, 3  # objects; then collections of the younger generation


def collect_rarely() -> None:
    """Collect garbage rarely, and never look at what was imported, which stays.

    Traces make few cycles; looking for them at Python's default pace takes a tenth of the time of a large
    run.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    gc.enable()

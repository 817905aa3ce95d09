"""Garbage collection in a process that only traces."""

from __future__ import annotations

import gc

_YOUNG, _OLDER, _OLDER_CHECKED = 20_000, 10, 3  # objects; then collections of the younger generation


def collect_rarely(checked: bool = False) -> None:
    """Collect garbage rarely, and never look at what was imported, which stays.

    Traces make few cycles; looking for them at Python's default pace takes a tenth of the time of a large
    run. Those that are `checked` leave larger ones, of some megabytes together.
    """
    older = _OLDER_CHECKED if checked else _OLDER
    gc.freeze()
    gc.set_threshold(_YOUNG, older, older)
    gc.enable()

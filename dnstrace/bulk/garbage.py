"""The collection of garbage in a process that does nothing but trace."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 5_000, 10, 10  # objects; collections of the generation before


def collect_rarely() -> None:
    """Collect garbage, but seldom, and never look at what was imported: it stays.

    A trace makes few cycles; looking for them at Python's pace takes a tenth of the time of many traces.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    gc.enable()

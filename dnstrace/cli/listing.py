"""Lines for people to read on a terminal, folded between words: lists in columns, and remarks."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GUTTER = "  "
_LEAST = 40  # columns for the last cell of a row, below which it begins on a line of its own
_SET_IN = "    "


def listed(rows: Sequence[Sequence[str]], width: int) -> str:
    """Rows of cells as text, the last cell folded to `width` columns; one line each if that is 0."""
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    if width:
        return "".join(f"{line}\n" for row in rows for line in _folded(row, widths, width))
    return "".join(f"{_beginning(row, widths)}{row[-1]}\n" for row in rows)


def _beginning(row: Sequence[str], widths: list[int]) -> str:
    return "".join(f"{cell:<{width}}{_GUTTER}" for cell, width in zip(row[:-1], widths, strict=True))


def _folded(row: Sequence[str], widths: list[int], width: int) -> Iterator[str]:
    first = _beginning(row, widths)
    if width - len(first) < _LEAST:
        yield from wrap(_GUTTER.join(row[:-1]), width, subsequent_indent=_SET_IN, break_on_hyphens=False)
        first = _SET_IN
    below = " " * len(first)
    yield from wrap(row[-1], width, initial_indent=first, subsequent_indent=below, break_on_hyphens=False)


def remark_lines(text: str, width: int) -> str:
    """A remark for a terminal: further lines are set in, and words longer than a line stay whole."""
    lines = wrap(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)

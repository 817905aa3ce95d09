"""What a run over many names shows: results on stdout; remarks, and one line of progress, on stderr.

Both may be the same terminal. The line of progress is always the last one there: it is taken away before
anything else is written, and put back afterwards.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.many.outfile import Writer

_EVERY = 0.25  # seconds between two looks at the progress
_MOST = 20  # remarks of one kind that are shown
_FINDING = re.compile(r"  (?=(?:\x1b\[31m)?[✗x!·-] )")  # where what is wrong begins, with its sign
_WORD = re.compile(r"\s*\S+\s*")
_SET_IN = "        "
_COLOUR = re.compile(r"\x1b\[\d+m")


class Screen:
    """The streams of a run; with `folds`, results are lines for people, which fit a terminal if they can."""

    def __init__(self, environment: Environment, writer: Writer, folds: bool = False) -> None:
        self._environment, self._writer = environment, writer
        self.folds = folds and writer.to_terminal
        self._looked = time.monotonic()
        self._progress = ""  # the line that is on the screen
        self._remarks: dict[str, int] = {}

    def write(self, text: str, progress: Callable[[], str]) -> None:
        """Write a result, and from time to time the progress. Raises Unwritable, BrokenPipeError."""
        shown = self._progress
        if text:
            if shown and self._writer.to_terminal:
                self._clear()
            self._writer.write(folded(text, self.width) if self.folds else text)
        if self._environment.tells_progress and time.monotonic() - self._looked > _EVERY:
            self._looked = time.monotonic()
            shown = progress()
        self._show(shown)

    @property
    def width(self) -> int:
        """The columns of the terminal."""
        return self._environment.size()[0]

    def remark(self, text: str, kind: str = "") -> None:
        """Write a line to stderr; of one `kind`, if it has one, only the first of many."""
        count = self._remarks[kind] = self._remarks.get(kind, 0) + 1
        if not kind or count <= _MOST:
            shown = self._progress
            self._clear()
            self._environment.remark(text)
            self._show(shown)

    def close(self) -> None:
        """Take the line of progress away for good."""
        self._clear()

    def _show(self, line: str) -> None:
        if line != self._progress:
            self._environment.overwrite(line)
            self._progress = line

    def _clear(self) -> None:
        self._show("")


def folded(text: str, columns: int) -> str:
    """The lines of results, those wider than `columns` continued before a finding or between words."""
    return "".join(f"{each}\n" for line in text.splitlines() for each in _rows(line, columns))


def _rows(line: str, columns: int) -> list[str]:
    first, *findings = _FINDING.split(line)
    rows = [first]
    for each in findings:
        longer = f"{rows[-1]}  {each}"
        if _cells(longer) <= columns:
            rows[-1] = longer
        else:
            rows.append(f"    {each}")
    return [piece for row in rows for piece in _between_words(row, columns)]


def _between_words(row: str, columns: int) -> list[str]:
    """A row in pieces of at most `columns`, apart from words that are longer."""
    pieces = [""]
    for word in _WORD.findall(row):
        if pieces[-1].strip() and _cells(pieces[-1] + word.rstrip()) > columns:
            pieces.append(_SET_IN)
        pieces[-1] += word
    return [piece.rstrip() for piece in pieces]


def _cells(text: str) -> int:
    """The columns that a text takes, whatever its colours."""
    return len(_COLOUR.sub("", text))

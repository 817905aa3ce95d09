"""What a run over many names shows: results on stdout; remarks, and one line of progress, on stderr.

Both may be the same terminal. The line of progress is always the last one there: it is taken away before
anything else is written, and put back afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.many.outfile import Writer

_EVERY = 0.25  # seconds between two looks at the progress
_MOST = 20  # remarks of one kind that are shown


class Screen:
    """The streams of a run."""

    def __init__(self, environment: Environment, writer: Writer) -> None:
        self._environment, self._writer = environment, writer
        self._looked = time.monotonic()
        self._progress = ""  # the line that is on the screen
        self._remarks: dict[str, int] = {}

    def write(self, text: str, progress: Callable[[], str]) -> None:
        """Write a result, and from time to time the progress. Raises Unwritable, BrokenPipeError."""
        shown = self._progress
        if text:
            if shown and self._writer.to_terminal:
                self._clear()
            self._writer.write(text)
        if self._environment.tells_progress and time.monotonic() - self._looked > _EVERY:
            self._looked = time.monotonic()
            shown = progress()
        self._show(shown)

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

"""While places are traced from, a line for each shows how far it is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model.places import Place, Stage

_UP_AND_CLEAR = "\x1b[{}F\x1b[J"  # to the beginning of a line above, and erase from there


class PlacesProgress:
    """The lines, within a `with`: on stderr, if that is a terminal, and gone when all places are done."""

    def __init__(self, chosen: Choices, environment: Environment) -> None:
        self._stages: dict[Place, Stage | None] = dict.fromkeys(chosen.places)
        self._environment, self._drawn = environment, 0

    def __enter__(self) -> PlacesProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write([])

    def update(self, place: Place, stage: Stage) -> None:
        """Take in how far a place is."""
        self._stages[place] = stage
        if self._environment.tells_progress:
            width, height = self._environment.size()
            self._write([line[: width - 1] for line in self.lines()[: height - 1]])

    def lines(self) -> list[str]:
        """A line for each place."""
        from dnstrace.render.text import count_text, harmless

        longest = max(len(harmless(place.name)) for place in self._stages)
        found = []
        for place, stage in self._stages.items():
            said = ""
            if stage is not None:
                zone = f", asking {harmless(stage.zone)}" if stage.zone else ""
                queries = f", {count_text(stage.queries, 'query', 'queries')}" if stage.queries else ""
                said = f"{stage.doing}{zone}{queries}"
            found.append(f"{harmless(place.name):<{longest}}  {said}".rstrip())
        return found

    def _write(self, lines: list[str]) -> None:
        """Write these lines over the last ones."""
        stream = self._environment.stderr
        if stream is None or not (self._drawn or lines):
            return
        over = _UP_AND_CLEAR.format(self._drawn) if self._drawn else ""
        with suppress(OSError, ValueError):  # a terminal that is gone: nobody looks
            stream.write(over + "".join(f"{line}\n" for line in lines))
            stream.flush()
        self._drawn = len(lines)

"""`-f FILE` with `--from`: many names, each from every place, over one connection to each.

A place traces several names at a time, and each by itself. The results are written in the order of the names.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

from dnstrace.analysis.across import across
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.forms import Output
from dnstrace.cli.many.names import AsTheyCome, questions
from dnstrace.cli.many.outfile import Done, Writer, opened, writer
from dnstrace.cli.many.run import standard_input
from dnstrace.cli.places.judging import seen_of
from dnstrace.cli.places.output import line_of, shown
from dnstrace.cli.planning import planned
from dnstrace.cli.status import status_of_places
from dnstrace.cli.usage import Usage
from dnstrace.cli.usage import shown as quoted
from dnstrace.model.across import Where
from dnstrace.model.counting import counted
from dnstrace.model.expectations import Expecting
from dnstrace.places.asking import Request, settled
from dnstrace.places.there import AT_ONCE
from dnstrace.places.together import Came, Together, reach_within, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dnstrace.bulk.plan import Item
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.line.lists import Many
    from dnstrace.model.places import Place, Seen, Stage
    from dnstrace.model.tracing import Tracing

_UnderWay = asyncio.Task[tuple["Item", list[Came]]]
_BAD = (Exit.INTERRUPTED, Exit.USAGE, Exit.FAILED, Exit.BOGUS, Exit.FINDINGS)  # the worst first


def trace_file_from_places(chosen: Choices, many: Many, environment: Environment) -> int:
    """Trace every name of the file from all places; the exit status. Raises Usage, Unwritable."""
    if chosen.files.html is not None:
        raise Usage("--html: there are no pages for -f with --from; use --jsonl, or one name at a time")
    plan = planned(chosen)
    with ExitStack() as stack:
        names: BinaryIO = standard_input() if many.file == "-" else opened(many.file, "rb", "-f", stack)
        done = Done(many.out, many.retries) if many.resume and many.out is not None else None
        out = writer(many, chosen.files.force, environment, stack)
        run = _Run(chosen, many, environment, out)
        wanted = questions(names, chosen.types, run, chosen.expected)
        try:
            asyncio.run(run.go(wanted if done is None else done.left(wanted), plan.tracing))
        except KeyboardInterrupt:
            environment.remark("stopped by the user")
            run.statuses[Exit.INTERRUPTED] += 1
        out.write("")
        for line in run.summary():
            environment.remark(line)
        return run.status()


class _Run:
    """One run: what was read, and what it led to."""

    def __init__(self, chosen: Choices, many: Many, environment: Environment, out: Writer) -> None:
        self._chosen, self._many, self._environment, self._out = chosen, many, environment, out
        self.statuses: Counter[Exit] = Counter()
        self._wheres: Counter[Where] = Counter()
        self._wrong = 0

    def read(self, number: int, question: Item) -> None:
        """Nothing has to be kept of a line that can be traced."""

    def wrong(self, number: int, why: str) -> None:
        """Report a line that cannot be traced."""
        self._environment.remark(f"line {number}: {why}")
        self.statuses[Exit.USAGE] += 1
        self._wrong += 1

    def peculiar(self, number: int, remark: str) -> None:
        """Report what is peculiar about the name in a line."""
        self._environment.remark(f"line {number}: {remark}")

    def unreadable(self, number: int, why: str) -> None:
        """Report from which line on the file cannot be read."""
        self._environment.remark(f"-f: {quoted(self._many.file)} cannot be read from line {number} on: {why}")
        self.statuses[Exit.USAGE] += 1

    async def go(self, wanted: Iterator[Item], tracing: Tracing) -> None:
        """Trace all names, some at a time, and write what was found as soon as it is the turn of a name."""
        room = asyncio.Semaphore(min(self._many.at_once, AT_ONCE))
        turns: asyncio.Queue[_UnderWay | None] = asyncio.Queue()
        reach = reach_within(tracing.bounds.deadline)
        async with together(self._chosen.places, _unseen, reach) as places:

            async def begin() -> None:
                number = 0
                async for item in AsTheyCome(wanted):
                    await room.acquire()
                    number += 1
                    turns.put_nowait(asyncio.ensure_future(self._one(places, number, item, tracing)))
                turns.put_nowait(None)

            beginning = asyncio.ensure_future(begin())
            try:
                while (under_way := await turns.get()) is not None:
                    self._take(*await under_way)
                    room.release()
            finally:
                beginning.cancel()
                await asyncio.gather(beginning, return_exceptions=True)

    async def _one(
        self, places: Together, number: int, item: Item, tracing: Tracing
    ) -> tuple[Item, list[Came]]:
        question = item.question if isinstance(item, Expecting) else item
        found: dict[Place, Came] = {}
        request = Request(number, question, settled(tracing), self._chosen.system_there)
        await places.trace(request, lambda came: found.update({came.place: came}))
        return item, [found[place] for place in self._chosen.places]

    def _take(self, item: Item, came: list[Came]) -> None:
        """Count and write what was found of a name."""
        chosen = self._chosen._replace(expected=item.expected if isinstance(item, Expecting) else ())
        question = item.question if isinstance(item, Expecting) else item
        seen: list[Seen] = [seen_of(each, chosen) for each in came]
        status = status_of_places(seen, chosen.policy)
        self.statuses[status] += 1
        together = across(seen)
        self._wheres[together.where] += 1
        if chosen.shown.only_bad and status in (Exit.ANSWER, Exit.NEGATIVE):
            return
        if chosen.shown.output is Output.TREE:
            self._out.write(line_of(together, question))
        else:
            self._out.write(shown(seen, question, chosen, self._environment, many=True))

    def summary(self) -> Iterator[str]:
        """The totals, and how many lines could not be traced."""
        names = counted(sum(self._wheres.values()), "name")
        places = counted(len(self._chosen.places), "place")
        parts = [
            f"{self._wheres[where]} {text}" for where, text in _IN_SUMMARY.items() if self._wheres[where]
        ]
        yield f"{names} from {places}: {', '.join(parts) or 'nothing to compare'}"
        if self._wrong:
            yield f"{counted(self._wrong, 'line')} could not be traced"

    def status(self) -> Exit:
        """The exit status: the worst of all."""
        return next((bad for bad in _BAD if self.statuses[bad]), Exit.ANSWER)


_IN_SUMMARY = {
    Where.NOWHERE: "the same everywhere",
    Where.PARTLY: "the same, but not over each family",
    Where.DIFFERS: "with answers that differ by place",
    Where.EVERYWHERE: "with the same fault everywhere",
    Where.THERE: "with a fault at some places",
    Where.BY_CLIENT: "whose servers tell places apart",
    Where.UNCLEAR: "with a fault at some places, from other servers",
    Where.SEVERAL: "with a fault at each place",
    Where.UNKNOWN: "from fewer than two places",
}


def _unseen(place: Place, stage: Stage) -> None:
    """Many names have no progress by place."""

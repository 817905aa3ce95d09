"""`-f FILE`: many names; each result is written as it arrives, and a summary at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import ExitStack, aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from dnstrace.bulk import CannotGoOn, Enough, NoDescriptors, results
from dnstrace.bulk.garbage import collect_rarely
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.forms import FORMATS, Output
from dnstrace.cli.line.lists import cores
from dnstrace.cli.many.listed import Listed
from dnstrace.cli.many.names import AsTheyCome, questions
from dnstrace.cli.many.outfile import Done, Writer, opened, writer
from dnstrace.cli.many.results import Result, Tally, result
from dnstrace.cli.planning import planned
from dnstrace.cli.usage import Usage
from dnstrace.clock import run_real
from dnstrace.model.counting import counted

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.line.lists import Many
    from dnstrace.cli.planning import Planned
    from dnstrace.model import Question

_EVERY = 0.25  # seconds between two looks at the progress
_WRONG = 20  # wrong lines that are reported one by one
_WORTH = 4096  # octets of names, available at the first look, that are worth more processes


def trace_file(chosen: Choices, many: Many, environment: Environment) -> int:
    """Trace every name of the file, and return the exit status. Raises Usage, Unwritable."""
    plan = planned(chosen)
    with ExitStack() as stack:
        names = _stdin() if many.file == "-" else opened(many.file, "rb", "-f", stack)
        done = Done(many.out) if many.resume and many.out is not None else None
        run = _ManyRun(chosen, many, environment, writer(many, chosen.files.force, environment, stack), names)
        read = None if run.listed is None else run.listed.read
        wanted = questions(names, chosen.types, run.wrong, run.unreadable, read)
        return run.go(wanted if done is None else done.left(wanted), plan)


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise Usage("-f: standard input is closed")
    return sys.stdin.buffer


class _ManyRun:
    """One run over many names."""

    def __init__(
        self, chosen: Choices, many: Many, environment: Environment, out: Writer, names: BinaryIO
    ) -> None:
        self._chosen, self._many, self._environment = chosen, many, environment
        self._writer, self._names = out, names
        self._tally, self._wrong, self._cut_off = Tally(chosen.policy), 0, False
        self._looked = time.monotonic()
        self._stopped = False
        self._size, self._taken = _size_of(names), 0
        self._coming: AsTheyCome | None = None
        self.listed = Listed() if chosen.shown.output in FORMATS else None

    def wrong(self, number: int, why: str) -> None:
        """Report a line that cannot be traced; only the first of many."""
        self._wrong += 1
        if self._wrong <= _WRONG:
            self._clear()
            self._environment.remark(f"line {number}: {why}")

    def unreadable(self, number: int, why: str) -> None:
        """Report from which line on the file cannot be read."""
        self._cut_off = True
        self._clear()
        self._environment.remark(f"-f: {self._many.file} cannot be read from line {number} on: {why}")

    def go(self, wanted: Iterator[Question], plan: Planned) -> int:
        """Trace and write by this plan, print the summary, and return the exit status."""
        run: Callable[[Coroutine[Any, Any, None]], None] = getattr(plan.network, "run", run_real)
        collect_rarely()
        try:
            workers = 1 if plan.network is not None or self._many.dask else self._workers()
            run(self._traced(wanted, plan, workers))
            self._writer.write("")
        except KeyboardInterrupt:
            self._stopped = True
        except CannotGoOn as error:
            self._clear()
            self._environment.remark(str(error))
            self._cut_off = True
            if isinstance(error, NoDescriptors) and not self._tally.ended:
                return Exit.SYSTEM
        self._clear()
        reported = self._report()
        for line in self._tally.summary(self._wrong):
            self._environment.remark(line)
        if self._stopped:
            goes_on = self._many.out is not None and self._chosen.shown.output is Output.JSONL
            out = f" -o {self._many.out} --resume" if goes_on else ""
            self._environment.remark(f"stopped by the user{'; continue with' if out else ''}{out}")
            return Exit.INTERRUPTED if reported is None else reported
        nothing_right = self._wrong and not self._tally.ended and not self._many.resume
        if self._cut_off or nothing_right:
            failed = Exit.FAILED if self._tally.ended else Exit.USAGE
            return failed if reported is None else reported
        return self._tally.status if reported is None else reported

    def _report(self) -> int | None:
        """Write one document about all names, with `--format`; the status if it has one of its own."""
        if self.listed is None:
            return None
        from dnstrace.cli.reporting import report_on

        file = "" if self._many.file == "-" else self._many.file
        return report_on(self.listed.entries(), self._chosen, self._writer.write, file, self._lacks())

    def _lacks(self) -> str:
        """Why the results are not those of the whole list; empty if they are."""
        if self._stopped:
            return "stopped by the user"
        if self._cut_off:
            return "not all names could be traced"
        return f"{counted(self._wrong, 'line')} could not be traced" if self._wrong else ""

    async def _traced(self, wanted: Iterator[Question], plan: Planned, workers: int) -> None:
        loop, chosen, many = asyncio.get_running_loop(), self._chosen, self._many
        waits = self._size is None and plan.network is None  # a given network has its own clock
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
            if waits or self._size is not None:
                loop.add_signal_handler(signal.SIGINT, self._stop)
            else:  # the loop itself waits for the next name, which only an exception ends
                signal.signal(signal.SIGINT, signal.default_int_handler)
        self._coming = AsTheyCome(wanted) if waits else None
        found = results(
            self._until_stopped(wanted) if self._coming is None else self._coming_until_stopped(self._coming),
            partial(result, shown=chosen.shown, policy=chosen.policy),
            at_once=many.at_once,
            share=many.share,
            ordered=many.ordered,
            rate=many.rate,
            workers=workers,
            dask=many.dask,
            tracing=plan.tracing,
            network=plan.network,
        )
        async with aclosing(found):
            async for each in found:
                self._take(each)

    def _workers(self) -> int:
        """As many processes as the user chose, or one for each processor if there are enough names.

        Waits for the first names, which must not happen in an event loop: Ctrl-C would not end it.
        """
        if self._many.workers is not None:
            return self._many.workers
        peek = getattr(self._names, "peek", None)
        return cores() if peek is not None and len(peek(_WORTH)) >= _WORTH else 1

    def _stop(self) -> None:
        """Start no more traces; those under way are finished, unless the user asks twice."""
        if self._stopped:
            raise KeyboardInterrupt
        self._stopped = True
        if self._coming is not None:
            self._coming.stop()
        self._clear()
        self._environment.remark("finishing the traces under way; press Ctrl-C again to stop at once")

    def _until_stopped(self, wanted: Iterator[Question]) -> Iterator[Question]:
        """The questions, counted. Raises Enough when the user stops the run."""
        for question in wanted:
            if self._stopped:
                raise Enough
            self._taken += 1
            yield question

    async def _coming_until_stopped(self, wanted: AsTheyCome) -> AsyncGenerator[Question]:
        """The same for questions that arrive at any time."""
        async for question in wanted:
            if self._stopped:
                break
            yield question
        if self._stopped:
            raise Enough

    def _take(self, found: Result) -> None:
        """Write a result, and count it."""
        if self.listed is None:
            self._writer.write(found.text)
        elif found.entry is not None:
            self.listed.add(found.entry)
        self._tally.add(found)
        if self._environment.tells_progress and time.monotonic() - self._looked > _EVERY:
            self._looked = time.monotonic()
            self._environment.overwrite(self._tally.progress(self._done()))

    def _done(self) -> float | None:
        """The share of the names that have ended, estimated from the share of the file that has been read."""
        if not self._size or not self._taken:
            return None
        return min(1.0, self._names.tell() / self._size * self._tally.ended / self._taken)

    def _clear(self) -> None:
        if self._environment.tells_progress:
            self._environment.overwrite("")


def _size_of(file: BinaryIO) -> int | None:
    """The size of a regular file in octets; None for a pipe or a terminal."""
    try:
        found = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None

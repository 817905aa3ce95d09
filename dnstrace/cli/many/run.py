"""`-f FILE`: many names, each result written as it is there, and at the end what came of all."""

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

from dnstrace.bulk import CannotGoOn, Enough, results
from dnstrace.bulk.garbage import collect_rarely
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.lists import cores
from dnstrace.cli.line.options import Output
from dnstrace.cli.many.names import AsTheyCome, questions
from dnstrace.cli.many.outfile import Done, Writer, opened, writer
from dnstrace.cli.many.results import Result, Tally, result
from dnstrace.cli.planning import planned
from dnstrace.cli.usage import Usage
from dnstrace.clock import run_real

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.line.lists import Many
    from dnstrace.cli.planning import Planned
    from dnstrace.model import Question

_EVERY = 0.25  # seconds between two looks at the progress
_WRONG = 20  # wrong lines that are told one by one
_WORTH = 4096  # octets of names that are worth further processes: what is there at the first look


def trace_file(chosen: Choices, many: Many, environment: Environment) -> int:
    """Trace every name of the file; the exit status. Raises Usage, Unwritable."""
    plan = planned(chosen)
    with ExitStack() as stack:
        names = _stdin() if many.file == "-" else opened(many.file, "rb", "-f", stack)
        done = Done(many.out) if many.resume and many.out is not None else None
        run = _ManyRun(chosen, many, environment, writer(many, chosen.files.force, environment, stack), names)
        wanted = questions(names, chosen.types, run.wrong, run.unreadable)
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
        self._tally, self._wrong, self._cut_off = Tally(), 0, False
        self._looked = time.monotonic()
        self._stopped = False
        self._size, self._taken = _size_of(names), 0
        self._coming: AsTheyCome | None = None

    def wrong(self, number: int, why: str) -> None:
        """Tell of a line that cannot be traced; of many only the first ones."""
        self._wrong += 1
        if self._wrong <= _WRONG:
            self._clear()
            self._environment.remark(f"line {number}: {why}")

    def unreadable(self, number: int, why: str) -> None:
        """Tell where the file cannot be read further."""
        self._cut_off = True
        self._clear()
        self._environment.remark(f"-f: {self._many.file} cannot be read from line {number} on: {why}")

    def go(self, wanted: Iterator[Question], plan: Planned) -> int:
        """Trace and write, by this plan; what came of it all."""
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
        self._clear()
        for line in self._tally.summary(self._wrong):
            self._environment.remark(line)
        if self._stopped:
            goes_on = self._many.out is not None and self._chosen.shown.output is Output.JSONL
            out = f" -o {self._many.out} --resume" if goes_on else ""
            self._environment.remark(f"stopped by the user{'; go on with' if out else ''}{out}")
            return Exit.INTERRUPTED
        nothing_right = self._wrong and not self._tally.ended and not self._many.resume
        if self._cut_off or nothing_right:
            return Exit.FAILED if self._tally.ended else Exit.USAGE
        return self._tally.status

    async def _traced(self, wanted: Iterator[Question], plan: Planned, workers: int) -> None:
        loop, chosen, many = asyncio.get_running_loop(), self._chosen, self._many
        waits = self._size is None and plan.network is None  # a network of its own has time of its own
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
            if waits or self._size is not None:
                loop.add_signal_handler(signal.SIGINT, self._stop)
            else:  # the loop itself waits for the next name, which only an exception ends
                signal.signal(signal.SIGINT, signal.default_int_handler)
        self._coming = AsTheyCome(wanted) if waits else None
        found = results(
            self._until_stopped(wanted) if self._coming is None else self._coming_until_stopped(self._coming),
            partial(result, shown=chosen.shown),
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
        """As many processes as the user wants, or as there are processors where there are names enough.

        Waits for the first names, which no event loop must: Ctrl-C would not end it.
        """
        if self._many.workers is not None:
            return self._many.workers
        peek = getattr(self._names, "peek", None)
        return cores() if peek is not None and len(peek(_WORTH)) >= _WORTH else 1

    def _stop(self) -> None:
        """Begin nothing more; what is under way is finished, unless the user asks twice."""
        if self._stopped:
            raise KeyboardInterrupt
        self._stopped = True
        if self._coming is not None:
            self._coming.stop()
        self._clear()
        self._environment.remark("finishing what is under way; Ctrl-C again ends at once")

    def _until_stopped(self, wanted: Iterator[Question]) -> Iterator[Question]:
        """The questions, counted. Raises Enough when the user stops the run."""
        for question in wanted:
            if self._stopped:
                raise Enough
            self._taken += 1
            yield question

    async def _coming_until_stopped(self, wanted: AsTheyCome) -> AsyncGenerator[Question]:
        """The same of questions that come as they come."""
        async for question in wanted:
            if self._stopped:
                break
            yield question
        if self._stopped:
            raise Enough

    def _take(self, found: Result) -> None:
        """Write a result, and count it."""
        self._writer.write(found.text)
        self._tally.add(found)
        if self._environment.tells_progress and time.monotonic() - self._looked > _EVERY:
            self._looked = time.monotonic()
            self._environment.overwrite(self._tally.progress(self._done()))

    def _done(self) -> float | None:
        """The share of the names that have ended, by the share of the file that has been read."""
        if not self._size or not self._taken:
            return None
        return min(1.0, self._names.tell() / self._size * self._tally.ended / self._taken)

    def _clear(self) -> None:
        if self._environment.tells_progress:
            self._environment.overwrite("")


def _size_of(file: BinaryIO) -> int | None:
    """The octets of a regular file; None of what comes as it comes."""
    try:
        found = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None

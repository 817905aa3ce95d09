"""`-f FILE`: many names; each result is written as it arrives, and a summary at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
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
from dnstrace.cli.many.names import AsTheyCome, beginning, questions
from dnstrace.cli.many.outfile import Cuts, Done, Writer, opened, writer
from dnstrace.cli.many.pages import Pages
from dnstrace.cli.many.results import AS_TEXT, Form, Result, columns_for, result
from dnstrace.cli.many.screen import Screen
from dnstrace.cli.many.tally import Tally
from dnstrace.cli.planning import planned
from dnstrace.cli.usage import Usage, shown
from dnstrace.clock import run_real
from dnstrace.model.counting import counted
from dnstrace.model.record_hashes import hash_records_once

if TYPE_CHECKING:
    from dnstrace.bulk.plan import Item
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.line.lists import Many
    from dnstrace.cli.planning import Planned
    from dnstrace.model.expectations import Expectation

_WORTH = 4096  # octets of names, available at the first look, that are worth more processes


def trace_file(chosen: Choices, many: Many, environment: Environment) -> int:
    """Trace every name of the file, and return the exit status. Raises Usage, Unwritable."""
    plan = planned(chosen)
    with ExitStack() as stack:
        names = standard_input() if many.file == "-" else opened(many.file, "rb", "-f", stack)
        pages = None if chosen.files.html is None else Pages(chosen.files.html, chosen.files.force)
        done = Done(many.out, many.retries) if many.resume and many.out is not None else None
        if done is not None and done.unheard:
            told = f"{counted(done.unheard, 'result')} in {shown(many.out or '')} failed for want of replies"
            environment.remark(f"{told}: add --retry-failed to trace them again")
        out = writer(many, chosen.files.force, environment, stack, _can_go_on(chosen, many))
        run = _ManyRun(chosen, many, environment, out, names, pages)
        wanted = questions(names, chosen.types, run, chosen.expected)
        return run.go(wanted if done is None else done.left(wanted), plan)


def _can_go_on(chosen: Choices, many: Many) -> bool:
    """Whether a later run with --resume can add what this one does not write."""
    whole = chosen.shown.output is Output.JSONL and not chosen.shown.only_bad
    return many.out is not None and whole and chosen.files.html is None


def standard_input() -> BinaryIO:
    """Standard input, for `-f -`. Raises Usage where it is closed."""
    if sys.stdin is None:
        raise Usage("-f: standard input is closed")
    return sys.stdin.buffer


class _ManyRun:
    """One run over many names."""

    def __init__(
        self,
        chosen: Choices,
        many: Many,
        environment: Environment,
        out: Writer,
        names: BinaryIO,
        pages: Pages | None = None,
    ) -> None:
        self._chosen, self._many, self._names, self._pages = chosen, many, names, pages
        self._writer, self._ascii = out, environment.ascii_only
        self._screen = Screen(environment, out, chosen.shown.output is Output.TREE)
        self._in_color = many.out is None and environment.in_color(chosen.shown.color)
        self._tally, self._wrong, self._cut_off = Tally(chosen.policy), 0, False
        self._stopped, self._cuts = False, Cuts()
        self._size, self._taken = _size_of(names), 0
        self._coming: AsTheyCome | None = None
        self._listed = Listed() if chosen.shown.output in FORMATS else None

    def read(self, number: int, question: Item) -> None:
        """Take note of the line that a question is on."""
        if self._listed is not None:
            self._listed.read(number, question)

    def wrong(self, number: int, why: str) -> None:
        """Report a line that cannot be traced, each of them: one that is lost would pass for a good one."""
        self._wrong += 1
        self._screen.remark(f"line {number}: {why}")
        if self._listed is not None:
            self._listed.wrong(number, why)

    def peculiar(self, number: int, remark: str) -> None:
        """Report what is peculiar about the name in a line; only the first of many."""
        self._screen.remark(f"line {number}: {remark}", "peculiar")

    def unreadable(self, number: int, why: str) -> None:
        """Report from which line on the file cannot be read."""
        self._cut_off = True
        self._screen.remark(f"-f: {self._many.file} cannot be read from line {number} on: {why}")

    def go(self, wanted: Iterator[Item], plan: Planned) -> int:
        """Trace and write by this plan, print the summary, and return the exit status."""
        run: Callable[[Coroutine[Any, Any, None]], None] = getattr(plan.network, "run", run_real)
        collect_rarely(plan.tracing.settings.probe)
        hash_records_once()
        try:
            workers = 1 if plan.network is not None or self._many.dask else self._workers()
            run(self._traced(wanted, plan, workers))
            self._writer.write("")
        except KeyboardInterrupt:
            self._stopped = True
        except CannotGoOn as error:
            self._screen.remark(str(error))
            self._cut_off = True
            if isinstance(error, NoDescriptors) and not self._tally.ended:
                self._screen.close()
                return Exit.SYSTEM
        self._screen.close()
        reported = self._report()
        self._summarise()
        status = self._status()
        return status if reported is None else reported

    def _report(self) -> int | None:
        """Write one document about all names, with `--format`; the status if it has one of its own."""
        if self._listed is None:
            return None
        from dnstrace.cli.reporting import report_on

        file = "" if self._many.file == "-" else self._many.file
        return report_on(self._listed.entries(), self._chosen, self._writer.write, file, self._lacks())

    def _lacks(self) -> str:
        """Why the results are not those of the whole list; empty if they are."""
        if self._stopped:
            return "stopped by the user"
        if self._cut_off:
            return "not all names could be traced"
        return "; ".join(f"--expect {shown(each.text)} was not checked" for each in self._unjudged())

    def _summarise(self) -> None:
        """The totals, and where the pages are."""
        for line in self._tally.summary(self._wrong):
            self._screen.remark(line)
        if self._pages is not None:
            self._screen.remark(f"pages: {self._pages.close(self._tally)}")

    def _status(self) -> Exit:
        """The exit status; what explains it is written."""
        if self._stopped:
            goes_on = _can_go_on(self._chosen, self._many)
            out = f"; continue with -o {self._many.out} --resume" if goes_on else ""
            self._screen.remark(f"stopped by the user{out}")
            return Exit.INTERRUPTED
        if self._cut_off:
            return Exit.FAILED if self._tally.ended else Exit.USAGE
        status = self._with_all_expected(self._tally.status)
        return Exit.USAGE if self._wrong and status in (Exit.ANSWER, Exit.NEGATIVE) else status

    def _with_all_expected(self, status: Exit) -> Exit:
        """The status, or USAGE where no name could show whether something that is expected holds."""
        for each in self._unjudged():
            kind = each.what.upper()
            why = f"no {kind} record was asked for; add the type {kind}"
            self._screen.remark(f"--expect {shown(each.text)} was not checked: {why}")
            status = Exit.USAGE
        return status

    def _unjudged(self) -> list[Expectation]:
        """What is expected, but no name could show whether it holds."""
        if self._many.resume or not self._tally.ended:
            return []
        return [each for each in self._chosen.expected if each.text not in self._tally.judged]

    async def _traced(self, wanted: Iterator[Item], plan: Planned, workers: int) -> None:
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
            partial(
                result,
                shown=chosen.shown,
                policy=chosen.policy,
                form=Form(self._pages is not None, self._ascii, self._in_color, self._columns()),
            ),
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

    def _columns(self) -> tuple[int, int]:
        """The columns for names and types, as far as they are known before the first result: of a file."""
        if self._size is None or not self._screen.folds:
            return AS_TEXT.columns
        peek = getattr(self._names, "peek", None)
        first = beginning(peek(_WORTH) if peek is not None else b"", self._chosen.types)
        return columns_for(first, self._screen.width)

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
        self._screen.remark("finishing the traces under way; press Ctrl-C again to stop at once")

    def _until_stopped(self, wanted: Iterator[Item]) -> Iterator[Item]:
        """The questions, counted. Raises Enough when the user stops the run."""
        for question in wanted:
            if self._stopped:
                raise Enough
            self._taken += 1
            yield question

    async def _coming_until_stopped(self, wanted: AsTheyCome) -> AsyncGenerator[Item]:
        """The same for questions that arrive at any time."""
        async for question in wanted:
            if self._stopped:
                break
            yield question
        if self._stopped:
            raise Enough

    def _take(self, found: Result) -> None:
        """Count a result, and write it."""
        self._tally.add(found)
        if self._listed is not None and found.entry is not None:
            self._listed.add(found.entry)
        if self._pages is not None:
            self._pages.add(found)
        text = self._cuts.new(found.cuts) + found.text
        self._screen.write(text, lambda: self._tally.progress(self._done(), self._ascii))

    def _done(self) -> float | None:
        """The share of the names that have ended, estimated from the share of the file that has been read."""
        if not self._size or not self._taken:
            return None
        read = 1.0 if self._stopped else self._names.tell() / self._size  # when stopped, no more is taken
        return min(1.0, read * self._tally.ended / self._taken)


def _size_of(file: BinaryIO) -> int | None:
    """The size of a regular file in octets; None for a pipe or a terminal."""
    try:
        found = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None

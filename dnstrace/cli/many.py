"""`-f FILE`: many names, each result written as it is there, and at the end what came of all."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import dns.rdatatype

from dnstrace.bulk import trace_many
from dnstrace.cli.environment import Unwritable
from dnstrace.cli.exits import Exit
from dnstrace.cli.names import questions
from dnstrace.cli.options import Output
from dnstrace.cli.tracing import planned, status
from dnstrace.cli.usage import Usage, shown
from dnstrace.model import Outcome
from dnstrace.render.text import harmless, name_text, rdata_text, time_text

if TYPE_CHECKING:
    from dnstrace.cli.choices import Choices
    from dnstrace.cli.environment import Environment
    from dnstrace.model import Question, Trace

_EVERY = 0.25  # seconds between two looks at the progress
_NAMED = 5  # zones and servers that the summary names
_WRONG = 20  # wrong lines that are told one by one


def trace_file(chosen: Choices, environment: Environment) -> int:
    """Trace every name of the file; the exit status. Raises Usage, Unwritable."""
    assert chosen.file is not None
    if chosen.output not in (Output.TREE, Output.JSONL, Output.SHORT):
        raise Usage(f"--{chosen.output} prints one question: with -f use --jsonl, --short, or neither")
    if chosen.resume and chosen.out is None:
        raise Usage("--resume goes on with a file: name it with -o")
    if chosen.resume and chosen.output is not Output.JSONL:
        raise Usage("--resume reads what is there: that needs --jsonl")
    with ExitStack() as stack:
        names = _opened(chosen.file, stack)
        done = _Done(chosen.out) if chosen.resume and chosen.out is not None else None
        run = _Run(chosen, environment, _writer(chosen, environment, stack))
        wanted = questions(names, chosen.types, run.wrong)
        return run.go(wanted if done is None else done.left(wanted))


def _opened(path: str, stack: ExitStack) -> BinaryIO:
    if path == "-":
        return sys.stdin.buffer
    return _open(path, "rb", "-f", stack)


class _Writer:
    """Where results go: whole lines, flushed one by one."""

    def __init__(self, environment: Environment, file: BinaryIO | None, path: str) -> None:
        self._environment, self._file, self._path = environment, file, path

    def write(self, text: str) -> None:
        """Write lines. Raises Unwritable, BrokenPipeError."""
        if self._file is None:
            self._environment.write(text)
            return
        try:
            self._file.write(text.encode())
            self._file.flush()
        except OSError as error:
            raise Unwritable(f"{self._path}: {error.strerror}") from error


def _writer(chosen: Choices, environment: Environment, stack: ExitStack) -> _Writer:
    if chosen.out is None:
        return _Writer(environment, None, "")
    if not chosen.resume:
        from dnstrace.cli.files import check_file

        check_file("-o", chosen.out, chosen.force, environment)
    file = _open(chosen.out, "ab" if chosen.resume else "wb", "-o", stack)
    return _Writer(environment, file, chosen.out)


def _open(path: str, mode: str, option: str, stack: ExitStack) -> BinaryIO:
    try:
        file: Any = open(path, mode, buffering=-1 if mode == "rb" else 0)  # noqa: SIM115  # the stack closes it
    except OSError as error:
        raise Usage(f"{option}: {shown(path)} cannot be opened: {error.strerror}") from error
    found: BinaryIO = stack.enter_context(file)
    return found


class _Done:
    """The questions whose results a file holds already: by their digests, so that many take little memory."""

    def __init__(self, path: str) -> None:
        self._digests: Counter[bytes] = Counter()
        whole = 0
        try:
            with open(path, "rb") as file:
                for line in file:
                    if not line.endswith(b"\n") or (key := _key_of(line)) is None:
                        break
                    self._digests[_digest(key)] += 1
                    whole += len(line)
            os.truncate(path, whole)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Usage(f"--resume: {shown(path)} cannot be read: {error.strerror}") from error

    def left(self, wanted: Iterable[Question]) -> Iterator[Question]:
        """The questions that have no result yet."""
        for question in wanted:
            digest = _digest(f"{name_text(question.name)} {dns.rdatatype.to_text(question.rdtype)}")
            if self._digests[digest]:
                self._digests[digest] -= 1
            else:
                yield question


def _key_of(line: bytes) -> str | None:
    """The question of a result; None where the line is no result: what was cut off by a kill."""
    try:
        asked = json.loads(line)["question"]
        return f"{asked['name']} {asked['type']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=12).digest()


class _Run:
    """One run over many names."""

    def __init__(self, chosen: Choices, environment: Environment, writer: _Writer) -> None:
        self._chosen, self._environment, self._writer = chosen, environment, writer
        self._outcomes: Counter[str] = Counter()
        self._failing: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._slowest: dict[str, float] = {}
        self._worst: Exit = Exit.ANSWER
        self._ended = self._wrong = 0
        self._begun = self._looked = time.monotonic()
        self._stopped = False

    def wrong(self, number: int, why: str) -> None:
        """Tell of a line that cannot be traced; of many only the first ones."""
        self._wrong += 1
        if self._wrong <= _WRONG:
            self._environment.remark(f"line {number}: {why}")

    def go(self, wanted: Iterator[Question]) -> int:
        """Trace and write; what came of it all."""
        how = planned(self._chosen).how
        network, now = how.pop("network", None), how.pop("now", None)
        run: Any = getattr(network, "run", asyncio.run)
        gc.freeze()  # what was imported stays
        gc.set_threshold(10_000, 20, 20)
        gc.enable()  # `cli.main` starts without
        try:
            run(self._traced(self._until_stopped(wanted), network, now, how))
        except KeyboardInterrupt:
            self._stopped = True
        self._clear()
        for line in self._summary():
            self._environment.remark(line)
        return Exit.INTERRUPTED if self._stopped else self._worst

    async def _traced(self, wanted: Iterator[Question], network: Any, now: Any, how: dict[str, Any]) -> None:
        found = trace_many(
            wanted,
            network=network,
            now=now,
            at_once=self._chosen.concurrency,
            share=self._chosen.share,
            ordered=self._chosen.ordered,
            **how,
        )
        loop = asyncio.get_running_loop()
        with suppress(
            NotImplementedError, RuntimeError, ValueError
        ):  # not on Windows, not beside the main thread
            loop.add_signal_handler(signal.SIGINT, self._stop)
        async for trace in found:
            self._take(trace)

    def _stop(self) -> None:
        """Begin nothing more; what is under way is finished, unless the user asks twice."""
        if self._stopped:
            raise KeyboardInterrupt
        self._stopped = True
        self._environment.remark("finishing what is under way; Ctrl-C again ends at once")

    def _until_stopped(self, wanted: Iterator[Question]) -> Iterator[Question]:
        for question in wanted:
            if self._stopped:
                return
            yield question

    def _take(self, trace: Trace) -> None:
        """Write a result, and count it."""
        self._writer.write(self._line(trace))
        self._ended += 1
        self._outcomes["" if trace.outcome is None else trace.outcome.value] += 1
        if trace.outcome is Outcome.FAILED and trace.steps:
            self._failing[name_text(trace.steps[-1].zone)] += 1
        for finding in trace.findings or ():
            self._codes[finding.code] += 1
        self._remember(name_text(trace.question.name), trace.stats.duration)
        found = status([trace])
        if found not in (Exit.ANSWER, Exit.NEGATIVE) and self._worst is not Exit.FAILED:
            self._worst = found
        if self._environment.tells_progress and time.monotonic() - self._looked > _EVERY:
            self._looked = time.monotonic()
            self._environment.overwrite(self._progress())

    def _remember(self, name: str, took: float) -> None:
        """Keep the slowest few."""
        self._slowest[name] = took
        if len(self._slowest) > 4 * _NAMED:
            kept = sorted(self._slowest.items(), key=lambda pair: -pair[1])[:_NAMED]
            self._slowest = dict(kept)

    def _line(self, trace: Trace) -> str:
        if self._chosen.output is Output.JSONL:
            from dnstrace.render.document import to_json

            return to_json(trace, verbose=self._chosen.verbose) + "\n"
        name, rdtype = name_text(trace.question.name), dns.rdatatype.to_text(trace.question.rdtype)
        if self._chosen.output is Output.SHORT:
            records = (
                (rrset, rdata)
                for rrset in trace.answer
                if rrset.rdtype != dns.rdatatype.RRSIG or rrset.rdtype == trace.question.rdtype
                for rdata in rrset
            )
            return "".join(
                f"{name} {dns.rdatatype.to_text(rrset.rdtype)} {rdata_text(rdata)}\n"
                for rrset, rdata in records
            )
        asked = (rrset for rrset in trace.answer if rrset.rdtype == trace.question.rdtype)
        data = ", ".join(rdata_text(rdata) for rrset in asked for rdata in rrset)
        said = data or harmless(trace.error) or ("" if trace.outcome is None else trace.outcome.value)
        took = time_text(trace.stats.duration)
        outcome = "" if trace.outcome is None else trace.outcome.value
        return f"{name:<40} {rdtype:<6} {outcome:<9} {took:>8}  {said}\n"

    def _progress(self) -> str:
        rate = self._ended / max(time.monotonic() - self._begun, 1e-9)
        return f"{self._ended} names, {rate:.0f} a second, {self._outcomes['failed']} failed"

    def _clear(self) -> None:
        if self._environment.tells_progress:
            self._environment.overwrite("")

    def _summary(self) -> Iterator[str]:
        """What came of all, in a few lines."""
        took = time.monotonic() - self._begun
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in self._outcomes.most_common())
        rate = self._ended / max(took, 1e-9)
        yield f"{self._ended} names in {took:.1f} s ({rate:.0f} a second): {outcomes or 'nothing'}"
        if self._wrong:
            yield f"{self._wrong} lines could not be traced"
        if self._failing:
            worst = self._failing.most_common(_NAMED)
            yield "failed in " + ", ".join(f"{zone} ({count})" for zone, count in worst)
        if self._codes:
            yield "found: " + ", ".join(f"{code} ({count})" for code, count in self._codes.most_common())
        slowest = sorted(self._slowest.items(), key=lambda pair: -pair[1])[:_NAMED]
        if self._ended > 1:
            yield "slowest: " + ", ".join(f"{name} {time_text(took)}" for name, took in slowest)
        if self._stopped:
            out = f" -o {self._chosen.out} --resume" if self._chosen.out else ""
            yield f"stopped by the user{'; go on with' if out else ''}{out}"

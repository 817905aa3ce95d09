"""Traces in several processes, each with the names of its own zones.

A worker receives questions over a socket as it finishes others, and sends back what `use` makes of their
traces. A worker that dies is replaced, and what it had not sent back is traced again: each question gets one
result. A worker that hangs is killed: a result must arrive within the deadline of a trace and a margin. A
worker ends when its socket closes, however this process ends.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import signal
import socket
import sys
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from typing import Any

from dnstrace.bulk.carrying import Batch, by_number, results_in
from dnstrace.bulk.dealing import hand
from dnstrace.bulk.garbage import collect_rarely
from dnstrace.bulk.plan import CannotGoOn, Enough, Item, Job, Jobs, NoDescriptors, Plan, R, Use
from dnstrace.bulk.room import Room
from dnstrace.bulk.together import traced
from dnstrace.clock import run_real
from dnstrace.descriptors import TOO_FEW, has_run_out
from dnstrace.message.deferring import call
from dnstrace.model.record_hashes import hash_records_once
from dnstrace.model.structs import replace

_QUEUED = 2  # times what a worker traces at a time: given to it in advance, so that it need not wait
_WAITING = 8  # times that: under way in total, most of it waiting for the worker of its zone
_LOST = 5  # workers lost without a result in between after which the run is given up
_BATCH = 64  # results that are sent at a time
_LENGTH = 4  # octets
_SOME = 30.0  # seconds beyond a trace's deadline for which a worker may be silent
_SOON = 1.0  # seconds in which a process that has closed its socket ends
_SHORT = 71  # exit status of a worker that cannot open enough (EX_OSERR)
_LOOKS = 4  # checks of the workers in this time


class WorkersLost(CannotGoOn):
    """Worker processes keep dying before they have a result."""


async def in_processes(jobs: Jobs, plan: Plan, use: Use[R], workers: int) -> AsyncGenerator[tuple[int, R]]:
    """Trace every job in one of several processes; what `use` makes of each trace, as they arrive.

    Raises WorkersLost.
    """
    by_number()
    crew = _Crew(plan, use, workers)
    feeding = asyncio.ensure_future(crew.feed(jobs))
    feeding.add_done_callback(lambda _: crew.sent.put_nowait(None))
    try:
        while not feeding.done() or crew.outstanding:
            for number, result in await crew.sent.get() or ():
                crew.room.give_back(number)
                yield number, result
            crew.check()
        feeding.result()
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        await crew.close()


class _Worker:
    """One process, seen from this one: it was given `jobs` and has not sent them back; others are `waiting`.

    `heard` is the loop's time since which it has had something to do and has sent nothing back.
    """

    def __init__(self, start: bytes) -> None:
        self._start = start
        with _named_cause():
            self._socket, its = socket.socketpair()
        self.heard = asyncio.get_running_loop().time()
        self.jobs: dict[int, Item] = {}
        self.waiting: deque[Job] = deque()
        spawned = multiprocessing.get_context("spawn")
        begun = __name__, _work_until_closed.__name__, its
        self._process = spawned.Process(target=call, args=begun, name="dnstrace worker", daemon=True)
        try:
            with _named_cause(), _without_interrupts():
                self._process.start()
        except NoDescriptors:
            self._socket.close()
            raise
        finally:
            its.close()
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> asyncio.StreamReader:
        """Connect, so that it can be given jobs and its results can be read."""
        reader, self._writer = await asyncio.open_connection(sock=self._socket)
        self._writer.write(self._start)
        if self.jobs:
            self._writer.write(_pickled(list(self.jobs.items())))
        return reader

    def give(self, jobs: list[Job]) -> None:
        """Have it trace `jobs`, now or as soon as it is connected."""
        if not self.jobs:
            self.heard = asyncio.get_running_loop().time()
        self.jobs.update(jobs)
        if jobs and self._writer is not None:
            self._writer.write(_pickled(jobs))

    def without_descriptors(self) -> bool:
        """Whether its process, which has closed its socket, ended because it could open no more."""
        self._process.join(_SOON)
        return self._process.exitcode == _SHORT

    def kill(self) -> None:
        """Kill its process, which closes its socket."""
        self._process.kill()

    def close(self) -> None:
        """End it."""
        if self._writer is not None:
            self._writer.close()
        self._process.kill()
        self._process.join()
        self._process.close()


class _Crew:
    """The workers of a run. `sent` is what they sent, in batches; `room` has the jobs not yet returned."""

    def __init__(self, plan: Plan, use: Use[Any], workers: int) -> None:
        share = -(-plan.at_once // workers)
        rate = None if plan.rate is None else plan.rate / workers
        self._start = _pickled((replace(plan, at_once=share, rate=rate, ordered=False), use))
        self._most, self.room = share * _QUEUED, Room(share * _WAITING * workers, plan.ordered)
        self._workers: list[_Worker] = []
        try:
            while len(self._workers) < workers:
                self._workers.append(_Worker(self._start))
        except NoDescriptors:
            self._close_workers()
            raise
        self.sent: asyncio.Queue[list[tuple[int, Any]] | None] = asyncio.Queue()
        self._lost = 0
        self._watching = asyncio.ensure_future(self._watch(plan.at_leisure.bounds.deadline + _SOME))
        self._reading = [asyncio.ensure_future(self._read(place)) for place in range(workers)]
        for reading in self._reading:
            reading.add_done_callback(lambda _: self.sent.put_nowait(None))

    @property
    def outstanding(self) -> bool:
        """Whether any job has not come back."""
        return any(worker.jobs or worker.waiting for worker in self._workers) or not self.sent.empty()

    def check(self) -> None:
        """Raise WorkersLost if that ended the reading from a worker."""
        for reading in self._reading:
            if reading.done():
                reading.result()

    async def feed(self, jobs: Jobs) -> None:
        """Deal every job to the worker of its zone."""
        try:
            while await self.room.free() and (job := await anext(jobs, None)) is not None:
                self._deal(job)
        except Enough:
            for worker in self._workers:
                worker.waiting.clear()

    def _deal(self, job: Job) -> None:
        number, question = job
        worker = self._workers[hand(question.name, len(self._workers))]
        self.room.take(number)
        worker.waiting.append(job)
        self._give(worker)
        if worker.waiting:
            self._give(min(self._workers, key=lambda each: len(each.jobs)))

    def _give(self, worker: _Worker) -> None:
        """Give a worker what waits for it; one with little to do takes over from the one with most."""
        source, most = worker, self._most - len(worker.jobs)
        if not worker.waiting and len(worker.jobs) < self._most // _QUEUED:
            source = max(self._workers, key=lambda each: len(each.waiting))
            most = min(most, -(-len(source.waiting) // 2))
        worker.give([source.waiting.popleft() for _ in range(min(most, len(source.waiting)))])

    async def _read(self, place: int) -> None:
        """Read what a worker sends, and then what its replacements send."""
        while True:
            worker = self._workers[place]
            reader = await worker.connect()
            with suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    found = [*results_in(await _octets(reader))]
                    self._lost, worker.heard = 0, asyncio.get_running_loop().time()
                    for number, _ in found:
                        del worker.jobs[number]
                    self._give(worker)
                    self.sent.put_nowait(found)
            self._replace(place)

    def _replace(self, place: int) -> None:
        lost = self._workers[place]
        if lost.without_descriptors():
            raise NoDescriptors(TOO_FEW)
        self._lost += 1
        if self._lost > _LOST:
            raise WorkersLost(f"{self._lost} worker processes ended one after the other without a result")
        lost.close()
        self._workers[place] = _Worker(self._start)
        self._workers[place].jobs, self._workers[place].waiting = lost.jobs, lost.waiting

    async def _watch(self, patience: float) -> None:
        """Kill workers that send nothing back for `patience` seconds, unless this process was asleep."""
        loop, pause = asyncio.get_running_loop(), patience / _LOOKS
        while True:
            due = loop.time() + pause
            await asyncio.sleep(pause)
            slept = loop.time() - due
            for worker in self._workers:
                worker.heard += slept
                if worker.jobs and loop.time() - worker.heard > patience:
                    worker.kill()

    async def close(self) -> None:
        """Kill all workers, with what they have under way."""
        tasks = (self._watching, *self._reading)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._close_workers()

    def _close_workers(self) -> None:
        for worker in self._workers:
            worker.close()


@contextmanager
def _named_cause() -> Iterator[None]:
    """Raise NoDescriptors where what is done here fails because nothing more can be opened."""
    try:
        yield
    except OSError as error:
        if has_run_out(error):
            raise NoDescriptors(TOO_FEW) from error
        raise


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes started here never receive Ctrl-C, not even before they can ignore it."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # starting it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pickled(value: object) -> bytes:
    return _with_length(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))


def _with_length(octets: bytes) -> bytes:
    return len(octets).to_bytes(_LENGTH) + octets


async def _octets(reader: asyncio.StreamReader) -> bytes:
    """What is sent next; raises IncompleteReadError at the end."""
    return await reader.readexactly(int.from_bytes(await reader.readexactly(_LENGTH)))


async def _unpickled(reader: asyncio.StreamReader) -> Any:
    """The next value; raises IncompleteReadError at the end."""
    return pickle.loads(await _octets(reader))


# --- in the worker ----------------------------------------------------------------------------


def _work_until_closed(sock: socket.socket) -> None:
    """Run a worker: trace what it is given until its socket closes."""
    by_number()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process decides what to finish
    hash_records_once()
    try:
        with suppress(asyncio.IncompleteReadError):
            run_real(_trace_jobs(sock))
    except (OSError, NoDescriptors) as error:
        if isinstance(error, NoDescriptors) or has_run_out(error):
            sys.exit(_SHORT)


async def _trace_jobs(sock: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=sock)
    plan, use = await _unpickled(reader)
    collect_rarely(plan.tracing.settings.probe)
    ready = Batch()

    def send() -> None:
        nonlocal ready
        if ready.count:
            writer.write(_with_length(ready.octets()))
            ready = Batch()

    async for found in traced(_jobs_from(reader), plan, use):
        ready.add(found)  # one that cannot be pickled ends the worker
        if ready.count == 1:
            asyncio.get_running_loop().call_soon(send)
        elif ready.count >= _BATCH:
            send()
        await writer.drain()


async def _jobs_from(reader: asyncio.StreamReader) -> Jobs:
    """The jobs that arrive over the socket. Raises IncompleteReadError at its end, which ends the worker."""
    while True:
        for number, question in await _unpickled(reader):
            yield number, question

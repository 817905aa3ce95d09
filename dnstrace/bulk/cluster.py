"""Traces on an existing Dask cluster: chunks of names as tasks, their results as they arrive.

The available names are sorted by zone before they are cut into chunks, since the names of a chunk share what
they learn. The chunk of a lost worker is run again, by Dask and, when that gives up, by us.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

from dnstrace.bulk.carrying import by_number
from dnstrace.bulk.dealing import following, registered
from dnstrace.bulk.plan import CannotGoOn, Job, Jobs, Plan, R, Use
from dnstrace.bulk.together import traced
from dnstrace.clock import run_real
from dnstrace.model.structs import replace

_CHUNK = 500  # names of a task
_AT_HAND = 8000  # names sorted at a time
_WAIT = 0.5  # seconds without another name after which those available are traced
_PER_THREAD = 2  # chunks for each thread of the cluster, so that none has to wait
_PATIENCE = 10.0  # seconds for the scheduler to answer
_NOBODY = (
    300.0  # seconds without any worker after which a run is given up: some clusters start them on demand
)
_LOOKS = 4  # checks in this time
_GONE = "the Dask scheduler does not answer any more"
_AGAIN = 5  # times that a chunk is submitted if its workers are lost


class ClusterError(CannotGoOn):
    """The cluster cannot be used."""


async def on_cluster(jobs: Jobs, plan: Plan, use: Use[R], address: str) -> AsyncGenerator[tuple[int, R]]:
    """Trace every job on the cluster; what `use` makes of each trace, chunk by chunk. Raises ClusterError."""
    by_number()
    client = await _connected_client(address)
    run = _ClusterRun(client, replace(plan, ordered=False), use)
    feeding = asyncio.ensure_future(run.feed(jobs, plan.ordered))
    feeding.add_done_callback(run.ended.put_nowait)
    try:
        while not feeding.done() or run.under_way or not run.ended.empty():
            task = await run.ended.get()
            for found in task.result() or ():
                yield found
    finally:
        for task in (feeding, *run.under_way):
            task.cancel()
        await asyncio.gather(feeding, *run.under_way, return_exceptions=True)
        with suppress(OSError, TimeoutError):
            await client.close()


async def _connected_client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("a Dask cluster needs 'distributed': pip install 'dnstrace-cli[dask]'") from error
    try:
        return await Client(address, asynchronous=True, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}") from error


class _ClusterRun:
    """What is under way on the cluster. `ended` has the chunks as they end, and the feeding."""

    def __init__(self, client: Any, plan: Plan, use: Use[Any]) -> None:
        self._client, self._plan, self._use = client, plan, use
        self.ended: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
        self.under_way: set[asyncio.Task[Any]] = set()

    async def feed(self, jobs: Jobs, ordered: bool) -> None:
        """Give the cluster chunk after chunk; in an ordered run only what can be put in order soon."""
        async for at_hand in _at_hand(jobs):
            if ordered and self.under_way:
                await asyncio.wait(self.under_way)
            at_hand.sort(key=lambda job: registered(job[1].name))
            for place in range(0, len(at_hand), _CHUNK):
                await self._begin(at_hand[place : place + _CHUNK])

    async def _begin(self, chunk: list[Job]) -> None:
        """Begin a chunk as soon as the cluster has little else to do."""
        threads = max(1, await self._threads())
        while len(self.under_way) >= threads * _PER_THREAD:
            await asyncio.wait(self.under_way, return_when=asyncio.FIRST_COMPLETED)
        rate = None if self._plan.rate is None else self._plan.rate / threads
        task = asyncio.ensure_future(self._traced(chunk, replace(self._plan, rate=rate)))
        self.under_way.add(task)
        task.add_done_callback(self._done)

    async def _threads(self) -> int:
        """How many threads the cluster's workers have. Raises ClusterError."""
        try:
            return sum((await self._client.nthreads()).values())
        except (OSError, RuntimeError, ValueError) as error:
            raise ClusterError(_GONE) from error

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.under_way.discard(task)
        if not task.cancelled():
            self.ended.put_nowait(task)

    async def _traced(self, chunk: list[Job], plan: Plan) -> list[tuple[int, Any]]:
        """The results of a chunk. Raises ClusterError if workers or the scheduler are lost for good."""
        from distributed import KilledWorker

        for _ in range(_AGAIN):
            future = self._client.submit(_chunk_traced, chunk, plan, self._use, pure=False)
            try:
                found: list[tuple[int, Any]] = await self._worked(future)
            except KilledWorker:
                continue
            except CancelledError as error:  # not asyncio's own
                raise ClusterError(_GONE) from error
            except ImportError as error:
                raise ClusterError(f"a module is missing on the cluster's workers: {error}") from error
            return found
        names = f"{chunk[0][1].name} to {chunk[-1][1].name}"
        raise ClusterError(f"the cluster keeps losing its workers at the names {names}")

    async def _worked(self, future: Any) -> Any:
        """The result of a task. Raises ClusterError if there is no worker to run it."""
        waiting, nobody = asyncio.ensure_future(_result_of(future)), 0
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=_NOBODY / _LOOKS)
            if done:
                return waiting.result()
            nobody = 0 if await self._threads() else nobody + 1
            if nobody == _LOOKS:
                waiting.cancel()
                raise ClusterError(
                    f"the cluster has had no worker for {_NOBODY:g} s: start one, then continue with --resume"
                )


async def _result_of(future: Any) -> Any:
    return await future


def _chunk_traced(chunk: list[Job], plan: Plan, use: Use[R]) -> list[tuple[int, R]]:
    """A task, on the cluster: what `use` makes of the traces of a chunk."""
    by_number()

    async def every() -> list[tuple[int, R]]:
        return [found async for found in traced(_jobs_of(chunk), plan, use)]

    return run_real(every())


async def _jobs_of(chunk: list[Job]) -> Jobs:
    for job in chunk:
        yield job


async def _at_hand(jobs: Jobs) -> AsyncGenerator[list[Job]]:
    """The jobs in thousands, or those available when no more arrive for a while."""
    at_hand: list[Job] = []
    coming = asyncio.ensure_future(following(jobs))
    try:
        while True:
            await asyncio.wait({coming}, timeout=_WAIT if at_hand else None)
            job = coming.result() if coming.done() else None
            if job is not None:
                at_hand.append(job)
                coming = asyncio.ensure_future(following(jobs))
                if len(at_hand) < _AT_HAND:
                    continue
            if at_hand:
                yield at_hand
                at_hand = []
            if job is None and coming.done():
                return
    finally:
        coming.cancel()

"""Traces in parallel in one process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dnstrace.api import Knowledge
from dnstrace.api import traced as traced_one
from dnstrace.bulk.dealing import following
from dnstrace.bulk.plan import Item, Jobs, NoDescriptors, Plan, R, Use
from dnstrace.bulk.polite import PoliteNetwork
from dnstrace.bulk.room import Room
from dnstrace.bulk.sharing import Shared
from dnstrace.bulk.silence import Silences, SilencesToReport
from dnstrace.descriptors import TOO_FEW, has_run_out
from dnstrace.model import Outcome, Question, Trace
from dnstrace.model.expectations import Expecting
from dnstrace.model.structs import replace
from dnstrace.port import Network
from dnstrace.walk.heard import Heard
from dnstrace.walk.roots import root_hints

if TYPE_CHECKING:
    from dnstrace.network.pooled import PooledNetwork


async def traced(
    jobs: Jobs, plan: Plan, use: Use[R], network: Network | None = None
) -> AsyncGenerator[tuple[int, R]]:
    """Trace every job, on live sockets by default; what `use` makes of each trace, as they end.

    Jobs are taken only while there is room. What is under way when the caller stops is cancelled.
    """
    room = Room(plan.at_this_rate, plan.ordered, plan.at_once, plan.at_first)
    tracer = _Tracer(plan, network, room.spare)
    loop = asyncio.get_running_loop()
    ended: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
    under_way: dict[asyncio.Task[Any], int] = {}

    async def feed() -> None:
        while await room.free() and (job := await following(jobs)) is not None:
            number, question = job
            task = loop.create_task(tracer.trace(number, question))
            room.take(number)
            room.watch()
            under_way[task] = number
            task.add_done_callback(ended.put_nowait)

    feeding = loop.create_task(feed())
    feeding.add_done_callback(ended.put_nowait)
    try:
        while under_way or not feeding.done():
            task = await ended.get()
            if task is feeding:
                feeding.result()
                continue
            number = under_way.pop(task)
            room.give_back(number)
            yield number, use(task.result())
    finally:
        for task in (feeding, *under_way):
            task.cancel()
        await asyncio.gather(feeding, *under_way, return_exceptions=True)
        tracer.close()


class _Tracer:
    """Traces names by a plan."""

    def __init__(self, plan: Plan, network: Network | None, unused: Callable[[], None]) -> None:
        """`unused` is called while more queries could be sent at the rate of the plan."""
        self._own: PooledNetwork | None = None
        if network is None:
            from dnstrace.network.pooled import PooledNetwork

            network = self._own = PooledNetwork(bind=plan.tracing.settings.bind)
        self._told = False  # a fault of ours: the first is enough
        self._plan, self._clock = plan, asyncio.get_running_loop().time
        self._began = self._clock()
        # A walk that validates needs the cuts above in its own steps; one with a given server, or one that
        # primes, starts elsewhere; one that asks every server has to hear each of them itself.
        settings, tracing = plan.tracing.settings, plan.tracing
        own = settings.prime or settings.all_servers or tracing.anchors or tracing.server
        share = plan.share and not own
        self._network = PoliteNetwork(network, plan.rate, Silences if share else SilencesToReport, unused)
        self._tracing = plan.at_leisure
        self._shared = None
        if share:
            self._shared = Shared(self._network, self._clock, settings, tracing.roots or root_hints())
        # A check starts at the root each time, and takes what others have heard on the way. What is supposed
        # is put in the place of replies, and shared by nobody.
        self._checks = Knowledge()
        if plan.share and settings.probe and not tracing.supposed:
            from dnstrace.checks.readings.unchanged import Unchanged

            self._checks = Knowledge(heard=Heard(self._clock), unchanged=Unchanged())

    def close(self) -> None:
        """Close what was opened here."""
        self._network.close()
        if self._own is not None:
            self._own.close()

    async def trace(self, number: int, item: Item) -> Trace:
        """Trace a question, and judge what is expected of it."""
        if not isinstance(item, Expecting):
            return await self._traced(number, item)
        from dnstrace.analysis.expectations import judged

        return judged(await self._traced(number, item.question), item.expected)

    def _knowledge(self) -> Knowledge:
        return self._checks if self._shared is None else self._shared.knowledge

    async def _traced(self, number: int, question: Question) -> Trace:
        seed = self._plan.seed_of(number)
        now = self._plan.now + timedelta(seconds=self._clock() - self._began)
        try:
            return await traced_one(
                question,
                replace(self._tracing, seed=seed, now=now),
                self._shared or self._network,
                knowledge=self._knowledge(),
            )
        except Exception as error:  # a fault of ours that one name reveals must not cost the others
            if has_run_out(error):
                raise NoDescriptors(TOO_FEW) from error
            if not self._told:
                self._told = True
                sys.excepthook(*sys.exc_info())
            why = f"a fault of dnstrace: {type(error).__name__}: {error}"
            return Trace(question, now, seed, outcome=Outcome.FAILED, error=why)

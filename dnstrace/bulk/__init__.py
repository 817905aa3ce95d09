"""Many names: traces side by side that share what they learn, politely.

    async for trace in trace_many(questions):
        print(trace.question, trace.outcome)

Zone cuts and the addresses of name servers are learnt once and kept for their TTL; of equal queries that are
under way at one time only one is sent; a server that is dead is found to be so once. What a trace took from
there it did not ask: its first step is at the deepest cut that was known.

    plan.py       how they are traced
    together.py   side by side in one process: sharing.py what they share, polite.py how servers are treated,
                  room.py how many at a time
    processes.py  in several processes, each with the names of its own zones (dealing.py)
    cluster.py    on a Dask cluster
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing
from datetime import UTC, datetime
from random import SystemRandom

from dnstrace.bulk.dealing import in_order, numbered
from dnstrace.bulk.plan import AT_ONCE, CannotGoOn, Enough, Plan, R, Use, worth
from dnstrace.bulk.polite import TO_ONE
from dnstrace.model import Question, Trace
from dnstrace.model.tracing import Tracing
from dnstrace.port import Network

__all__ = ["AT_ONCE", "TO_ONE", "CannotGoOn", "Enough", "results", "trace_many"]

Questions = Iterable[Question] | AsyncIterable[Question]


async def trace_many(
    questions: Questions,
    *,
    tracing: Tracing = Tracing(),
    network: Network | None = None,
    at_once: int = AT_ONCE,
    share: bool = True,
    ordered: bool = False,
    rate: float | None = None,
    workers: int = 1,
    dask: str | None = None,
) -> AsyncGenerator[Trace]:
    """Trace each question; the traces as they end. The arguments are those of `results`."""
    found = results(
        questions,
        _trace_itself,
        tracing=tracing,
        network=network,
        at_once=at_once,
        share=share,
        ordered=ordered,
        rate=rate,
        workers=workers,
        dask=dask,
    )
    async with aclosing(found):
        async for trace in found:
            yield trace


def _trace_itself(trace: Trace) -> Trace:
    return trace


async def results(
    questions: Questions,
    use: Use[R],
    *,
    tracing: Tracing = Tracing(),
    network: Network | None = None,
    at_once: int = AT_ONCE,
    share: bool = True,
    ordered: bool = False,
    rate: float | None = None,
    workers: int = 1,
    dask: str | None = None,
) -> AsyncGenerator[R]:
    """Trace each question, at most `at_once` at a time; what `use` makes of each trace, as they end.

    With `ordered` they come in the order of the questions. `questions` is read only as far as there is
    room, so that it may be without end; where it raises Enough, those that wait are dropped. With `share`
    false each name is walked with nothing known. `rate` is the most queries that are sent a second; where it
    is low fewer are traced at a time, so that each ends within its deadline. With several `workers` the names
    are traced in so many processes, with `dask` on the cluster whose scheduler is there
    (`tcp://host:8786`): `use` is then a function of a module, or a `functools.partial` of one, and what
    it makes can be pickled. `network` is for one process only. Each is traced as `tracing` says; the seed and
    the time of each follow from those in it. What is under way when the caller stops reading is cancelled.

    Raises ValueError where `network` is given for several processes, CannotGoOn where the cluster cannot be
    used (`dnstrace.bulk.cluster.ClusterError`) or no worker process lives on (`.processes.WorkersLost`).
    """
    if network is not None and (workers > 1 or dask is not None):
        raise ValueError("a network cannot be taken to other processes")
    seed = SystemRandom().randrange(2**32) if tracing.seed is None else tracing.seed
    plan = Plan(tracing, seed, tracing.now or datetime.now(UTC), at_once, share, ordered, rate)
    jobs = numbered(questions)
    workers = workers if rate is None else min(workers, worth(rate))
    if dask is not None:
        from dnstrace.bulk.cluster import on_cluster

        found = on_cluster(jobs, plan, use, dask)
    elif workers > 1:
        from dnstrace.bulk.processes import in_processes

        found = in_processes(jobs, plan, use, workers)
    else:
        from dnstrace.bulk.together import traced

        found = traced(jobs, plan, use, network)
    async with aclosing(found), aclosing(in_order(found) if ordered else found) as sorted_:
        async for _, result in sorted_:
            yield result

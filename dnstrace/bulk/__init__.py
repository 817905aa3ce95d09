"""Many names: traces in parallel that share what they learn and overload no server.

    async for trace in trace_many(["www.example.com", ("example.com", "MX")]):
        print(trace.question, trace.outcome)

Zone cuts and the addresses of name servers are learnt once and kept for their TTL; only one of several equal
queries under way is sent; a dead server is detected once. A trace does not ask again for what was learnt: its
first step is at the deepest cut already known.

    plan.py       how they are traced
    together.py   in parallel in one process: sharing.py what they share, polite.py how servers are spared,
                  silence.py which do not reply, room.py how many at a time
    processes.py  in several processes, each with the names of its own zones (dealing.py); carrying.py is how
                  results travel between them
    cluster.py    on a Dask cluster
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from random import SystemRandom
from typing import TYPE_CHECKING

from dns.rdatatype import RdataType

from dnstrace.api.prepared import prepared, resolvers_of
from dnstrace.api.running import as_question
from dnstrace.bulk.dealing import in_order, numbered
from dnstrace.bulk.plan import AT_ONCE, CannotGoOn, Enough, Item, NoDescriptors, Plan, R, Use, worth
from dnstrace.bulk.polite import TO_ONE
from dnstrace.model import Name, Question, Trace
from dnstrace.model.allowed import Whole, check_whole
from dnstrace.model.expectations import Expecting
from dnstrace.model.structs import replace
from dnstrace.model.tracing import Tracing
from dnstrace.port import Network

if TYPE_CHECKING:
    from os import PathLike

    from dnstrace.lab.world import World
    from dnstrace.model.asked import Resolver

__all__ = ["AT_ONCE", "TO_ONE", "CannotGoOn", "Enough", "NoDescriptors", "results", "trace_many"]

Questions = Iterable[Item] | AsyncIterable[Item]
"""Questions to trace, each perhaps with what is expected of its trace (`Expecting`)."""
Asked = Item | str | Name | tuple[str | Name, str | RdataType]
"""What can be asked for: a question, a name, or a name and a type."""
Names = Iterable[Asked] | AsyncIterable[Asked]


async def trace_many(
    names: Names,
    *,
    check: bool = False,
    dnssec: bool | None = None,
    lab: str | PathLike[str] | World | None = None,
    resolvers: Sequence[Resolver | str] = (),
    tracing: Tracing = Tracing(),
    network: Network | None = None,
    at_once: int = AT_ONCE,
    share: bool = True,
    ordered: bool = False,
    rate: float | None = None,
    workers: int = 1,
    dask: str | None = None,
) -> AsyncGenerator[Trace]:
    """Trace each name and yield the traces as they end.

    A name is text or a dnspython name, a pair of it and a type, or a Question. `check` to `resolvers` are as
    for `dnstrace.trace`, `tracing` says the rest of how to trace each, and the other arguments are those of
    `results`. In the lab the traces come when all have ended. Raises ValueError for what cannot be asked for.
    """
    if resolvers:
        tracing = replace(tracing, resolvers=resolvers_of(resolvers))
    how = prepared(tracing, network, check=check, dnssec=dnssec, lab=lab, adot=False)

    def found(questions: Questions) -> AsyncGenerator[Trace]:
        return results(
            questions,
            _trace_itself,
            tracing=how.tracing,
            network=how.network,
            at_once=at_once,
            share=share,
            ordered=ordered,
            rate=rate,
            workers=workers,
            dask=dask,
        )

    if how.lab is None:
        async with aclosing(found(_asked(names))) as traces:
            async for trace in traces:
                yield trace
        return
    from dnstrace.api.in_lab import on_its_clock

    asked = [question async for question in _asked(names)]
    for trace in await on_its_clock(how.lab, lambda: _all(found(asked))):
        yield trace


async def _asked(names: Names) -> AsyncGenerator[Item]:
    """The question for each name. Raises ValueError."""
    if isinstance(names, str) or not isinstance(names, Iterable | AsyncIterable):
        raise ValueError(f"names must be a list of them, or anything else to iterate over, not {names!r}")
    async for _, each in numbered(names):
        if isinstance(each, Question | Expecting):
            yield each
        elif isinstance(each, tuple):
            check_whole("the length of a pair of name and type", len(each), Whole(2, 2))
            yield as_question(*each)
        else:
            yield as_question(each)


async def _all(traces: AsyncGenerator[Trace]) -> list[Trace]:
    return [trace async for trace in traces]


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
    """Trace each question, at most `at_once` at a time, and yield what `use` makes of each, as they end.

    Each is traced as `tracing` says, with a seed and a time that follow from those in it. With `ordered` the
    results come in the order of the questions. `questions` is read only while there is room, so it may be
    endless; if it raises Enough, questions that wait are dropped. Without `share` each name is walked with
    nothing known. `rate` is the most queries sent a second; if it is low, fewer names are traced at a time
    while that many queries are sent, and deadlines are longer, so that each trace ends in time. With several
    `workers` the names are traced in that many processes, with `dask` on the cluster of this scheduler
    (`tcp://host:8786`): `use` must then be a function of a module, or a `functools.partial` of one, and its
    results must be picklable. `network` works in one process only. What is under way when the caller stops
    reading is cancelled.

    Raises ValueError if `network` is given for several processes, CannotGoOn if the cluster cannot be used
    (`dnstrace.bulk.cluster.ClusterError`), worker processes keep dying (`.processes.WorkersLost`) or too few
    files and sockets can be opened (NoDescriptors).
    """
    if network is not None and (workers > 1 or dask is not None):
        raise ValueError("`network` works in one process only: leave out `workers` and `dask`")
    check_whole("at_once", at_once, Whole(1, 10_000))
    check_whole("workers", workers, Whole(1, 256))
    if rate is not None and not (isinstance(rate, int | float) and rate > 0):
        raise ValueError(f"rate must be a number of queries a second, more than 0, not {rate!r}")
    seed = SystemRandom().randrange(2**32) if tracing.seed is None else tracing.seed
    plan = Plan(tracing, seed, tracing.now or datetime.now(UTC), at_once, share, ordered, rate)
    jobs = numbered(questions)
    workers = workers if rate is None else min(workers, worth(rate, tracing))
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

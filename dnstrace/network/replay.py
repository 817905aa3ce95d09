"""A recorded network: what was seen of the network once, again without a network, on a virtual clock.

A query is identified by its address, port, transport, question (letter case included), flags, EDNS and how
many like it came before. What the record lacks is Fault.NOT_RECORDED, at once; a query that was given up is
silent for as long as it was waited for, and not recorded after that.

While every query is sent at the same moment as in the recorded run, time passes as it did then, and
everything is the same to the nanosecond. After the first query that is not, time passes as in the lab.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Hashable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from dnstrace.clock import VirtualLoop, run, run_real
from dnstrace.model import Exchange, Fault, Query
from dnstrace.model.heard import DROPPED
from dnstrace.model.structs import replace
from dnstrace.network.patience import Patience
from dnstrace.network.recording import Course, Kept
from dnstrace.port import Network

T = TypeVar("T")
_NANOSECONDS = 1_000_000_000
_WAITED = {Fault.TIMEOUT, Fault.MISMATCH}
_ROUNDING = 2  # nanoseconds


class RecordedNetwork:
    """The port into a record. It has a clock of its own: `run` is to it what `asyncio.run` is to sockets.

    With `faithful`, time passes as it did then for as long as possible. One network serves one trace.
    """

    def __init__(self, course: Course, faithful: bool = True) -> None:
        self._course, self._faithful = course, faithful
        self._known: dict[tuple[Hashable, int], Kept] = {}
        self._put: Counter[Hashable] = Counter()
        seen: Counter[Hashable] = Counter()
        for kept in course.kept:
            key = _key(kept.query)
            self._known[key, seen[key]] = kept
            seen[key] += 1

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on a virtual clock that begins at 0.0 seconds."""
        ticks = self._course.ticks if self._faithful else None
        return run(main, VirtualLoop(ticks or (), self._course.cut))

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """The recorded result of `query`; see `dnstrace.port.Network`."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)  # `run` sees to that
        kept = self._next(query)
        if kept is None or kept.began != loop.now:
            loop.depart()
        if kept is None:
            return Exchange(query, loop.time(), 0.0, fault=Fault.NOT_RECORDED)
        return await _again(kept, query, timeout, loop)

    def _next(self, query: Query) -> Kept | None:
        key = _key(query)
        number = self._put[key]
        self._put[key] += 1
        return self._known.get((key, number))


async def _again(kept: Kept, query: Query, timeout: float, loop: VirtualLoop) -> Exchange:
    """The result of a query, after the time that it took then, or after `timeout` if that is less."""
    start, took = loop.time(), kept.ended - kept.began
    known = kept.exchange or Exchange(query, start, took / _NANOSECONDS, fault=Fault.NOT_RECORDED)
    exchange = replace(known, query=query, start=start)
    if _waited(kept) or (timeout < kept.timeout and took > timeout * _NANOSECONDS + _ROUNDING):
        await _silence(kept, timeout)
        if _waited(kept) and timeout == kept.timeout:
            return exchange
        fault = exchange.fault if _waited(kept) else Fault.TIMEOUT
        mismatched, detail = exchange.mismatched, exchange.detail if fault is exchange.fault else ""
        return Exchange(query, start, loop.time() - start, None, None, fault, detail, mismatched)
    try:
        if kept.exchange is None:
            await loop.arrival(loop.now + took + 1)  # if all goes as it did then, it is given up before
        elif took:
            await loop.arrival(loop.now + took, kept.place)
    except asyncio.CancelledError:
        if loop.on_course and kept.ended > loop.now:  # ending took time then too
            await loop.arrival(kept.ended)
        raise
    return exchange


async def _silence(kept: Kept, timeout: float) -> None:
    """Wait for `timeout` seconds as then: over sockets none is exact, and a late one is put off."""
    if kept.ended - kept.began <= kept.timeout * _NANOSECONDS + _ROUNDING:
        await asyncio.sleep(timeout)
        return
    with suppress(TimeoutError):
        async with Patience(timeout):
            await asyncio.get_running_loop().create_future()


def _waited(kept: Kept) -> bool:
    """Whether it timed out."""
    took = kept.ended - kept.began
    fault = None if kept.exchange is None else kept.exchange.fault
    return fault in _WAITED and took >= kept.timeout * _NANOSECONDS - _ROUNDING


def _key(query: Query) -> Hashable:
    """What identifies a query; names compare equal in any letter case, labels do not."""
    edns = query.edns
    shape = edns and (edns.version, edns.payload, edns.dnssec_ok, tuple(code for code, _ in edns.options))
    question = query.question
    return (
        query.address,
        query.port,
        query.transport,
        query.endpoint,
        query.opportunistic,
        (question.name.labels, question.rdtype, question.rdclass),
        (query.recursion_desired, query.checking_disabled),
        shape,
    )


class DeadServers:
    """A wrapper in which some addresses, `dead`, do not answer: queries to them time out."""

    def __init__(self, network: Network, dead: Iterable[str]) -> None:
        self._network, self.dead = network, frozenset(dead)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the clock of the other network."""
        result: T = getattr(self._network, "run", run_real)(main)
        return result

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address unless that is dead; see `dnstrace.port.Network`."""
        if query.address not in self.dead:
            return await self._network.exchange(query, timeout)
        start = asyncio.get_running_loop().time()
        await asyncio.sleep(timeout)
        return Exchange(query, start, timeout, fault=Fault.TIMEOUT, detail=DROPPED)

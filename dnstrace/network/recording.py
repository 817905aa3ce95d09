"""A network that keeps every exchange of another one, in the order in which they ended.

What is kept is all that a replay needs (replay.py). It is kept here and not read from a Trace, since a
trace does not hold everything: a query that was put for nothing, one address that told for all of its
family, or the reply in the place of which another was supposed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from dnstrace.clock import SteadyLoop, SteppingLoop, run
from dnstrace.model import Exchange, Query
from dnstrace.port import Network

T = TypeVar("T")
_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One query and what came of it.

    `began` and `ended` are the loop's time in nanoseconds, as the walk saw it. `timeout` is in seconds.
    `exchange` is None where nobody waited for it any more; `place` counts, from 0, the others in the order
    in which they ended.
    """

    query: Query
    timeout: float
    began: int
    ended: int
    place: int | None = None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What a trace saw of the network, and when: all that its walk follows from.

    `kept` is in the order in which the queries were put. `ticks` are the moments, in nanoseconds, at which
    the walk went on (`dnstrace.clock`), None where they are not known: then a replay can differ where
    this machine was slow. `cut` is the moment at which the user stopped it, None if nobody did.
    """

    kept: tuple[Kept, ...] = ()
    ticks: tuple[int, ...] | None = None
    cut: int | None = None


class RecordingNetwork:
    """Another network, of which the exchanges of one trace are kept.

    `run` has the trace run on a loop that can be repeated: that of the other network if it has one, or else
    one over real sockets; the trace must be all that is run. In a program's own loop no `ticks` are known.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._kept: list[Kept | None] = []  # None while it is under way
        self._ended = 0
        self._ticks: tuple[int, ...] | None = None
        self._cut: int | None = None

    @property
    def course(self) -> Course:
        """What was kept of the exchanges that have ended."""
        return Course(tuple(kept for kept in self._kept if kept is not None), self._ticks, self._cut)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine, as `asyncio.run` does."""
        own = getattr(self._network, "run", None)
        noted = self._noted(main)
        result: T = run(noted, SteppingLoop()) if own is None else own(noted)
        return result

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address, and keep what came of it; see `dnstrace.port.Network`."""
        began, number = _now(), len(self._kept)
        self._kept.append(None)
        exchange = None
        try:
            exchange = await self._network.exchange(query, timeout)
        finally:
            ended, loop = _now(), asyncio.get_running_loop()
            place = None if exchange is None else self._ended
            self._kept[number] = Kept(query, timeout, began, ended, place, exchange)
            self._ended += exchange is not None
            if isinstance(loop, SteadyLoop) and ended > began:
                loop.tick()
        return exchange

    async def _noted(self, main: Coroutine[Any, Any, T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await main
        finally:
            if isinstance(loop, SteadyLoop):
                self._ticks, self._cut = tuple(loop.ticks), loop.cut


def _now() -> int:
    """The loop's time in nanoseconds."""
    loop = asyncio.get_running_loop()
    return loop.now if isinstance(loop, SteadyLoop) else round(loop.time() * _NANOSECONDS)

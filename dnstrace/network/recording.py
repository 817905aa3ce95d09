"""A network that keeps every exchange of another one, in the order in which they ended.

What is kept is all that a replay needs (replay.py). It is kept here rather than read from a Trace, since a
trace does not have everything: queries whose result was not used, addresses whose family was already known to
have no route, or replies that were replaced by supposed ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from dnstrace.clock import SteadyLoop, run_stepping
from dnstrace.model import Exchange, Query
from dnstrace.model.structs import Struct
from dnstrace.port import Network

T = TypeVar("T")
_NANOSECONDS = 1_000_000_000


class Kept(Struct):
    """One query and its result.

    `began` and `ended` are the loop's time in nanoseconds, as the walk saw it. `timeout` is in seconds.
    `exchange` is None if waiting for it was given up; `place` numbers the others from 0, in the order in
    which they ended.
    """

    query: Query
    timeout: float
    began: int
    ended: int
    place: int | None = None
    exchange: Exchange | None = None


class Course(Struct):
    """What a trace saw of the network, and when: everything that determines its walk.

    `kept` is in the order in which the queries were sent. `ticks` are the moments, in nanoseconds, at which
    the walk continued (`dnstrace.clock`), or None if they are not known: then a replay can differ where this
    machine was slow. `cut` is the moment at which the user stopped it, or None.
    """

    kept: tuple[Kept, ...] = ()
    ticks: tuple[int, ...] | None = None
    cut: int | None = None


class RecordingNetwork:
    """A wrapper that keeps the exchanges of one trace over another network.

    `run` runs the trace on a loop that can be repeated: that of the other network if it has one, else one
    over real sockets. Nothing but the trace may run on it. In a program's own loop, `ticks` are not known.
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
        try:
            result: T = run_stepping(noted) if own is None else own(noted)
        finally:
            main.close()  # where it could not be begun; to one that has ended this does nothing
        return result

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address, and keep the result; see `dnstrace.port.Network`."""
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

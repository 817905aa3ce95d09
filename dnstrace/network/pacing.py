"""A network that limits how many queries are under way at once: to one address, and in all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

from dnstrace.model import Exchange, Query
from dnstrace.port import Network, in_turn, nobody

AT_ONCE = 20  # queries under way to one address
IN_ALL = 96  # queries under way: no more replies than this ever wait for a turn of the event loop


class PacedNetwork:
    """A wrapper in which a query waits while `at_once` to its address, or `in_all`, are under way.

    The wait counts neither towards the timeout of the query nor as time that its server took.
    """

    def __init__(self, network: Network, at_once: int = AT_ONCE, in_all: int = IN_ALL) -> None:
        self._network = network
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))
        self._all = asyncio.Semaphore(in_all)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address when its turn comes; see `dnstrace.port.Network`."""
        return await self.in_turn(query, timeout, nobody)

    async def in_turn(self, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        """The same, and call `sent` when it is sent; see `dnstrace.port.Queued`."""
        async with self._places[query.address], self._all:
            return await in_turn(self._network, query, timeout, sent)

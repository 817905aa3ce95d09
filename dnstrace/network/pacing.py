"""A network that holds back: no address is asked more than so many questions at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from dnstrace.model import Exchange, Query
from dnstrace.port import Network

AT_ONCE = 20  # questions under way to one address


class PacedNetwork:
    """Another network, of which a query waits until fewer than `at_once` to its address are under way.

    The wait counts neither for the time-out of the query nor as time that its server took.
    """

    def __init__(self, network: Network, at_once: int = AT_ONCE) -> None:
        self._network = network
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address when its turn comes; see `dnstrace.port.Network`."""
        async with self._places[query.address]:
            return await self._network.exchange(query, timeout)

"""A network that limits how many queries to one address are under way at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from dnstrace.model import Exchange, Query
from dnstrace.port import Network

AT_ONCE = 20  # queries under way to one address


class PacedNetwork:
    """A wrapper in which a query waits until fewer than `at_once` to its address are under way.

    The wait counts neither towards the timeout of the query nor as time that its server took.
    """

    def __init__(self, network: Network, at_once: int = AT_ONCE) -> None:
        self._network = network
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address when its turn comes; see `dnstrace.port.Network`."""
        async with self._places[query.address]:
            return await self._network.exchange(query, timeout)

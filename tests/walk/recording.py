"""The lab, with a note of every query that was sent."""

from __future__ import annotations

from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World
from dnstrace.model import Exchange, Query


class Counted(LabNetwork):
    """A world whose `queries` are those that were sent, in order."""

    def __init__(self, world: World) -> None:
        super().__init__(world, signed=True)
        self.queries: list[Query] = []

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.queries.append(query)
        return await super().exchange(query, timeout)

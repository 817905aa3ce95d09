"""The port between the walk and whatever carries its queries.

Live sockets, the lab, a replayed record and every wrapper around one of them (pacing, sharing,
recording) are Networks: a wrapper *is* a Network. Time is the running event loop's.
"""

from __future__ import annotations

from typing import Protocol

from dnstrace.model import Exchange, Query


class Network(Protocol):
    """Something that can put a query to an address."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address and wait at most `timeout` seconds for the reply.

        Never raises for anything that the network does: that is the Exchange's `fault`. May be
        cancelled at any moment, and then leaves nothing open. `Exchange.start` is the loop's time;
        the walk makes it relative to the beginning of the trace.
        """
        ...

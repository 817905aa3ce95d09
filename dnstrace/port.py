"""The port between the walk and whatever carries its queries, and the port to the web for the last hop.

Live sockets, the lab, a replayed record and every wrapper around one of them (pacing, sharing,
recording) are Networks: a wrapper *is* a Network. Time is the running event loop's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dnstrace.model import Exchange, Query

if TYPE_CHECKING:
    from dnstrace.model.pages import Request, Visit


class Network(Protocol):
    """Something that can put a query to an address."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address and wait at most `timeout` seconds for the reply.

        Never raises for anything that the network does: that is the Exchange's `fault`. May be
        cancelled at any moment, and leaves nothing open then. `Exchange.start` is the loop's time;
        the walk makes it relative to the beginning of the trace.
        """
        ...


class Web(Protocol):
    """Something that can ask an address for a page."""

    async def visit(self, address: str, request: Request, timeout: float) -> Visit:
        """Ask for the page, within `timeout` seconds in all. Never raises for what the network does."""
        ...

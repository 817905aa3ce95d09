"""The port between the walk and whatever carries its queries, and the port to the web for the last hop.

Live sockets, the lab, a replayed record and every wrapper around one of them (pacing, sharing,
recording) are Networks: a wrapper *is* a Network. Time is the running event loop's.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

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


class Queued(Network, Protocol):
    """A network in which a query may have to wait for its turn before it is sent."""

    async def in_turn(self, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        """Do as `exchange` does, and call `sent` at the moment at which the query is sent.

        It is not called for a query that is not sent, and may be called again for one that is sent again.
        """
        ...


class Ahead(Network, Protocol):
    """A network that sent the first query of a trace before the trace could begin."""

    def began(self) -> float:
        """The running loop's time at which the trace began with that query; called once, when it begins."""
        ...


def began(network: Network, now: float) -> float:
    """The loop's time at which a trace over any network begins: `now`, or with what was sent before."""
    ahead: Ahead | None = network if hasattr(network, "began") else None  # type: ignore[assignment]
    return now if ahead is None else ahead.began()


def in_turn(
    network: Network, query: Query, timeout: float, sent: Callable[[], None]
) -> Coroutine[Any, Any, Exchange]:
    """Put `query` to its address over any network, and call `sent` when it is sent; see Queued."""
    queued: Queued | None = network if hasattr(network, "in_turn") else None  # type: ignore[assignment]
    if queued is not None:
        return queued.in_turn(query, timeout, sent)
    sent()
    return network.exchange(query, timeout)


def nobody() -> None:
    """What is called at the moment of sending where nobody wants to know it."""


class Web(Protocol):
    """Something that can ask an address for a page."""

    async def visit(self, address: str, request: Request, timeout: float) -> Visit:
        """Ask for the page, within `timeout` seconds in all. Never raises for what the network does."""
        ...

"""A network whose first query is under way before the trace begins (`first.py`).

When the walk asks that very query, to the octet, of that address, it gets the exchange that is under way;
everything else goes over live sockets. The trace then began with that query. What this program did since is
not part of it once the reply is there: it is as if the walk had waited for the reply and nothing else.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence

from dnstrace.message.wire import query_wire
from dnstrace.model import Exchange, Query, Transport
from dnstrace.model.structs import replace
from dnstrace.network.first import Sent
from dnstrace.network.live import (
    Datagram,
    LiveNetwork,
    Wait,
    concluded,
    datagrams,
    own_address,
    sockaddr,
    until_reply,
)


class AheadNetwork:
    """The live network, with what was `sent` already: a query, after those that had no route."""

    def __init__(self, sent: Sequence[Sent]) -> None:
        self._live, self._sent, self._first = LiveNetwork(), list(sent), sent[0]
        self._began = 0.0  # the loop's time at which the trace began
        self._failure: OSError | None = None
        self._noticed: float | None = None
        self._early: list[Datagram] = []  # what was there when the trace began

    def began(self) -> float:
        """The loop's time at which the trace began; see `dnstrace.port.Ahead`."""
        waited = self._waited(self._sent[-1]) if self._sent[-1].error is None else 0.0
        self._began = asyncio.get_running_loop().time() - waited
        return self._began

    def _waited(self, sent: Sent) -> float:
        """Seconds that the reply took if it is there, else those since the first query was sent."""
        since = time.perf_counter() - self._first.at
        try:
            arrived = self._arrived(sent)
        except OSError as error:  # reported once only
            self._failure = error
            return since
        if arrived is None:
            return since
        if len(self._early) == 1:  # what was noticed is the reply
            self._noticed = sent.noticed
        noticed = since if self._noticed is None else self._noticed - self._first.at
        return max(0.0, min(since, noticed, arrived - self._first.wall))

    def _arrived(self, sent: Sent) -> float | None:
        """When the reply arrived, as for `since`, after whatever came before it; None if it is not there."""
        assert sent.socket is not None
        source = sockaddr(sent.socket, sent)
        for datagram, sender, arrived in datagrams(sent.socket):
            self._early.append((datagram, sender, arrived))
            if sender == source and datagram[:2] == sent.wire[:2]:
                return arrived
        return None

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address, or take up what is under way; see `dnstrace.port.Network`."""
        for place, sent in enumerate(self._sent):
            if _is_same(sent, query):
                del self._sent[place]
                return await self._taken_up(sent, query, timeout)
        return await self._live.exchange(query, timeout)

    async def _taken_up(self, sent: Sent, query: Query, timeout: float) -> Exchange:
        message_id, wait = int.from_bytes(sent.wire[:2]), Wait()
        start = self._began + (sent.at - self._first.at)
        if sent.error is not None:
            found = await concluded(query, message_id, start, wait, _raising(sent.error), timeout)
            return replace(found, elapsed=0.0)
        assert sent.socket is not None
        left = max(0.0, timeout - (asyncio.get_running_loop().time() - start))
        with socket.socket(fileno=sent.socket.detach()) as sock:
            wait.source = own_address(sock, query)
            reply = until_reply(sock, query, message_id, wait, (sent.at, sent.wall), self._early)
            if self._failure is not None:
                reply.close()
                reply = _raising(self._failure)
            found = await concluded(query, message_id, start, wait, reply, left)
        if self._noticed is None or found.wire is None or found.mismatched:
            return found
        return replace(found, elapsed=min(found.elapsed, self._noticed - sent.at))


def _is_same(sent: Sent, query: Query) -> bool:
    """Whether a query is the one that was sent, to the octet."""
    if (query.address, query.port, query.transport) != (sent.address, sent.port, Transport.UDP):
        return False
    return query_wire(query, int.from_bytes(sent.wire[:2])) == sent.wire


async def _raising(error: OSError) -> None:
    raise error

"""The port into a world of the lab, on a virtual clock: no sockets, no privileges, no waiting.

A query travels as octets and its reply is read from octets, as on live sockets. UDP costs one round
trip; TCP costs two, one of them for the connection (RFC 9293 section 3.5). An address without a server in the
world is silent; a family without a route fails at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import dns.message

from dnstrace import clock
from dnstrace.lab.internet import World
from dnstrace.lab.misbehaviour import SILENCE, Reaction
from dnstrace.lab.server import Counting, LabServer
from dnstrace.lab.zone import LabZone
from dnstrace.message.reading import read_reply
from dnstrace.message.wire import belongs, query_wire
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.model.heard import came_from
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.port import Web

T = TypeVar("T")
_ROUND_TRIPS = {Transport.UDP: 1, Transport.TCP: 2}
_IDS = 0x10000
_NO_TLS = Fault.PORT_UNREACHABLE, ""
_BROKEN_TLS = Fault.CONNECTION_LOST, "TLS: sslv3 alert handshake failure"


class LabNetwork:
    """The port into a world. It has a clock of its own: `run` is to it what `asyncio.run` is to sockets.

    With `signed`, zones are signed where the world's file says so, which needs cryptography.
    """

    def __init__(self, world: World, signed: bool = False) -> None:
        self._world = world.signed if signed else world
        self._queries = 0
        self._counting: dict[str, Counting] = {}

    def web(self) -> Web:
        """The web servers of the world."""
        from dnstrace.lab.web import LabWeb

        return LabWeb(dict(self._world.pages), self._world.now)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on a virtual clock that begins at 0.0 seconds."""
        return clock.run(main)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address in the world; see `dnstrace.port.Network`."""
        start = asyncio.get_running_loop().time()
        if query.family not in self._world.families:
            return Exchange(query, start, 0.0, fault=Fault.NETWORK_UNREACHABLE)
        if query.opportunistic:
            return await self._over_tls(query, timeout, start)
        message_id = self._next_id()
        reaction = self._react(query, message_id)
        wait = self._wait(query, reaction)
        if wait > timeout or not (reaction.replies or reaction.fault):
            return await self._timed_out(Exchange(query, start, timeout, fault=Fault.TIMEOUT))
        if reaction.fault is not None:
            await clock.elapse(wait)
            return Exchange(query, start, wait, fault=reaction.fault)
        wire, mismatched = _first_that_belongs(query, reaction, message_id)
        detail = ""
        if wire is not None and reaction.elsewhere is not None and query.transport is Transport.UDP:
            address, port = reaction.elsewhere
            wire, mismatched, detail = None, mismatched + 1, came_from(address or query.address, port, query)
        if wire is None:
            mismatch = Exchange(query, start, timeout, None, None, Fault.MISMATCH, detail, mismatched)
            return await self._timed_out(mismatch)
        await clock.elapse(wait)
        return _read(Exchange(query, start, wait, wire, mismatched=mismatched), wire)

    async def _over_tls(self, query: Query, timeout: float, start: float) -> Exchange:
        """The exchange over TLS: as in the clear, once there is a connection, and with what that shows."""
        server = self._world.addresses.get(query.address)
        if server is None or query.port != Transport.TLS.port:
            return await self._timed_out(Exchange(query, start, timeout, fault=Fault.TIMEOUT))
        rtt, tls = server.rtt[query.address], server.tls
        if tls is None or tls.broken:
            trips = 1 if tls is None else 2
            await clock.elapse(trips * rtt)
            fault, detail = _NO_TLS if tls is None else _BROKEN_TLS
            return Exchange(query, start, trips * rtt, fault=fault, detail=detail)
        from dnstrace.lab.tls import ROUND_TRIPS

        message_id, secured = self._next_id(), tls.secured(self._world.now)
        does = (*server.does, *tls.does)
        reaction = self._server(does, server.zones).react(query_wire(query, message_id), Transport.TCP)
        wait = ROUND_TRIPS * rtt + reaction.delay
        wire, _ = _first_that_belongs(query, reaction, message_id)
        if wait > timeout or wire is None:
            return await self._timed_out(
                Exchange(query, start, timeout, fault=Fault.TIMEOUT, secured=secured)
            )
        await clock.elapse(wait)
        return _read(Exchange(query, start, wait, wire, secured=secured), wire)

    def _next_id(self) -> int:
        """IDs in sequence: nobody guesses them here, and runs are repeatable."""
        self._queries += 1
        return self._queries % _IDS

    def _react(self, query: Query, message_id: int) -> Reaction:
        server = self._world.addresses.get(query.address)
        if server is None or query.port != Transport.UDP.port:
            return SILENCE
        answering = self._server(server.does, server.zones)
        if answering.varies:
            counting = self._counting.setdefault(query.address, Counting(answering, query.address))
            return counting.react(query_wire(query, message_id), query.transport)
        return answering.react(query_wire(query, message_id), query.transport)

    def _server(self, does: tuple[str, ...], zones: tuple[LabZone, ...]) -> LabServer:
        """What answers for servers that do and serve this."""
        answering = self._world.asked.get((does, zones)) or LabServer(zones, does)
        self._world.asked[does, zones] = answering
        return answering

    def _wait(self, query: Query, reaction: Reaction) -> float:
        """Seconds until the reply, or whatever else the server causes."""
        server = self._world.addresses.get(query.address)
        if server is None:
            return 0.0
        trips = 1 if reaction.fault is Fault.PORT_UNREACHABLE else _ROUND_TRIPS[query.transport]
        return trips * server.rtt[query.address] + reaction.delay

    async def _timed_out(self, exchange: Exchange) -> Exchange:
        await asyncio.sleep(exchange.elapsed)
        return exchange


def _first_that_belongs(query: Query, reaction: Reaction, message_id: int) -> tuple[bytes | None, int]:
    """The first reply that belongs to the query, and how many came before it that do not."""
    for count, wire in enumerate(reaction.replies):
        if belongs(wire, query.question, message_id):
            return wire, count
    return None, len(reaction.replies)


def _read(exchange: Exchange, wire: bytes) -> Exchange:
    message = _message(wire[2:])
    if isinstance(message, Fault):
        return replace(exchange, fault=message)
    message = copy(message)
    message.id = int.from_bytes(wire[:2])
    return replace(exchange, message=message)


@lru_cache(maxsize=512)
def _message(octets: bytes) -> dns.message.Message | Fault:
    """A reply without its ID, parsed: many servers send the same."""
    return read_reply(bytes(2) + octets)

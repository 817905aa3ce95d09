"""A world on real sockets, for other programs and for tests of the live network.

`serve` answers each address of a world at its own place, an address and port of this machine; timers delay
replies, so that round trips take as long as in the world. `hosting` says which places there can be. In a test
`Mapped` redirects the queries of a Network to them.

Silence is silence here too; a server that is unreachable has no socket, and the kernel refuses for it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import Any

import dns.name
import dns.rdatatype

from dnstrace.lab.internet import World
from dnstrace.lab.server import Counting, LabServer
from dnstrace.message.wire import query_wire
from dnstrace.model import Exchange, Fault, Query, Question, Transport
from dnstrace.model.structs import replace
from dnstrace.port import Network

Place = tuple[str, int]
"""An address and a port of this machine."""

_FIRST_LOOPBACK = 0x7F350001  # 127.53.0.1
_PROBE = query_wire(Query(Question(dns.name.root, dns.rdatatype.NS), ""), 0)


def addresses(world: World) -> tuple[str, ...]:
    """The addresses of a world at which there is a server."""
    return tuple(world.addresses)


def loopback(world: World, port: int = 0) -> dict[str, Place]:
    """A place on the loopback interface for each address of a world, by default at a port that is free now.

    The places are addresses in 127.0.0.0/8 with that port; where the system has none but the first of them,
    they are the ports from there on.
    """
    wanted = addresses(world)
    with socket.socket() as tcp:
        tcp.bind(("0.0.0.0", 0))
        port = port or tcp.getsockname()[1]
    if not _has(_inet(_FIRST_LOOPBACK)):
        return {address: ("127.0.0.1", number) for address, number in zip(wanted, count(port), strict=False)}
    ours = map(_inet, count(_FIRST_LOOPBACK))
    return {address: (place, port) for address, place in zip(wanted, ours, strict=False)}


def _inet(number: int) -> str:
    return socket.inet_ntoa(number.to_bytes(4))


def _has(address: str) -> bool:
    """Whether this machine can be sent to at an address."""
    with socket.socket() as trial:
        try:
            trial.bind((address, 0))
        except OSError:
            return False
    return True


class Mapped:
    """A Network whose queries to a world's addresses go to the places where they are served."""

    def __init__(self, network: Network, places: Mapping[str, Place]) -> None:
        self._network, self._places = network, places

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to the place of its address; see `dnstrace.port.Network`."""
        address, port = self._places.get(query.address, (query.address, query.port))
        exchange = await self._network.exchange(replace(query, address=address, port=port), timeout)
        return replace(exchange, query=query)


@asynccontextmanager
async def serve(
    world: World, places: Mapping[str, Place], rtt: float | None = None, signed: bool = False
) -> AsyncIterator[None]:
    """Answer for the addresses of `world` at `places`, those that are there, while the context lasts.

    `rtt`, in seconds, replaces every round-trip time of the world; `signed` is as for LabNetwork. Raises
    WorldError, and OSError if a place is not available.
    """
    world.check()
    if signed:
        world = world.signed
    async with AsyncExitStack() as stack:
        for server in world.servers:
            answering = LabServer(server.zones, server.does)
            for address in server.rtt.keys() & places.keys():
                at = _At(answering, address, server.rtt[address] if rtt is None else rtt)
                await _listen(stack, at, places[address])
        yield


class _At:
    """A server at one of its addresses."""

    def __init__(self, server: LabServer, address: str, rtt: float) -> None:
        self.server, self.rtt = Counting(server, address), rtt
        self._probed = server

    def listens(self, transport: Transport) -> bool:
        return self._probed.react(_PROBE, transport).fault is not Fault.PORT_UNREACHABLE


async def _listen(stack: AsyncExitStack, at: _At, place: Place) -> None:
    if at.listens(Transport.UDP):
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(at), local_addr=place)
        stack.callback(transport.close)
    if at.listens(Transport.TCP):
        tcp = await asyncio.start_server(lambda reader, writer: _stream(at, reader, writer), *place)
        stack.callback(tcp.close)


class _Datagrams(asyncio.DatagramProtocol):
    """Queries over UDP, each answered a round trip after it came."""

    def __init__(self, at: _At) -> None:
        self._at = at

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        loop = asyncio.get_running_loop()
        came = loop.time()
        reaction = self._at.server.react(data, Transport.UDP)
        if reaction.replies:
            send = self._send if reaction.elsewhere is None else self._send_from_another_port
            loop.call_at(came + self._at.rtt + reaction.delay, send, reaction.replies, addr)

    def _send_from_another_port(self, replies: tuple[bytes, ...], addr: Any) -> None:
        """As `_send`, but not from the socket that the query came to."""
        host = self._transport.get_extra_info("sockname")[0]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as other:
            other.bind((host, 0))
            for wire in replies:
                other.sendto(wire, addr)

    def _send(self, replies: tuple[bytes, ...], addr: Any) -> None:
        for wire in replies:
            if not self._transport.is_closing():
                self._transport.sendto(wire, addr)


async def _stream(at: _At, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Queries over one TCP connection in turn, the first a round trip later for the handshake (RFC 7766)."""
    trips = 2
    try:
        while True:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            wire = await reader.readexactly(length)
            reaction = at.server.react(wire, Transport.TCP)
            await asyncio.sleep(trips * at.rtt + reaction.delay)
            if reaction.fault is not None:
                return
            for reply in reaction.replies:
                writer.write(struct.pack("!H", len(reply)) + reply)
            trips = 1
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    finally:
        writer.close()

"""A world on real sockets, for tests and measurements of the live network.

`serve` answers each address of a world at its own place, an address and port of this machine; timers delay
replies, so that round trips take as long as in the world. In a test the places are `loopback(world)`, and
`Mapped` redirects the queries of a Network to them. As a program it takes the world's own addresses, on port
53, in a network namespace made for it:

    unshare -n python -m dnstrace.lab.serve textbook --rtt 20

prints `ready` when everything listens, and serves until it is killed. A world that is about validation
is signed, any other with `--dnssec`; the signatures are of the world's own time.

Silence is silence here too; a server that is unreachable has no socket, and the kernel refuses for it.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import struct
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import dns.name
import dns.rdatatype

from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.lab.internet import World
from dnstrace.lab.server import LabServer
from dnstrace.lab.world import load
from dnstrace.message.wire import query_wire
from dnstrace.model import Exchange, Fault, Query, Question, Transport
from dnstrace.port import Network

Place = tuple[str, int]
"""An address and a port of this machine."""

_ROUTES = Path("/proc/net/route")
_FIRST_LOOPBACK = 0x7F350001  # 127.53.0.1
_PROBE = query_wire(Query(Question(dns.name.root, dns.rdatatype.NS), ""), 0)


def addresses(world: World) -> tuple[str, ...]:
    """The addresses of a world at which there is a server."""
    return tuple(world.addresses)


def loopback(world: World) -> dict[str, Place]:
    """A place in 127.0.0.0/8 for each address of a world, all with the same port, which is free now."""
    with socket.socket() as tcp:
        tcp.bind(("0.0.0.0", 0))
        port = tcp.getsockname()[1]
    ours = (socket.inet_ntoa(number.to_bytes(4)) for number in count(_FIRST_LOOPBACK))
    return {address: (place, port) for address, place in zip(addresses(world), ours, strict=False)}


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
    """Answer for the addresses of `world` at `places` while the context lasts.

    `rtt`, in seconds, replaces every round-trip time of the world; `signed` is as for LabNetwork. Raises
    WorldError, and OSError if a place is not available.
    """
    world.check()
    if signed:
        world = world.signed
    async with AsyncExitStack() as stack:
        for server in world.servers:
            answering = LabServer(server.zones, server.does)
            for address, own in server.rtt.items():
                await _listen(stack, _At(answering, own if rtt is None else rtt), places[address])
        yield


class _At:
    """A server at one of its addresses."""

    def __init__(self, server: LabServer, rtt: float) -> None:
        self.server, self.rtt = server, rtt

    def listens(self, transport: Transport) -> bool:
        return self.server.react(_PROBE, transport).fault is not Fault.PORT_UNREACHABLE


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


# --- the program ---------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a world at its own addresses in this network namespace; the exit status."""
    from argparse import ArgumentParser

    parser = ArgumentParser("python -m dnstrace.lab.serve", description=__doc__.partition("\n")[0])
    parser.add_argument("world", help="the name of the world (`dnstrace --lab list` lists them)")
    parser.add_argument("--rtt", type=float, metavar="MS", help="round-trip time of every server")
    parser.add_argument("--dnssec", action="store_true", help="sign the zones that are signed in the world")
    chosen = parser.parse_args(arguments)
    try:
        world = load(chosen.world)
        signed = chosen.dnssec or world.expect.security is not None
        _stay(world, None if chosen.rtt is None else chosen.rtt / 1000, signed)
    except (UnknownWorld, WorldError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    return 0


def _stay(world: World, rtt: float | None, signed: bool) -> None:
    _take(addresses(world))
    with asyncio.Runner(loop_factory=_exact_loop) as runner:
        runner.run(_serve_until_killed(world, rtt, signed))


async def _serve_until_killed(world: World, rtt: float | None, signed: bool) -> None:
    import signal

    killed = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, killed.set)
    async with serve(
        world, {address: (address, Transport.UDP.port) for address in addresses(world)}, rtt, signed
    ):
        print("ready", flush=True)
        await killed.wait()


def _exact_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose timers are exact to the microsecond (select(2)), not the millisecond (epoll)."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


def _take(wanted: Sequence[str]) -> None:
    """Put addresses on the loopback interface. Raises OSError if that could cut off a real network."""
    import subprocess

    routes = _ROUTES.read_text(encoding="ascii").splitlines()[1:]
    if any(int(route.split()[1], 16) == 0 for route in routes):
        raise OSError("this network has a default route: run it under `unshare -n` or `ip netns exec`")
    commands = ["link set lo up"]
    commands += [
        f"addr replace {address}/{'128 dev lo nodad' if ':' in address else '32 dev lo'}"
        for address in wanted
    ]
    ip = subprocess.run(["ip", "-batch", "-"], input="\n".join(commands), text=True, capture_output=True)
    if ip.returncode:
        raise OSError(f"ip(8) cannot set the addresses: {ip.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())

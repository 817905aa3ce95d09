"""Servers on the loopback interface that do one thing each, for tests of the live networks."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import dns.message
import dns.rdatatype

from dnstrace.model import Question
from tests import unhurried
from tests.replies import name

PATIENCE = 300.0  # seconds to wait for what has to come, however busy the machine is
QUESTION = Question(name("www.example.com."), dns.rdatatype.A)
Reply = Callable[[bytes], list[bytes]]


def answer(wire: bytes) -> bytes:
    return dns.message.make_response(dns.message.from_wire(wire)).to_wire()


def edited(wire: bytes, position: int, octets: bytes) -> bytes:
    return wire[:position] + octets + wire[position + len(octets) :]


class Server(asyncio.DatagramProtocol):
    """Answers each datagram with what `reply` makes of it; remembers who asked."""

    def __init__(self, reply: Reply) -> None:
        self.reply, self.asked = reply, list[tuple[str, int, bytes]]()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked.append((*addr[:2], data))
        for datagram in self.reply(data):
            self.transport.sendto(datagram, addr)


@asynccontextmanager
async def udp(reply: Reply, address: str = "127.0.0.1") -> AsyncIterator[Server]:
    """A server at a port of that address."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: Server(reply), local_addr=(address, 0))
    try:
        yield server
    finally:
        transport.close()


def run(test: Callable[[], Coroutine[None, None, None]]) -> None:
    unhurried.run(test())


async def read_query(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack("!H", await reader.readexactly(2))
    return await reader.readexactly(length)

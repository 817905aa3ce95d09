"""Servers on real loopback sockets that never come to an end: the walk does."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress

import dns.flags
import dns.message
import pytest

from dnstrace import Settings, Trace, trace_async
from dnstrace.api import report
from dnstrace.lab.serve import Mapped, loopback, serve
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.model.limits import Limits
from dnstrace.network.live import LiveNetwork
from dnstrace.render.document import document
from dnstrace.render.tree import tree
from tests import unhurried
from tests.network.serving import QUESTION, read_query
from tests.render.looks import look
from tests.render.validating import VALIDATOR

DEADLINE = 0.3  # seconds
SOON = 0.005  # between one octet and the next
MESSAGE = struct.pack("!H", 12) + bytes(12)  # a header with another ID, and its length before it
FLOOD = 8_000_000  # octets after which a sender gives up
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def check_shown(found: Trace) -> None:
    assert len(look(tree(report(found)), 80).splitlines()) > 3
    VALIDATOR.validate(document(report(found)))


class Truncating(asyncio.DatagramProtocol):
    """Says of every query that its answer is too large for UDP."""

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = dns.message.make_response(dns.message.from_wire(data))
        reply.flags |= dns.flags.TC
        self._transport.sendto(reply.to_wire(), addr)


@asynccontextmanager
async def truncating(talk: Talk) -> AsyncIterator[int]:
    """The port of a server that truncates over UDP, and over TCP does what `talk` does."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    tcp = await asyncio.start_server(served, "127.0.0.1", 0)
    port: int = tcp.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    udp, _ = await loop.create_datagram_endpoint(Truncating, local_addr=("127.0.0.1", port))
    with closing(udp):
        async with tcp:
            yield port


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An octet now and then, of a message that is said to have 65,535."""
    await read_query(reader)
    for octet in b"\xff" * 65537:
        writer.write(bytes((octet,)))
        await writer.drain()
        await asyncio.sleep(SOON)


async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Nothing, until the other side has had enough."""
    await reader.read()


async def stutter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A whole message now and then, none of which is the reply."""
    await read_query(reader)
    while True:
        writer.write(MESSAGE)
        await writer.drain()
        await asyncio.sleep(SOON)


@pytest.mark.parametrize("talk", [drip, hold, stutter])
def test_the_deadline_holds_where_a_reply_over_tcp_never_ends(talk: Talk) -> None:
    async def walked() -> Trace:
        async with truncating(talk) as port:
            settings, limits = Settings(port=port, timeout=60.0), Limits(deadline=DEADLINE)
            return await trace_async("www.example.com", server="127.0.0.1", settings=settings, limits=limits)

    found = unhurried.run(walked())
    assert (found.outcome, found.error) == ("failed", "the deadline of 0.3 s is reached")
    assert [a.exchange.query.transport for a in found.steps[0].attempts] == ["udp", "tcp"]
    check_shown(found)


@pytest.mark.parametrize("talk", [drip, hold, stutter])
def test_each_try_ends_where_a_reply_over_tcp_never_ends(talk: Talk) -> None:
    async def walked() -> Trace:
        async with truncating(talk) as port:
            settings = Settings(port=port, timeout=0.05, tries=2)
            return await trace_async("www.example.com", server="127.0.0.1", settings=settings)

    found = unhurried.run(walked())
    faults = {a.exchange.fault for a in found.steps[0].attempts if a.exchange.query.transport == "tcp"}
    assert faults == {Fault.MISMATCH if talk is stutter else Fault.TIMEOUT} and "deadline" not in found.error


@pytest.mark.parametrize("world", ["endless", "endless-aliases", "huge", "all-drip", "referral-loop"])
@pytest.mark.parametrize("limits", [Limits(max_queries=5), Limits(deadline=DEADLINE)])
def test_hostile_worlds_end_on_sockets_too(world: str, limits: Limits) -> None:
    loaded = load(world)
    places = loopback(loaded)

    async def walked() -> Trace:
        network = Mapped(LiveNetwork(), places)
        async with serve(loaded, places, rtt=0.0):
            return await trace_async(loaded.question.name, network=network, limits=limits, seed=1)

    found = asyncio.run(walked())
    assert found.outcome is not None and found.stats.queries <= limits.max_queries
    assert all(step.outcome is not None for step in found.steps)
    check_shown(found)


def flood(listening: socket.socket, ended: threading.Event) -> None:
    """To whoever connects, messages as fast as they are taken, none of which is the reply."""
    while not ended.is_set():
        connection, _ = listening.accept()
        with connection, suppress(OSError):  # the other side has had enough
            if connection.recv(4096):
                for _ in range(FLOOD // (len(MESSAGE) * 5000)):
                    connection.sendall(MESSAGE * 5000)


async def ask(port: int) -> Exchange:
    query = Query(QUESTION, "127.0.0.1", port, Transport.TCP)
    return await LiveNetwork().exchange(query, 0.05)


def test_a_flood_over_tcp_is_bounded_by_the_timeout() -> None:
    """It ends since time is up, and not since the sender has sent all it would."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sender = threading.Thread(target=flood, args=(listening, ended))
        sender.start()
        while (exchange := asyncio.run(ask(listening.getsockname()[1]))).fault is Fault.TIMEOUT:
            continue  # the sender did not get its turn in time
        ended.set()
        socket.create_connection(listening.getsockname()).close()
        sender.join()
    assert exchange.fault is Fault.MISMATCH and exchange.mismatched

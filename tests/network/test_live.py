"""The live network over real loopback sockets, against servers that do one thing each."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.network.faults import FAULTS
from dnstrace.network.live import LiveNetwork, datagrams, endpoint
from dnstrace.network.pooled import PooledNetwork
from tests import unhurried
from tests.limited import room_for
from tests.network.serving import PATIENCE, QUESTION, Server, answer, edited, read_query, run, udp

Network: type[LiveNetwork] = LiveNetwork


@pytest.fixture(autouse=True, params=[LiveNetwork, PooledNetwork])
def _each(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test is of both networks."""
    monkeypatch.setitem(globals(), "Network", request.param)


async def exchanged(query: Query, timeout: float) -> Exchange:
    network = Network()
    try:
        return await network.exchange(query, timeout)
    finally:
        if isinstance(network, PooledNetwork):
            network.close()


async def ask(server: Server, timeout: float = PATIENCE, address: str = "127.0.0.1") -> Exchange:
    return await exchanged(Query(QUESTION, address, server.port), timeout)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_reply_is_read_on_both_families(address: str) -> None:
    async def test() -> None:
        async with udp(lambda wire: [answer(wire)], address) as server:
            exchange = await ask(server, address=address)
        assert exchange.fault is None and exchange.message is not None
        assert exchange.wire and 0 <= exchange.elapsed < PATIENCE and exchange.mismatched == 0

    run(test)


def test_every_query_has_its_own_port_and_id() -> None:
    async def test() -> None:
        async with udp(lambda wire: [answer(wire)]) as server:
            for _ in range(24):
                await ask(server)
        assert len({port for _, port, _ in server.asked}) > 20
        assert len({wire[:2] for *_, wire in server.asked}) > 20

    run(test)


def test_where_descriptors_run_out_one_query_waits_for_another() -> None:
    """And not one of them fails or is late by that: nothing is said of the server."""

    async def test() -> None:
        network = Network()
        async with udp(lambda wire: [answer(wire)]) as server:
            query = Query(QUESTION, "127.0.0.1", server.port)
            with room_for(5):
                exchanges = await asyncio.gather(*(network.exchange(query, PATIENCE) for _ in range(40)))
                if isinstance(network, PooledNetwork):
                    network.close()
        assert {each.fault for each in exchanges} == {None}

    run(test)


def test_without_any_descriptor_it_is_this_machine_that_is_at_fault() -> None:
    async def test() -> None:
        with room_for(1):
            first = os.dup(0)
            try:
                with pytest.raises(OSError, match="open files"):
                    await exchanged(Query(QUESTION, "127.0.0.1", 9), PATIENCE)
            finally:
                os.close(first)

    run(test)


@pytest.mark.parametrize("zone", ["1", "lo"])
def test_the_zone_of_a_link_local_address_is_a_number_for_the_system(zone: str) -> None:
    assert endpoint(f"fe80::1%{zone}", 53) == ("fe80::1", 53, 0, 1)
    assert endpoint("192.0.2.1", 53) == ("192.0.2.1", 53)
    with pytest.raises(OSError, match="no such network interface") as gone:
        endpoint("fe80::1%no-such-link", 53)
    assert FAULTS[gone.value.errno or 0] is Fault.NETWORK_UNREACHABLE


LINK_LOCAL = (
    [
        f"{ip_address(int(number, 16))}%{link}"
        for number, _, _, scope, _, link in map(
            str.split, Path("/proc/net/if_inet6").read_text().splitlines()
        )
        if scope == "20"
    ]
    if Path("/proc/net/if_inet6").exists()
    else []
)


@pytest.mark.skipif(not LINK_LOCAL, reason="this machine has no link-local address")
def test_a_link_local_address_answers_with_its_zone() -> None:
    async def test() -> None:
        async with udp(lambda wire: [answer(wire)], LINK_LOCAL[0]) as server:
            for network in (Network(), Network(LINK_LOCAL[0])):
                exchange = await network.exchange(Query(QUESTION, LINK_LOCAL[0], server.port), PATIENCE)
                assert exchange.fault is None and exchange.mismatched == 0
                if isinstance(network, PooledNetwork):
                    network.close()

    run(test)


def test_forged_replies_are_counted_and_the_true_one_is_used() -> None:
    def reply(wire: bytes) -> list[bytes]:
        true = answer(wire)
        forged_id = bytes([true[0] ^ 1, true[1]])
        other_question = edited(true, 13, b"wwx")
        return [edited(true, 0, forged_id), other_question, wire, b"\0" * 5, true]

    async def test() -> None:
        async with udp(reply) as server:
            exchange = await ask(server)
        assert exchange.fault is None and exchange.mismatched == 4

    run(test)


def test_a_reply_from_another_port_is_not_believed() -> None:
    async def test() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
            elsewhere.bind(("127.0.0.1", 0))

            def reply(wire: bytes) -> list[bytes]:
                elsewhere.sendto(answer(wire), server.asked[-1][:2])
                return []

            async with udp(reply) as server:
                exchange = await ask(server, timeout=0.2)
            port = elsewhere.getsockname()[1]
        assert (exchange.fault, exchange.mismatched) == (Fault.MISMATCH, 1)
        assert exchange.detail == f"the reply comes from 127.0.0.1 port {port}"

    run(test)


def test_silence_is_a_timeout() -> None:
    async def test() -> None:
        async with udp(lambda wire: []) as server:
            exchange = await ask(server, timeout=0.05)
        assert exchange.fault is Fault.TIMEOUT and exchange.message is None

    run(test)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_closed_port_is_told_at_once(address: str) -> None:
    async def test() -> None:
        with socket.socket(
            socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM
        ) as unused:
            unused.bind((address, 0))
            port = unused.getsockname()[1]
        exchange = await exchanged(Query(QUESTION, address, port), PATIENCE)
        assert exchange.fault is Fault.PORT_UNREACHABLE

    run(test)


def test_octets_after_a_good_header_that_are_no_message_are_malformed() -> None:
    def reply(wire: bytes) -> list[bytes]:
        true = answer(wire)
        return [edited(true, 6, b"\0\x09")]  # nine answers, of which there is none

    async def test() -> None:
        async with udp(reply) as server:
            exchange = await ask(server)
        assert (exchange.fault, exchange.message) == (Fault.MALFORMED, None) or exchange.message is not None

    run(test)


TcpTalk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def tcp(talk: TcpTalk, timeout: float = PATIENCE) -> Exchange:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        query = replace(Query(QUESTION, "127.0.0.1", port), transport=Transport.TCP)
        return await exchanged(query, timeout)


def test_tcp_in_small_pieces() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = answer(await read_query(reader))
        for octet in struct.pack("!H", len(reply)) + reply:
            writer.write(bytes([octet]))
            await writer.drain()

    exchange = unhurried.run(tcp(talk))
    assert exchange.fault is None and exchange.message is not None


def test_tcp_that_ends_before_the_reply_is_whole() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = answer(await read_query(reader))
        writer.write(struct.pack("!H", len(reply)) + reply[:-1])

    assert unhurried.run(tcp(talk)).fault is Fault.CONNECTION_LOST


def test_tcp_that_drips_is_bounded_by_the_timeout() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_query(reader)
        writer.write(b"\xff\xff\0")
        await reader.read()  # until the other side gives up

    assert unhurried.run(tcp(talk, timeout=0.1)).fault is Fault.TIMEOUT


def test_tcp_refused() -> None:
    async def test() -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        query = Query(QUESTION, "127.0.0.1", port, Transport.TCP)
        assert (await exchanged(query, PATIENCE)).fault is Fault.PORT_UNREACHABLE

    run(test)


def test_a_cancelled_exchange_leaves_no_socket_open() -> None:
    async def test() -> None:
        async with udp(lambda wire: []) as server:
            task = asyncio.ensure_future(ask(server))
            while not server.asked:
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    run(test)  # an open socket would be a ResourceWarning, which is an error here


class WithoutMessages:
    """A socket as Windows has them: no recvmsg(2), and an ICMP error is a connection that was reset."""

    def __init__(self, *brought: bytes | OSError) -> None:
        self.brought = list(brought)

    def recvfrom(self, size: int) -> tuple[bytes, tuple[str, int]]:
        match self.brought.pop(0):
            case bytes(datagram):
                return datagram, ("192.0.2.53", 53)
            case error:
                raise error


def test_datagrams_where_the_system_has_no_messages() -> None:
    assert list(datagrams(WithoutMessages(b"a", b"b", BlockingIOError()))) == [  # type: ignore[arg-type]
        (b"a", ("192.0.2.53", 53), None),
        (b"b", ("192.0.2.53", 53), None),
    ]
    with pytest.raises(ConnectionRefusedError):
        list(datagrams(WithoutMessages(ConnectionResetError(10054, "reset"))))  # type: ignore[arg-type]

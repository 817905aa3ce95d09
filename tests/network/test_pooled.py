"""What sockets that are used for a while add to those of test_live.py: whose is what arrives there."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections import Counter
from typing import Any

import pytest

from dnstrace.model import Exchange, Fault, Query
from dnstrace.network import pooled
from dnstrace.network.live import open_socket
from dnstrace.network.pooled import PooledNetwork
from tests import unhurried
from tests.network.serving import PATIENCE, QUESTION, answer, run, udp

ADDRESSES = ["127.0.0.1", "::1"]


@pytest.fixture(autouse=True)
def _one_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query leaves by the same socket."""
    monkeypatch.setattr(pooled, "_SOCKETS", 1)


def closed_port(address: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind((address, 0))
        port: int = unused.getsockname()[1]
        return port


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_error_is_that_of_its_query_alone(address: str) -> None:
    async def test() -> None:
        network, held = PooledNetwork(), asyncio.Event()

        async with udp(lambda wire: [answer(wire)] if held.is_set() else [], address) as server:
            good = asyncio.ensure_future(network.exchange(Query(QUESTION, address, server.port), PATIENCE))
            bad = Query(QUESTION, address, closed_port(address))
            found = await asyncio.gather(*(network.exchange(bad, PATIENCE) for _ in range(5)))
            assert {(each.fault, each.detail) for each in found} == {
                (Fault.PORT_UNREACHABLE, "Connection refused")
            }
            assert not good.done()
            held.set()
            again = await network.exchange(Query(QUESTION, address, server.port), PATIENCE)
            good.cancel()
            await asyncio.gather(good, return_exceptions=True)
        network.close()
        assert again.fault is None and again.message is not None

    run(test)


def test_replies_that_cross_are_each_its_own_query_s() -> None:
    kept: list[bytes] = []

    def backwards(wire: bytes) -> list[bytes]:
        kept.append(wire)
        return [answer(each) for each in reversed(kept)] if len(kept) == 20 else []

    async def test() -> None:
        network = PooledNetwork()
        async with udp(backwards) as server:
            query = Query(QUESTION, "127.0.0.1", server.port)
            found = await asyncio.gather(*(network.exchange(query, PATIENCE) for _ in range(20)))
            assert len({port for _, port, _ in server.asked}) == 1
        network.close()
        assert all(
            each.wire is not None and each.message_id == int.from_bytes(each.wire[:2]) for each in found
        )
        assert len({each.message_id for each in found}) == 20

    run(test)


def test_a_reply_that_comes_too_late_is_nobody_s() -> None:
    async def test() -> None:
        network, waiting = PooledNetwork(), []
        async with udp(lambda wire: waiting.append(wire) or []) as server:  # type: ignore[func-returns-value]
            query = Query(QUESTION, "127.0.0.1", server.port)
            first = await network.exchange(query, 0.05)
            second = asyncio.ensure_future(network.exchange(query, PATIENCE))
            while len(waiting) < 2:
                await asyncio.sleep(0)
            for wire in waiting:
                server.transport.sendto(answer(wire), server.asked[-1][:2])
            found = await second
        network.close()
        assert first.fault is Fault.TIMEOUT
        assert (found.fault, found.mismatched) == (None, 0) and found.message_id == int.from_bytes(
            waiting[1][:2]
        )

    run(test)


def test_a_socket_is_used_for_a_while_and_closed_when_nobody_waits_on_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pooled, "_USES", 4)

    async def test() -> list[Exchange]:
        network = PooledNetwork()
        async with udp(lambda wire: [answer(wire)]) as server:
            query = Query(QUESTION, "127.0.0.1", server.port)
            silent = asyncio.ensure_future(network.exchange(Query(QUESTION, "127.0.0.2", server.port), 0.2))
            found = [await network.exchange(query, PATIENCE) for _ in range(19)]
            uses = Counter(port for _, port, _ in server.asked)
            assert sorted(uses.values()) == [3, 4, 4, 4, 4]  # the first socket had the silent one too
            await silent
        network.close()
        return found

    found = unhurried.run(test())
    assert all(each.fault is None for each in found)


class Troubled(socket.socket):
    """A socket on which an error of a datagram before is told at the worst of times."""

    refused, failing = 0, False

    def sendto(self, *args: Any) -> int:
        if self.refused:
            self.refused -= 1
            raise ConnectionRefusedError(errno.ECONNREFUSED, "")
        return super().sendto(*args)

    def recvmsg(self, *args: Any) -> Any:
        if self.failing:
            self.failing = False
            raise ConnectionRefusedError(errno.ECONNREFUSED, "")
        found = super().recvmsg(*args)
        self.failing = True
        return found


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_an_error_of_another_query_costs_none(refused: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> Troubled:
        sock = Troubled(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.refused = refused
        return sock

    async def test() -> None:
        network = PooledNetwork()
        async with udp(lambda wire: [answer(wire)]) as server:
            query = Query(QUESTION, "127.0.0.1", server.port)
            found = await asyncio.gather(*(network.exchange(query, PATIENCE) for _ in range(3)))
        network.close()
        assert [each.fault for each in found] == [None] * 3

    monkeypatch.setattr(pooled, "open_socket", opened)
    run(test)


@pytest.mark.skipif(sys.platform != "linux", reason="IP_RECVERR")
def test_an_error_is_told_though_a_call_has_taken_it_already() -> None:
    async def test() -> None:
        network = PooledNetwork()
        bad = Query(QUESTION, "127.0.0.1", closed_port("127.0.0.1"))
        asked = asyncio.ensure_future(network.exchange(bad, PATIENCE))
        await asyncio.sleep(0)
        (port,) = network._ports[4]
        assert port._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNREFUSED
        found = await asked
        network.close()
        assert found.fault is Fault.PORT_UNREACHABLE

    run(test)


def test_a_reply_that_comes_twice_is_no_wrong_one_for_others() -> None:
    async def test() -> None:
        network = PooledNetwork()
        async with udp(lambda wire: [answer(wire)] if len(server.asked) == 2 else []) as server:
            query = Query(QUESTION, "127.0.0.1", server.port)
            silent = asyncio.ensure_future(network.exchange(query, 0.2))
            await asyncio.sleep(0)
            found = await network.exchange(query, PATIENCE)
            server.transport.sendto(answer(server.asked[1][2]), server.asked[1][:2])
            unheard = await silent
        network.close()
        assert (found.fault, unheard.fault, unheard.mismatched) == (None, Fault.TIMEOUT, 0)

    run(test)


def test_where_no_more_sockets_can_be_opened_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled, "_USES", 2)
    failing = False

    def opened(*args: Any) -> socket.socket:
        if failing:
            raise OSError(errno.EMFILE, "")
        return open_socket(*args)

    async def test() -> None:
        nonlocal failing
        network = PooledNetwork()
        async with udp(lambda wire: [answer(wire)]) as server:
            query = Query(QUESTION, "127.0.0.1", server.port)
            found = []
            for number in range(8):
                failing = number in (2, 3)
                found.append(await network.exchange(query, PATIENCE))
        network.close()
        ports = Counter(port for _, port, _ in server.asked)
        assert [each.fault for each in found] == [None] * 8
        assert sorted(ports.values()) == [2, 2, 4]

    monkeypatch.setattr(pooled, "open_socket", opened)
    run(test)

"""What sockets that are used for a while add to those of test_live.py: whose is what arrives there."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter

import pytest

from dnstrace.model import Exchange, Fault, Query
from dnstrace.network import pooled
from dnstrace.network.pooled import PooledNetwork
from tests.network.test_live import QUESTION, answer, run, udp

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
            good = asyncio.ensure_future(network.exchange(Query(QUESTION, address, server.port), 5.0))
            bad = Query(QUESTION, address, closed_port(address))
            found = await asyncio.gather(*(network.exchange(bad, 5.0) for _ in range(5)))
            assert {each.fault for each in found} == {Fault.PORT_UNREACHABLE}
            assert not good.done()
            held.set()
            again = await network.exchange(Query(QUESTION, address, server.port), 5.0)
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
            found = await asyncio.gather(*(network.exchange(query, 5.0) for _ in range(20)))
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
            second = asyncio.ensure_future(network.exchange(query, 5.0))
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
            found = [await network.exchange(query, 5.0) for _ in range(19)]
            uses = Counter(port for _, port, _ in server.asked)
            assert sorted(uses.values()) == [3, 4, 4, 4, 4]  # the first socket had the silent one too
            await silent
        network.close()
        return found

    found = asyncio.run(test())
    assert all(each.fault is None for each in found)

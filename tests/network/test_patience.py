"""Time-outs on a loop that stalls: what has arrived is read before anybody is called silent."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.message
import pytest

from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.network import live as live_sockets
from dnstrace.network import pooled
from dnstrace.network.faults import read
from dnstrace.network.live import LiveNetwork
from dnstrace.network.patience import LARGE, MOST, FairTimer
from dnstrace.network.pooled import PooledNetwork
from tests import stalling
from tests.network.serving import PATIENCE, QUESTION, answer, run, udp


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("network", [LiveNetwork, PooledNetwork])
def test_a_reply_that_is_there_is_read_however_late_the_loop_is(
    network: type[LiveNetwork], seed: int
) -> None:
    async def test() -> None:
        async with udp(lambda wire: [answer(wire)]) as server:
            live = network()
            query = Query(QUESTION, "127.0.0.1", server.port)
            found = await asyncio.gather(*(live.exchange(query, 0.9) for _ in range(20)))
            if isinstance(live, PooledNetwork):
                live.close()
        assert [each.fault for each in found] == [None] * 20

    stalling.run(test(), 0.1, seed)


@pytest.mark.parametrize("network", [LiveNetwork, PooledNetwork])
def test_silence_is_still_silence(network: type[LiveNetwork]) -> None:
    async def test() -> None:
        async with udp(lambda wire: []) as server:
            live = network()
            found: Exchange = await live.exchange(Query(QUESTION, "127.0.0.1", server.port), 0.3)
            if isinstance(live, PooledNetwork):
                live.close()
        assert found.fault is Fault.TIMEOUT

    stalling.run(test(), 1.0)


def test_the_extension_is_no_longer_than_the_time_itself() -> None:
    async def test() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        begun = loop.time()
        FairTimer(3.0, over.set)
        await over.wait()
        assert 3.0 <= loop.time() - begun <= 3.0 * (MOST + 1) + 2

    stalling.run(test(), 1.0)


@pytest.mark.parametrize("network", [LiveNetwork, PooledNetwork])
@pytest.mark.parametrize("more", [0, LARGE])
def test_of_large_replies_one_is_read_in_a_turn(
    network: type[LiveNetwork], more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All have come when the first is read; small ones are read at once."""
    turns, seen = 0, list[int]()

    def reading(wire: bytes) -> tuple[dns.message.Message | None, Fault | None]:
        seen.append(turns)
        return read(wire)

    for module in (live_sockets, pooled):
        monkeypatch.setattr(module, "read", reading)

    async def counting() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def test() -> None:
        async with udp(lambda wire: []) as server:
            live, query = network(), Query(QUESTION, "127.0.0.1", server.port)
            asked = [asyncio.ensure_future(live.exchange(query, PATIENCE)) for _ in range(20)]
            while len(server.asked) < len(asked):
                await asyncio.sleep(0)
            for host, port, wire in server.asked:
                server.transport.sendto(answer(wire) + bytes(more), (host, port))
            other = asyncio.ensure_future(counting())
            found = await asyncio.gather(*asked)
            other.cancel()
            if isinstance(live, PooledNetwork):
                live.close()
        assert all(each.message is not None for each in found)

    run(test)
    assert len(seen) == 20 and (len(set(seen)) == 20) is bool(more)


@asynccontextmanager
async def streams() -> AsyncIterator[int]:
    """A server that answers one query a connection over TCP; its port. It ends when clients have closed."""
    serving = list[asyncio.Task[None] | None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        reply = answer(await reader.readexactly(int.from_bytes(await reader.readexactly(2))))
        writer.write(len(reply).to_bytes(2) + reply)
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*(task for task in serving if task is not None))


class Halting:
    """The module `time` of a program that stands still for half an hour whenever it looks at a stop-watch."""

    time = staticmethod(time.time)

    def __init__(self) -> None:
        self._now = 0.0

    def perf_counter(self) -> float:
        self._now += 1800.0
        return self._now


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports when octets arrived")
@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
@pytest.mark.parametrize("network", [LiveNetwork, PooledNetwork])
def test_a_round_trip_does_not_include_the_delays_of_this_program(
    network: type[LiveNetwork], transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    halting = Halting()
    for module in (live_sockets, pooled):
        monkeypatch.setattr(module, "time", halting)

    async def test() -> None:
        async with udp(lambda wire: [answer(wire)]) as server, streams() as port:
            port = server.port if transport is Transport.UDP else port
            live = network()
            found = await live.exchange(Query(QUESTION, "127.0.0.1", port, transport), PATIENCE)
            if isinstance(live, PooledNetwork):
                live.close()
        assert found.fault is None and 0 < found.elapsed < 1800.0

    run(test)

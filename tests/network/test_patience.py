"""Time-outs on a loop that stalls: what has arrived is read before anybody is called silent."""

from __future__ import annotations

import asyncio

import pytest

from dnstrace.model import Exchange, Fault, Query
from dnstrace.network.live import LiveNetwork
from dnstrace.network.patience import MOST, FairTimer
from dnstrace.network.pooled import PooledNetwork
from tests import stalling
from tests.network.serving import QUESTION, answer, udp


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

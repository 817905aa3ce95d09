"""Patience, where it is the program itself that is late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Fault, Query
from dnstrace.walk.hedging import first_of


class Busy(asyncio.SelectorEventLoop):
    """A loop whose clock goes on by `lost` seconds when the program is busy."""

    lost = 0.0

    def time(self) -> float:
        return super().time() + self.lost


@pytest.mark.parametrize("busy", [True, False])
def test_a_reply_that_came_while_the_program_was_busy_is_still_read(busy: bool) -> None:
    loop = Busy()

    async def read_late() -> str:
        """A reply that is there when patience ends, some turns of the loop from being read."""
        await out_of_patience.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        return "reply"

    def patience_ends() -> None:
        loop.lost += 60.0 * busy
        out_of_patience.set()

    async def run() -> bool:
        task = asyncio.ensure_future(read_late())
        loop.call_soon(patience_ends)
        found = await first_of([task], 0.0 if not busy else 30.0)
        task.cancel()
        return bool(found)

    out_of_patience = asyncio.Event()
    try:
        assert loop.run_until_complete(run()) is busy
    finally:
        loop.close()


class Late(LabNetwork):
    """Sends each query only a second after it was asked to, however long that is for the walk's patience."""

    asked = 0

    async def in_turn(self, query: Query, timeout: float, sent: Callable[[], None]) -> Exchange:
        self.asked += 1
        await asyncio.sleep(1.0)
        sent()
        return await self.exchange(query, timeout)


def test_a_query_that_waits_for_its_turn_is_no_slow_server() -> None:
    network = Late(load("in-domain"))
    found = trace("www.example.com", "A", network=network, seed=1)
    assert network.asked == found.stats.queries == len(found.steps) == 3
    assert {each.exchange.fault for step in found.steps for each in step.attempts} == {None}


def test_a_server_that_is_slow_after_its_turn_is_not_waited_for() -> None:
    found = [trace("www.example.com", "A", network=Late(load("silent")), seed=seed) for seed in range(6)]
    attempts = [each.exchange for one in found for each in one.steps[-1].attempts]
    assert {Fault.ABANDONED, None} == {each.fault for each in attempts}
    assert all(each.elapsed < 2 for each in attempts)

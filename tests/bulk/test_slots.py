"""When queries may be sent: never more than the rate allows, and no slot is lost, on the virtual clock."""

from __future__ import annotations

import asyncio

import pytest

from dnstrace import clock
from dnstrace.bulk.slots import Slots


async def times(slots: Slots, count: int) -> list[float]:
    """The times at which so many are taken that are all asked for now."""
    loop, found = asyncio.get_running_loop(), list[float]()

    async def take() -> None:
        await slots.take()
        found.append(loop.time())

    await asyncio.gather(*(take() for _ in range(count)))
    return found


@pytest.mark.parametrize("rate", [2.0, 10.0, 1000.0])
def test_they_are_as_far_apart_as_the_rate_says(rate: float) -> None:
    found = clock.run(times(Slots(rate), 50))
    assert found == pytest.approx([n / rate for n in range(50)])


def test_none_are_saved_up() -> None:
    async def run() -> list[float]:
        slots = Slots(10)
        await slots.take()
        await asyncio.sleep(5)
        return [each - 5 for each in await times(slots, 3)]

    assert clock.run(run()) == pytest.approx([0, 0.1, 0.2])


def test_who_gives_up_takes_no_slot() -> None:
    async def run() -> float:
        slots, loop = Slots(10), asyncio.get_running_loop()
        await slots.take()
        waiting = [asyncio.ensure_future(slots.take()) for _ in range(30)]
        await asyncio.sleep(0.05)
        for task in waiting[:29]:
            task.cancel()
        await waiting[29]
        return loop.time()

    assert clock.run(run()) == pytest.approx(0.1)


def test_a_slot_that_came_too_late_is_for_the_next() -> None:
    async def run() -> float:
        slots, loop = Slots(10), asyncio.get_running_loop()
        await slots.take()
        late, other = asyncio.ensure_future(slots.take()), asyncio.ensure_future(slots.take())
        await asyncio.sleep(0)
        loop.call_at(0.1, late.cancel)  # in the turn in which it is given
        await other
        return loop.time()

    assert clock.run(run()) == pytest.approx(0.1)


def test_that_slots_go_unused_is_told_until_it_is_closed() -> None:
    async def run() -> tuple[int, int, int]:
        told = 0

        def tell() -> None:
            nonlocal told
            told += 1

        slots = Slots(10, tell)
        await times(slots, 20)
        while_busy = told
        await asyncio.sleep(1)
        slots.close()
        idle = told
        await asyncio.sleep(1)
        return while_busy, idle, told

    while_busy, idle, closed = clock.run(run())
    assert while_busy == 0 and 5 <= idle <= 101 and closed == idle

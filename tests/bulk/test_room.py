"""How much may be under way."""

from __future__ import annotations

import asyncio

from dnstrace import clock
from dnstrace.bulk.room import Room


async def begun(room: Room, numbers: range) -> list[int]:
    """The jobs for which there is room at once."""
    found = []
    for number in numbers:
        try:
            async with asyncio.timeout(1):
                await room.free()
        except TimeoutError:
            break
        room.take(number)
        found.append(number)
    return found


def test_there_is_room_for_so_many() -> None:
    async def run() -> None:
        room = Room(5)
        assert await begun(room, range(9)) == [0, 1, 2, 3, 4]
        room.give_back(2)
        room.give_back(3)
        assert await begun(room, range(5, 9)) == [5, 6]

    clock.run(run())


def test_one_more_begins_each_time_there_is_something_to_spare() -> None:
    async def run() -> None:
        room = Room(2, further=4)
        assert await begun(room, range(9)) == [0, 1]
        for number in (2, 3):
            room.spare()
            assert await begun(room, range(number, 9)) == [number]
        room.spare()
        assert await begun(room, range(4, 9)) == []

    clock.run(run())


def test_in_order_nobody_is_far_ahead_of_the_oldest() -> None:
    async def run() -> None:
        room = Room(2, ordered=True)
        assert await begun(room, range(1)) == [0]
        for number in range(1, 21):
            assert await begun(room, range(number, number + 1)) == [number]
            room.give_back(number)
        assert await begun(room, range(21, 30)) == []
        room.give_back(0)
        assert await begun(room, range(21, 30)) == [21, 22]

    clock.run(run())


def test_more_begin_with_each_turn_that_does_not_take_long() -> None:
    async def run() -> list[int]:
        room, at_a_time = Room(7, first=2), list[int]()
        numbers = iter(range(100))
        for _ in range(5):
            under_way = await begun(room, range(first := next(numbers), first + 9))
            at_a_time.append(len(under_way))
            for number in under_way:
                room.give_back(number)
            room.watch()
            room.watch()
            await asyncio.sleep(0)
        return at_a_time

    assert clock.run(run()) == [2, 4, 6, 7, 7]


class Late(asyncio.SelectorEventLoop):
    """A loop on which every turn comes late."""

    now = 0.0

    def time(self) -> float:
        self.now += 0.02
        return self.now


def test_a_process_that_does_not_keep_up_begins_fewer() -> None:
    room, loop = Room(200), Late()

    async def run() -> int:
        under_way: list[int] = []
        for number in range(1000):
            if not room._is_free():
                room.give_back(under_way.pop(0))
                continue
            room.take(number)
            room.watch()
            under_way.append(number)
            await asyncio.sleep(0)
        return len(under_way)

    try:
        assert loop.run_until_complete(run()) <= 9
    finally:
        loop.close()

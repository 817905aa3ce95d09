"""How many jobs may be under way."""

from __future__ import annotations

import asyncio

_LATE = 0.02  # seconds of waiting for a turn after which fewer jobs are started
_LEAST = 8  # jobs that may always be under way
_AHEAD = 10  # times what may be under way: how far ahead of the oldest job others may be in an ordered run


class Room:
    """How many jobs may be under way: as many as requested, or as this process can keep up with.

    If `further` is more than `most`, jobs up to that number begin when there is something to `spare`.

    If it does too much at once, replies wait unread for longer than a server takes to send them. How long a
    turn of the loop takes shows how much is too much. With `first`, as many jobs as that begin, and more with
    each turn that does not take long.

    With `ordered` no job is far ahead of the oldest one under way, since its result would have to be kept.
    """

    def __init__(self, most: int, ordered: bool = False, further: int = 0, first: int | None = None) -> None:
        self._most, self._further, self._spare = most, further, False
        self._ahead = most * _AHEAD if ordered else None
        self._size: float = most if first is None else min(most, first)
        self._growth = 1.0  # jobs, for each turn that did not take long
        self._taken: dict[int, None] = {}
        self._newest = 0
        self._changed = asyncio.Event()
        self._begun = 0  # jobs, in this turn of the loop

    async def free(self) -> bool:
        """Wait until there is room for one more, then return True."""
        while not self._is_free():
            self._changed.clear()
            await self._changed.wait()
        return True

    def _is_free(self) -> bool:
        if len(self._taken) >= self._size and not (self._spare and len(self._taken) < self._further):
            return False
        return self._ahead is None or not self._taken or self._newest - next(iter(self._taken)) < self._ahead

    def take(self, number: int) -> None:
        """Begin job `number`."""
        self._taken[number] = None
        self._newest, self._spare = number, False

    def spare(self) -> None:
        """Let one more begin than there is room for."""
        self._spare = True
        self._changed.set()

    def watch(self) -> None:
        """Measure how long a turn of the loop takes, and adjust the room to it for each job begun in it."""
        self._begun += 1
        if self._begun == 1:
            loop = asyncio.get_running_loop()
            loop.call_soon(self._turn, loop.time())

    def _turn(self, since: float) -> None:
        """Adjust the room to how long a turn took."""
        late = asyncio.get_running_loop().time() - since > _LATE
        for _ in range(self._begun):
            if late:
                self._size, self._growth = max(min(_LEAST, self._most), self._size * 0.95), 0.25
            else:
                self._size = min(self._most, self._size + self._growth)
        self._begun = 0

    def give_back(self, number: int) -> None:
        """End job `number`."""
        del self._taken[number]
        self._changed.set()

"""How much may be under way."""

from __future__ import annotations

import asyncio

_LATE = 0.02  # seconds of waiting for a turn from which fewer are begun
_LEAST = 8  # that are always under way
_AHEAD = 10  # times as many as are under way: so far ahead of the oldest others may be in a run in order


class Room:
    """How many jobs may be under way: as many as are wanted, or as this process can keep up with.

    Where it does too much at once, replies lie unread for longer than a server takes to send them. How much
    that is shows in how long a turn takes to come. With `ordered` no job is far ahead of the oldest one under
    way, since its result would have to be kept.
    """

    def __init__(self, most: int, ordered: bool = False) -> None:
        self._most = most
        self._ahead = most * _AHEAD if ordered else None
        self._size: float = most
        self._taken: dict[int, None] = {}
        self._newest = 0
        self._changed = asyncio.Event()

    async def free(self) -> bool:
        """Wait until there is room for one more; True."""
        while not self._is_free():
            self._changed.clear()
            await self._changed.wait()
        return True

    def _is_free(self) -> bool:
        if len(self._taken) >= self._size:
            return False
        return self._ahead is None or not self._taken or self._newest - next(iter(self._taken)) < self._ahead

    def take(self, number: int) -> None:
        """Begin job `number`."""
        self._taken[number] = None
        self._newest = number

    def watch(self) -> None:
        """Find out how long a turn takes to come, and make more room or less by it."""
        loop = asyncio.get_running_loop()
        loop.call_soon(self._turn, loop.time())

    def _turn(self, since: float) -> None:
        """Take in how long a turn took to come."""
        if asyncio.get_running_loop().time() - since > _LATE:
            self._size = max(min(_LEAST, self._most), self._size * 0.95)
        else:
            self._size = min(self._most, self._size + 0.25)

    def give_back(self, number: int) -> None:
        """End job `number`."""
        del self._taken[number]
        self._changed.set()

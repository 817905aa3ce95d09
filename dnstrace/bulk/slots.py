"""The moments at which queries may be sent, at most a given number a second."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

_BEHIND = 0.1  # seconds: what was missed for so long because this process was late is made up for
_LOOK = 0.01  # seconds between two looks at whether slots go unused


class Slots:
    """At most `rate` slots a second, in the order in which they are asked for.

    A slot that is not asked for is lost, so that none are saved up. `unused` is called now and then while
    slots go unused: more could be sent.
    """

    def __init__(self, rate: float, unused: Callable[[], None] | None = None) -> None:
        self._gap, self._unused = 1 / rate, unused
        self._due = 0.0  # the loop's time of the next slot
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        """Wait for a slot; one that is waited for in vain is not lost."""
        loop = asyncio.get_running_loop()
        if not self._waiting and self._due <= loop.time():
            self._due = loop.time() + self._gap
            self._look_at(self._due)
            return
        slot = loop.create_future()
        self._waiting.append(slot)
        self._look_at(self._due)
        try:
            await slot
        except asyncio.CancelledError:
            if slot.done() and not slot.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """Have a slot back that was taken and is not needed."""
        self._due -= self._gap
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._look_at(self._due)

    def close(self) -> None:
        """Call `unused` no more."""
        self._unused = None
        if self._timer is not None:
            self._timer.cancel()

    def _look_at(self, when: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(when, self._look)

    def _look(self) -> None:
        """Give the slots that are due to those who wait."""
        self._timer, now = None, asyncio.get_running_loop().time()
        while self._waiting and self._due <= now:
            slot = self._waiting.popleft()
            if not slot.done():
                slot.set_result(None)
                self._due = max(self._due, now - _BEHIND) + self._gap
        if self._waiting:
            self._look_at(self._due)
        elif self._unused is not None:
            if self._due <= now:
                self._unused()
            self._look_at(max(self._due, now + _LOOK))

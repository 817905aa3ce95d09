"""An event loop for many short exchanges, on which callbacks and timers cost little.

Each trace sets several timers and cancels nearly all of them. asyncio's own compare by a method of Python, a
dozen times a trace; here they stand in a heap of tuples, and one timer of asyncio is set for the first.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from contextvars import Context
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

_MANY = 1000  # cancelled timers that may be left in the heap, and then half of what is there


class _Timer(asyncio.TimerHandle):
    """A timer that tells its loop when it is cancelled while it stands in the heap."""

    __slots__ = ("in_heap", "loop")

    def __init__(self, loop: QuickLoop, when: float, *what: Any) -> None:
        super().__init__(when, *what)
        self.loop, self.in_heap = loop, True

    def cancel(self) -> None:
        """Do not call back."""
        stood = self.in_heap and not self.cancelled()
        asyncio.Handle.cancel(self)
        if stood:
            self.loop.note_cancelled()


class QuickLoop(asyncio.SelectorEventLoop):
    """The event loop of a run in real time. Timers that are due at the same time fire as they were set."""

    time = staticmethod(time.monotonic)  # asyncio's own calls this

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        super().__init__(selector)
        self._heap: list[tuple[float, int, _Timer]] = []
        self._number = count()
        self._in_vain = 0  # timers in the heap that are cancelled
        self._alarm: asyncio.TimerHandle | None = None  # for the first of them, or earlier

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """As in every loop; the checks of asyncio are made where the loop is closed or in debug mode."""
        if self._closed or self._debug:  # type: ignore[attr-defined]
            return super().call_soon(callback, *args, context=context)
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)  # type: ignore[attr-defined]
        return handle

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As in every loop."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As in every loop."""
        self._check_closed()  # type: ignore[attr-defined]
        timer = _Timer(self, when, callback, args, self, context)
        heappush(self._heap, (when, next(self._number), timer))
        if self._alarm is None or when < self._alarm.when():
            self._set_alarm()
        return timer

    def close(self) -> None:
        """As every loop; timers that are left are dropped."""
        super().close()
        self._heap.clear()

    def note_cancelled(self) -> None:
        """Count a timer that is cancelled in the heap, and take such out when there are many."""
        self._in_vain += 1
        if self._in_vain > _MANY and self._in_vain * 2 > len(self._heap):
            self._heap = [each for each in self._heap if not each[2].cancelled()]
            heapify(self._heap)
            self._in_vain = 0

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = super().call_at(self._heap[0][0], self._ring) if self._heap else None

    def _ring(self) -> None:
        """Have timers that are due called back in the next turn, as long as they are not cancelled."""
        self._alarm, until = None, self.time() + self._clock_resolution  # type: ignore[attr-defined]
        while self._heap and (self._heap[0][2].cancelled() or self._heap[0][0] < until):
            timer = heappop(self._heap)[2]
            timer.in_heap = False
            if timer.cancelled():
                self._in_vain -= 1
            else:
                self._ready.append(timer)  # type: ignore[attr-defined]
        self._set_alarm()

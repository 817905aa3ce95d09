"""An event loop on a virtual clock: waiting takes no time, and every duration is exact.

The loop's selector never waits for anything real: asked to wait until the next timer, it moves the
clock there. Time is kept in whole nanoseconds, so that sums of round-trip times do not drift. No
socket is opened, not even the pipe by which other event loops wake themselves.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
_NANOSECONDS = 1_000_000_000


class NothingToWaitFor(RuntimeError):
    """Every task waits and no timer is set: the program would hang for ever."""


class _Selector:
    """Stands where a loop expects its selector; lets virtual time pass."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise NothingToWaitFor("every task waits and no timer is set")
        if timeout > 0:
            self._loop.advance(timeout)
        return []

    def close(self) -> None:
        """Nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop whose time is virtual, beginning at 0.0 seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0
        self._selector = _Selector(self)
        self._clock_resolution = 1 / _NANOSECONDS

    def time(self) -> float:
        """Seconds of virtual time since the loop was made."""
        return self._now / _NANOSECONDS

    def advance(self, seconds: float) -> None:
        """Let `seconds` of virtual time pass, to the nanosecond."""
        self._now += max(1, round(seconds * _NANOSECONDS))

    def _process_events(self, event_list: list[Any]) -> None:
        """No events ever come from outside."""

    def _write_to_self(self) -> None:
        """The loop runs in one thread and never sleeps: there is nothing to wake."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a virtual clock, as `asyncio.run` does on the real one.

    Ctrl-C cancels it and raises KeyboardInterrupt when it has ended.
    """
    loop = VirtualLoop()
    task = loop.create_task(main)
    interrupted: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        interrupted.append(number)
        task.cancel()

    handled = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, interrupt) if handled else None
    try:
        return loop.run_until_complete(task)
    except asyncio.CancelledError:
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        if handled:
            signal.signal(signal.SIGINT, before)
        _close(loop)


def _close(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()

"""An event loop over real sockets on which no test is late: its clock moves only where nothing happens.

A server and what asks it are in one process here, so all that is sent is there at once. However slowly the
machine runs, a timeout ends only where nothing more comes, and no query is hedged for want of processor time.
It is not for what works in other threads or processes: of these the loop knows nothing.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
GRACE = 0.01  # seconds that the kernel may take to bring what was sent to this machine


class _Selector(selectors.DefaultSelector):
    """Waits for a timer by putting the clock on, once nothing has come."""

    loop: UnhurriedLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(GRACE)
        if not found:
            self.loop.now += timeout
        return found


class UnhurriedLoop(asyncio.SelectorEventLoop):
    """Its clock stands while there is something to do; `now` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as `asyncio.run` does, on such a loop."""
    with asyncio.Runner(loop_factory=UnhurriedLoop) as runner:
        return runner.run(main)

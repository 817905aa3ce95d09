"""Event loops on which a run can be repeated exactly, and running a coroutine on one.

On both, time stands still while the program computes: it advances only when the loop waits for something to
happen, to a whole number of nanoseconds since the loop was made. What a program does on such a loop follows
from its `ticks`, the moments at which something happened, and from what the network delivered at each of
them. What arrives at a moment comes before the timers that are due at it, and of timers due at the same
time the one set first comes first.

`VirtualLoop` never waits for anything real: waiting takes no time, and every duration is exact. No socket is
opened, not even the pipe by which other event loops wake themselves. Given the ticks of an earlier run, it
follows them, so that timers are as late as they were then.

`SteppingLoop` waits for real sockets. Its clock lags behind by what the program computes in one go: a
few milliseconds.

`run_real` is for runs that need not be repeated.
"""

from __future__ import annotations

import asyncio
import heapq
import importlib
import selectors
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextvars import Context
from types import FrameType
from typing import Any, TypeVar

from dnstrace.descriptors import require

T = TypeVar("T")
_NANOSECONDS = 1_000_000_000
_UNDER_WAY = 0.002  # seconds after which the first queries have left
_PIPES = 4  # of two descriptors: a loop takes three, a query two, the import of a module one


class NothingToWaitFor(RuntimeError):
    """Every task is waiting and no timer is set: the program would hang forever."""


class _Timer(asyncio.TimerHandle):
    """A timer with its number among those set, which decides between two that are due at the same time."""

    __slots__ = ("_place",)

    def __init__(self, place: int, *args: Any) -> None:
        super().__init__(*args)
        self._place = place

    def __lt__(self, other: Any) -> bool:
        return (self.when(), self._place) < (other.when(), other._place)


class SteadyLoop(asyncio.BaseEventLoop):
    """What both loops have in common.

    `now` is the time in nanoseconds; `ticks` are the moments at which something happened; `cut` is the
    moment at which the user stopped the run, or None.
    """

    def __init__(self, *args: Any) -> None:
        self.now = 0
        super().__init__(*args)
        self.ticks: list[int] = []
        self.cut: int | None = None
        self._stopped: asyncio.Task[Any] | None = None
        self._clock_resolution = 1 / _NANOSECONDS
        self._timers = 0

    def time(self) -> float:
        """Seconds since the loop was made, as of its last wait."""
        return self.now / _NANOSECONDS

    def tick(self) -> None:
        """Note that something happens now."""
        if not self.ticks or self.ticks[-1] != self.now:
            self.ticks.append(self.now)

    def stop_task(self, task: asyncio.Task[Any]) -> None:
        """Cancel a task when the loop waits next. May be called by a signal handler."""
        self._stopped = task
        self._write_to_self()  # type: ignore[attr-defined]

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As in every loop, with a timer that knows its number."""
        self._check_closed()  # type: ignore[attr-defined]
        self._timers += 1
        timer = _Timer(self._timers, when, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def _moved_to(self, now: int) -> None:
        """Continue at a later moment: first what the user wants, then timers."""
        self.now = max(now, self.now + 1)
        if self._stopped is not None:
            self.cut = self.now
            self.call_soon(self._stopped.cancel)
            self._stopped = None
            self.tick()
        due: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        if due and due[0].when() < self.time() + self._clock_resolution:
            self.tick()


class _Nowhere:
    """Stands in for the selector of a loop; lets virtual time pass."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None or timeout > 0:
            self._loop.wait(timeout)
        return []

    def close(self) -> None:
        """Nothing to close."""


class VirtualLoop(SteadyLoop):
    """An event loop whose time is virtual, beginning at 0.0 seconds.

    With `ticks`, it steps from one of these moments to the next until there are no more, or until `depart`,
    and cancels its main task at the moment `cut`, as the user did then.
    """

    def __init__(self, ticks: Iterable[int] = (), cut: int | None = None) -> None:
        super().__init__()
        self._selector = _Nowhere(self)
        self._arrivals: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._course, self._cut_there = deque(ticks), cut
        self.main: asyncio.Task[Any] | None = None

    @property
    def on_course(self) -> bool:
        """Whether it still follows the ticks of an earlier run."""
        return bool(self._course)

    def depart(self) -> None:
        """Stop following the ticks of the earlier run: what happens is not what happened then."""
        self._course.clear()

    def arrival(self, moment: int, place: int | None = None) -> asyncio.Future[None]:
        """A future for a moment in nanoseconds; of several at one moment, the lowest `place` comes first.

        Without a place, they come in the order in which they were requested.
        """
        arrival: asyncio.Future[None] = self.create_future()
        self._timers += 1
        order = self._timers  # also breaks ties: a record may have one place twice
        heapq.heappush(self._arrivals, (moment, order if place is None else place, order, arrival))
        return arrival

    def wait(self, timeout: float | None) -> None:
        """Continue at the next moment at which something happens, at most `timeout` seconds from now."""
        if self._course:
            self._moved_to(self._course.popleft())
            self.tick()
            if self.now == self._cut_there and self.main is not None:
                self.cut = self.now
                self.call_soon(self.main.cancel)
        else:
            self._moved_to(self._next(timeout))
        while self._arrivals and self._arrivals[0][0] <= self.now:
            *_, arrival = heapq.heappop(self._arrivals)
            if not arrival.done():
                self.tick()
                self.call_soon(_arrived, arrival)

    def _next(self, timeout: float | None) -> int:
        while self._arrivals and self._arrivals[0][-1].done():
            heapq.heappop(self._arrivals)
        moments = [self._arrivals[0][0]] if self._arrivals else []
        if timeout is not None:
            moments.append(self.now + max(1, round(timeout * _NANOSECONDS)))
        if not moments:
            raise NothingToWaitFor("every task is waiting and no timer is set")
        return min(moments)

    def _process_events(self, event_list: list[Any]) -> None:
        """No events ever come from outside."""

    def _write_to_self(self) -> None:
        """The loop runs in one thread and never sleeps: there is nothing to wake."""


def _arrived(arrival: asyncio.Future[None]) -> None:
    if not arrival.done():
        arrival.set_result(None)


class _Selector(selectors.DefaultSelector):
    """Looks for events only when the program has nothing left to do; then time advances."""

    loop: SteppingLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return []
        found = super().select(timeout)
        self.loop.woken()
        return found


class SteppingLoop(SteadyLoop, asyncio.SelectorEventLoop):
    """An event loop over real sockets whose clock stands still while the program computes."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)
        self._began = time.monotonic_ns()

    def woken(self) -> None:
        """Note that something may have happened."""
        self._moved_to(time.monotonic_ns() - self._began)


async def elapse(seconds: float) -> None:
    """Wait for something that is on its way; on a virtual clock it comes before timers."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        await asyncio.sleep(seconds)
    elif seconds > 0:
        await loop.arrival(loop.now + max(1, round(seconds * _NANOSECONDS)))


async def other_turns() -> None:
    """Let other tasks go on and replies be read, where a run need not be repeated exactly."""
    if not isinstance(asyncio.get_running_loop(), SteadyLoop):
        await asyncio.sleep(0)


def import_meanwhile(module: str) -> None:
    """Import a module that is needed later while replies are on their way, as for `other_turns`."""
    loop = asyncio.get_running_loop()
    if module not in sys.modules and not isinstance(loop, SteadyLoop):
        loop.call_later(_UNDER_WAY, importlib.import_module, module)


def run(main: Coroutine[Any, Any, T], loop: SteadyLoop | None = None) -> T:
    """Run a coroutine on a loop, a virtual one by default, as `asyncio.run` does on the real one.

    Ctrl-C cancels it and raises KeyboardInterrupt when it has ended.
    """
    loop = VirtualLoop() if loop is None else loop
    task = loop.create_task(main)
    if isinstance(loop, VirtualLoop):
        loop.main = task

    def interrupt(number: int, frame: FrameType | None) -> None:
        loop.stop_task(task)

    handled = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, interrupt) if handled else None
    try:
        return loop.run_until_complete(task)
    except asyncio.CancelledError:
        if loop.cut is not None:
            raise KeyboardInterrupt from None
        raise
    finally:
        if handled:
            signal.signal(signal.SIGINT, before)
        _close(loop)


def run_stepping(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a SteppingLoop. Raises OSError if there are too few file descriptors for one."""
    _require_descriptors(main)
    return run(main, SteppingLoop())


def run_real(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as `asyncio.run` does, on a loop that can tell when a socket is readable.

    The loop that asyncio chooses on Windows, ProactorEventLoop, cannot. Raises OSError if there are too few
    file descriptors for a loop.
    """
    _require_descriptors(main)
    found: list[T] = []

    async def kept() -> None:  # asyncio writes out what its task returns, which would take milliseconds
        found.append(await main)

    if sys.platform != "win32":
        asyncio.run(kept())
    else:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(kept())
    return found[0]


def _require_descriptors(main: Coroutine[Any, Any, object]) -> None:
    """Raise OSError where a loop cannot be made: one that is half made complains when it is deleted."""
    try:
        require(_PIPES)
    except OSError:
        main.close()
        raise


def _close(loop: SteadyLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()

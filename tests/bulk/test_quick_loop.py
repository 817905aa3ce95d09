"""The loop of many names does what asyncio's does, and keeps few of the timers that are cancelled."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.bulk import quick_loop
from dnstrace.bulk.quick_loop import QuickLoop


class _Selector(selectors.DefaultSelector):
    """Puts the clock on where the loop would wait for a timer."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class _Quick(QuickLoop):
    def __init__(self) -> None:
        selector = _Selector()
        self.time = lambda: selector.now
        super().__init__(selector)


class _Usual(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        selector = _Selector()
        self.time = lambda: selector.now  # type: ignore[method-assign]
        super().__init__(selector)


Timers = list[tuple[int, int | None]]
"""Of each timer: after how many seconds it is due, and after how many it is cancelled."""


def _fired(make: Callable[[], asyncio.SelectorEventLoop], timers: Timers) -> list[tuple[float, int]]:
    """When each of these timers fires, and which it is."""
    fired: list[tuple[float, int]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for number, (delay, cancelled) in enumerate(timers):
            timer = loop.call_later(delay, lambda each: fired.append((loop.time(), each)), number)
            if cancelled is not None:
                loop.call_later(cancelled + 0.5, timer.cancel)
        await asyncio.sleep(20)

    with asyncio.Runner(loop_factory=make) as runner:
        runner.run(main())
    return fired


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9))))
def test_timers_fire_when_those_of_asyncio_do(timers: Timers) -> None:
    assert sorted(_fired(_Quick, timers)) == sorted(_fired(_Usual, timers))


def test_timers_that_are_due_at_the_same_time_fire_as_they_were_set() -> None:
    fired = _fired(_Quick, [(number % 2, None) for number in range(100)])
    assert [each for _, each in fired] == [*range(0, 100, 2), *range(1, 100, 2)]


def test_few_cancelled_timers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_loop, "_MANY", 10)
    fired: list[int] = []

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        for number in range(1000):
            timer = loop.call_later(number % 7 + 2, fired.append, number)
            if number % 100:
                timer.cancel()
            assert len(loop._heap) < 50
        await asyncio.sleep(20)

    with asyncio.Runner(loop_factory=_Quick) as runner:
        runner.run(main())
    assert sorted(fired) == [*range(0, 1000, 100)]


def test_nothing_is_called_on_a_loop_that_is_closed() -> None:
    loop = QuickLoop()
    loop.close()
    for ask in (loop.call_soon, lambda what: loop.call_later(1, what)):
        with pytest.raises(RuntimeError, match="closed"):
            ask(print)

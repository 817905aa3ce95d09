"""Virtual time: exact, and free."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from functools import partial
from unittest.mock import patch

import pytest

from dnstrace.clock import NothingToWaitFor, VirtualLoop, import_meanwhile, run, run_real
from tests import unhurried


def test_sleeping_takes_virtual_time_only_and_sums_exactly() -> None:
    async def main() -> float:
        for _ in range(1000):
            await asyncio.sleep(0.1)
        return asyncio.get_running_loop().time()

    assert run(main()) == 100.0


def test_side_by_side_waits_take_the_longest() -> None:
    async def main() -> float:
        await asyncio.gather(*(asyncio.sleep(delay) for delay in (3, 1, 2)))
        return asyncio.get_running_loop().time()

    assert run(main()) == 3.0


def test_timeouts_fire_on_time() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await asyncio.sleep(86400)
        return asyncio.get_running_loop().time()

    assert run(main()) == 1.5


def test_waiting_for_nothing_is_an_error_not_a_hang() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(NothingToWaitFor):
        run(main())


def test_no_socket_is_opened() -> None:
    async def main() -> None:
        await asyncio.sleep(1)

    with patch("socket.socket", side_effect=AssertionError("a socket")), patch("socket.socketpair") as pair:
        run(main())
    assert not pair.called


def test_ctrl_c_cancels_and_is_passed_on() -> None:
    cancelled = []

    async def main() -> None:
        asyncio.get_running_loop().call_later(5, os.kill, os.getpid(), signal.SIGINT)
        try:
            for _ in range(100):
                await asyncio.sleep(1)
        except asyncio.CancelledError:
            cancelled.append(asyncio.get_running_loop().time())
            raise

    with pytest.raises(KeyboardInterrupt):
        run(main())
    assert cancelled and cancelled[0] < 100


def test_ctrl_c_lets_the_coroutine_return_what_it_has() -> None:
    async def main() -> str:
        asyncio.get_running_loop().call_later(1, os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "so far"
        return "all"

    before = signal.getsignal(signal.SIGINT)
    assert run(main()) == "so far"
    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_left_over_is_cancelled() -> None:
    ended = []

    async def left() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def main() -> None:
        task = asyncio.ensure_future(left())
        await asyncio.sleep(1)
        assert not task.done()

    run(main())
    assert ended == [True]


def test_durations_are_exact_where_floats_drift() -> None:
    async def main() -> list[float]:
        loop, times = asyncio.get_running_loop(), []
        for delay in (0.1, 0.2, 0.000001, 0.0125, 1e-9):
            await asyncio.sleep(delay)
            times.append(loop.time())
        return times

    assert run(main()) == [0.1, 0.3, 0.300001, 0.312501, 0.312501001]


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_real_time_is_on_a_loop_that_tells_when_a_socket_is_readable(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def own_loop() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    monkeypatch.setattr("sys.platform", platform)
    assert isinstance(run_real(own_loop()), asyncio.SelectorEventLoop)


def test_arrivals_of_one_moment_and_one_place_come_in_the_order_of_their_requests() -> None:
    """A record that was changed may have a place twice; futures cannot be compared."""
    seen: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        arrivals = [loop.arrival(5, place) for place in (1, 0, 1, 0)]
        for number, arrival in enumerate(arrivals):
            arrival.add_done_callback(partial(lambda number, _: seen.append(number), number))
        await asyncio.gather(*arrivals)

    run(main())
    assert seen == [1, 3, 0, 2]


def test_a_module_is_imported_meanwhile_where_a_run_need_not_be_repeated_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def imported() -> list[bool]:
        monkeypatch.delitem(sys.modules, "colorsys", raising=False)
        import_meanwhile("colorsys")
        at_once = "colorsys" in sys.modules
        await asyncio.sleep(1)
        return [at_once, "colorsys" in sys.modules]

    assert unhurried.run(imported()) == [False, True]
    assert run(imported()) == [False, False]

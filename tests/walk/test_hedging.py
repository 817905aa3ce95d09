"""Patience, where it is the program itself that is late."""

from __future__ import annotations

import asyncio

import pytest

from dnstrace.walk.hedging import first_of


class Busy(asyncio.SelectorEventLoop):
    """A loop whose clock goes on by `lost` seconds when the program is busy."""

    lost = 0.0

    def time(self) -> float:
        return super().time() + self.lost


@pytest.mark.parametrize("busy", [True, False])
def test_a_reply_that_came_while_the_program_was_busy_is_still_read(busy: bool) -> None:
    loop = Busy()

    async def read_late() -> str:
        """A reply that is there when patience ends, some turns of the loop from being read."""
        await out_of_patience.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        return "reply"

    def patience_ends() -> None:
        loop.lost += 60.0 * busy
        out_of_patience.set()

    async def run() -> bool:
        task = asyncio.ensure_future(read_late())
        loop.call_soon(patience_ends)
        found = await first_of([task], 0.0 if not busy else 30.0)
        task.cancel()
        return bool(found)

    out_of_patience = asyncio.Event()
    try:
        assert loop.run_until_complete(run()) is busy
    finally:
        loop.close()

"""Time-outs that do not mistake this program's own slowness for the network's silence.

On a busy machine one turn of the event loop can take a second. Whatever arrived in the meantime is ready to
be read, even though the clock says that the time is over. A time-out therefore takes effect only after the
loop has had another turn to read what is there, and a loop that noticed it late waits as long again as it was
late.

Nor may what has come keep the loop from noticing the time: of large replies, which take long to read, one is
read in each turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from dnstrace.clock import SteadyLoop

LATE = 0.02  # seconds by which a loop that keeps up may be late
MOST = 8  # times the seconds allowed: no time-out is put off for longer, however late the loop
LARGE = 4096  # octets of a reply that is read quickly, at most
_reading: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class FairTimer:
    """Calls `callback` after `seconds`; later if the loop itself was late, up to `MOST` times the seconds."""

    def __init__(self, seconds: float, callback: Callable[[], object]) -> None:
        self._callback, self._extension = callback, MOST * seconds
        self._handle: asyncio.Handle
        self._wait(seconds)

    def cancel(self) -> None:
        """Call nothing."""
        self._handle.cancel()

    def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds
        self._handle = loop.call_at(due, self._due, due)

    def _due(self, due: float) -> None:
        loop = asyncio.get_running_loop()
        late = min(loop.time() - due, self._extension)
        if late > LATE:
            self._extension -= late
            self._wait(late)
        else:  # after what this very turn found ready
            self._handle = loop.call_soon(self._callback)


class Patience:
    """`async with Patience(seconds)`: raises TimeoutError when a `FairTimer` of these seconds is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timeout = asyncio.timeout(None)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._timer = FairTimer(self._seconds, self._over)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        del self._timer  # it calls this back: nothing should be left for the garbage collector
        await self._timeout.__aexit__(kind, error, trace)

    def _over(self) -> None:
        self._timeout.reschedule(asyncio.get_running_loop().time())


async def in_its_turn(wire: bytes) -> bytes:
    """The octets of a reply when it is their turn to be read, where a run need not be repeated exactly."""
    loop = asyncio.get_running_loop()
    if len(wire) > LARGE and not isinstance(loop, SteadyLoop):
        async with _reading.setdefault(loop, asyncio.Lock()):
            await asyncio.sleep(0)
    return wire

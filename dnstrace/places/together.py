"""All places side by side: each is reached, asked and listened to while the others are, until a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from dnstrace.model import Trace
from dnstrace.model.places import Failure, Place, Stage
from dnstrace.model.structs import Struct
from dnstrace.model.tracing import Tracing
from dnstrace.network.recording import Course
from dnstrace.places.asking import Request, traced_again, tracing_there
from dnstrace.places.session import Session, Unreachable, session
from dnstrace.record.files import RecordError

REACH = 15.0
"""Seconds for reaching a place; what is left of them is for sending the trace back."""


def reach_within(deadline: float) -> float:
    """The seconds for reaching a place where each trace has `deadline` seconds: no more than that."""
    return min(REACH, deadline)


OnStage = Callable[[Place, Stage], None]


class Sent(Struct):
    """What a place sent, traced again here.

    `course` is what it saw of the network, `tracing` how the trace was made, `by` what traced there.
    """

    place: Place
    trace: Trace
    course: Course
    tracing: Tracing
    by: str = ""


Came = Sent | Failure
OnCame = Callable[[Came], None]


class Together:
    """Places that are being reached, and traced from as soon as they are."""

    def __init__(
        self, reached: dict[Place, asyncio.Task[Session | Failure]], on_stage: OnStage, reach: float
    ) -> None:
        self._reached, self._on_stage, self._reach = reached, on_stage, reach

    async def trace(self, request: Request, on_came: OnCame) -> None:
        """Trace from every place; the result of each is given to `on_came` at once."""
        loop = asyncio.get_running_loop()
        until = loop.time() + request.tracing.bounds.deadline + self._reach

        async def one(place: Place) -> None:
            found = await self._one(place, request, until)
            self._on_stage(place, Stage("failed" if isinstance(found, Failure) else "done"))
            on_came(found)

        async with asyncio.TaskGroup() as group:
            for place in self._reached:
                group.create_task(one(place))

    async def _one(self, place: Place, request: Request, until: float) -> Came:
        try:
            async with asyncio.timeout_at(until):
                found = await asyncio.shield(self._reached[place])
                if isinstance(found, Failure):
                    return found
                octets = await found.trace(request)
                trace, record = await asyncio.to_thread(traced_again, octets, request)
        except TimeoutError:
            waited = request.tracing.bounds.deadline + self._reach
            return Failure(place, f"sent no trace within {waited:g} s")
        except Unreachable as error:
            return Failure(place, str(error))
        except RecordError as error:
            return Failure(place, f"sent a record that {error}")
        return Sent(place, trace, record.course, tracing_there(record, request), found.by)


@asynccontextmanager
async def together(
    places: Sequence[Place], on_stage: OnStage, reach: float = REACH
) -> AsyncIterator[Together]:
    """Reach all places side by side; `on_stage` is called with how far each is. Afterwards all are left."""
    async with AsyncExitStack() as stack:
        tasks = {place: asyncio.ensure_future(_reached(place, reach, on_stage, stack)) for place in places}
        try:
            yield Together(tasks, on_stage, reach)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _reached(place: Place, reach: float, on_stage: OnStage, stack: AsyncExitStack) -> Session | Failure:
    try:
        return await stack.enter_async_context(session(place, reach, lambda stage: on_stage(place, stage)))
    except Unreachable as error:
        return Failure(place, str(error))

"""Places that send what a world of the lab shows, or nothing, in the place of processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dnstrace.cli.places import many, run
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model.places import Failure, Place, Stage
from dnstrace.network.recording import RecordingNetwork
from dnstrace.places.asking import Request
from dnstrace.places.together import Came, Sent

STOPPED = "stopped"
"""In place of a world: the user stops the run when this place comes."""
FROM = ("--from", "here", "--from", "ssh://tokyo", "--from", "ssh://office")


class _Acting:
    def __init__(self, places: Sequence[Place], worlds: dict[str, str], on_stage: Any) -> None:
        self._places, self._worlds, self._on_stage = places, worlds, on_stage

    async def trace(self, request: Request, on_came: Callable[[Came], None]) -> None:
        import asyncio

        for place in self._places:
            self._on_stage(place, Stage("tracing", "com", 3))
            if self._worlds.get(place.name) == STOPPED:
                raise KeyboardInterrupt
            on_came(await asyncio.to_thread(self._came, place, request))

    def _came(self, place: Place, request: Request) -> Came:
        from dnstrace.api import trace

        if (world := self._worlds.get(place.name)) is None:
            return Failure(place, "ended with status 255: no\x1b[2J")
        network = RecordingNetwork(LabNetwork(load(world)))
        asked = request.question
        found = trace(asked.name, asked.rdtype, tracing=request.tracing, network=network)
        return Sent(place, found, network.course, request.tracing, "dnstrace 9.9")


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let places, by their names, have these worlds; others send no trace."""

    def act(**worlds: str) -> None:
        @asynccontextmanager
        async def together(places: Sequence[Place], on_stage: Any, *_: Any) -> AsyncIterator[_Acting]:
            yield _Acting(places, worlds, on_stage)

        for module in (run, many):
            monkeypatch.setattr(module, "together", together)

    return act

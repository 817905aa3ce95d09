from __future__ import annotations

import asyncio

from dnstrace.model.places import Failure, Place, Stage, Way
from dnstrace.places.together import REACH, Came, reach_within, together
from tests.places.lab import request

NOWHERE = Place("command:no-such-command", Way.COMMAND, words=("no-such-command",))
FALSE = Place("command:false", Way.COMMAND, words=("false",))


def test_each_place_comes_once_and_a_second_request_finds_it_as_it_was() -> None:
    came: list[Came] = []
    stages: list[tuple[Place, Stage]] = []

    async def run() -> None:
        async with together([NOWHERE, FALSE], lambda *each: stages.append(each)) as there:
            await there.trace(request(), came.append)
            await there.trace(request(), came.append)

    asyncio.run(run())
    assert sorted(each.place.name for each in came) == [
        "false",
        "false",
        "no-such-command",
        "no-such-command",
    ]
    assert all(isinstance(each, Failure) for each in came)
    assert {place for place, stage in stages if stage.doing == "failed"} == {NOWHERE, FALSE}


def test_no_place_is_waited_for_longer_than_a_trace_may_take() -> None:
    assert (reach_within(3), reach_within(60)) == (3, REACH)

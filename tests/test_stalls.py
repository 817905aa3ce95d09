"""A busy machine finds the same as another: checks over real sockets on a loop that stalls."""

from __future__ import annotations

import asyncio

import pytest

from dnstrace import Trace, trace_async
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.serve import Mapped, loopback, serve
from dnstrace.lab.world import load
from dnstrace.model import Settings
from dnstrace.model.limits import Limits
from dnstrace.network.live import LiveNetwork
from tests import stalling

HASTY = Settings(all_servers=True, probe=True, families=frozenset({4, 6}), timeout=0.9, tries=1)
CHANCE = 0.05  # that a turn of the loop stalls
PATIENT = Limits(max_queries=2000, octets=2**21, deadline=10_000.0, lookups=256)


def checked(name: str, chance: float, seed: int = 0) -> tuple[Trace, int]:
    """A world checked over real sockets, and the number of stalls."""
    world = load(name)
    places, question = loopback(world), world.question

    async def check() -> tuple[Trace, int]:
        async with serve(world, places, signed=True):
            found = await trace_async(
                question.name,
                question.rdtype,
                network=Mapped(LiveNetwork(), places),
                settings=HASTY,
                limits=PATIENT,
                anchors=parse_anchors(world.anchors_text, name),
                now=world.now,
                seed=1,
            )
        loop = asyncio.get_running_loop()
        assert isinstance(loop, stalling.StallingLoop)
        return found, loop.stalls

    return stalling.run(check(), chance, seed)


def findings(trace: Trace) -> set[str]:
    return {f"{each.code} {each.zone} {each.server}" for each in trace.findings or ()}


@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", ["dnssec-good", "lame", "no-tcp"])
def test_a_check_on_a_loop_that_stalls_finds_the_same(name: str, seed: int) -> None:
    steady, stalls = checked(name, 0.0)
    assert stalls == 0
    stalled, stalls = checked(name, CHANCE, seed)
    assert stalls > 3
    assert findings(stalled) == findings(steady)
    assert stalled.outcome is steady.outcome

"""`--check` finds in each world of the lab exactly what its file says, whatever the seed."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dnstrace import Trace, trace
from dnstrace.checks import Finding
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, names
from dnstrace.model import Settings
from dnstrace.model.anchors import Anchors
from dnstrace.model.asked import Resolver

SEEDS = range(3)
DECLARED = [name for name in names() if load(name).expect.findings is not None]


def checked(world: World, seed: int = 0, anchors: Anchors | None = None, at: float | None = None) -> Trace:
    """A trace of the world's question with `--check`, from the world's own anchors and as of its own time."""
    question = world.question
    return trace(
        question.name,
        question.rdtype,
        settings=Settings(all_servers=True, probe=True, families=frozenset({4, 6})),
        network=LabNetwork(world, signed=True),
        anchors=anchors or parse_anchors(world.anchors_text, world.name),
        resolvers=[Resolver(address) for address in world.resolvers],
        at=at,
        now=world.now,
        seed=seed,
    )


def told(findings: Iterable[Finding]) -> list[str]:
    """The findings as a world's file has them: code, zone, server."""
    each = (
        (finding.code, *(str(name) for name in (finding.zone, finding.server) if name is not None))
        for finding in findings
    )
    return sorted(" ".join(words) for words in each)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", DECLARED)
def test_a_world_has_exactly_the_findings_that_it_declares(name: str, seed: int) -> None:
    world = load(name)
    assert told(checked(world, seed).findings or ()) == sorted(world.expect.findings or ())

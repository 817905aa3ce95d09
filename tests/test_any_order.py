"""Whatever the order of the records in a reply, and of the replies, a trace comes to the same.

test_chance.py holds the same of checks.
"""

from __future__ import annotations

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model.limits import limits_for
from tests.reordered import Reordered

BY_CHANCE = {
    "answers-agree",
    "answers-chosen",
    "answers-differ",
    "answers-stale",
    "any-sparse",
    "hosts-mixed",
    "moved-with-old-ns",
    "soa-serial-reset",
    "zone-version",
}
"""The worlds whose servers do not agree, so that it matters which one answers first."""


def traced(name: str, seed: int | None, settings: Settings) -> Trace:
    """A trace of a world's question; its replies are reordered by `seed`, if there is one."""
    world = load(name)
    network = LabNetwork(world, signed=True)
    return trace(
        world.question.name, world.question.rdtype, now=world.now, seed=1, settings=settings,
        network=network if seed is None else Reordered(network, seed), limits=limits_for(settings),
        anchors=parse_anchors(world.anchors_text, name) if world.anchors_text else None,
    )  # fmt: skip


def result(found: Trace) -> object:
    judged = found.judgement
    return (
        found.outcome, found.rcode, None if judged is None else judged.security,
        {(rrset.name, rrset.rdtype, rrset.covers, frozenset(rrset)) for rrset in found.answer},
    )  # fmt: skip


@pytest.mark.share(6)
@pytest.mark.seeds(8)
@pytest.mark.parametrize("name", [name for name in names() if name not in BY_CHANCE])
def test_a_walk_ends_in_the_same_whatever_the_order(name: str, seed: int) -> None:
    assert result(traced(name, seed, Settings())) == result(traced(name, None, Settings()))

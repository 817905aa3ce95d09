"""What all paths lead to: shares of the whole, each at the step and the servers that end it."""

from __future__ import annotations

from fractions import Fraction

from dnstrace import Settings, trace
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model.paths import Share


def shares(world: str) -> tuple[Share, ...]:
    found = load(world)
    how = Settings(all_servers=True)
    made = trace(found.question.name, "A", network=LabNetwork(found), now=found.now, seed=1, settings=how)
    return report(made).shares


def test_they_are_exact_and_make_a_whole() -> None:
    found = shares("lame")
    assert sum((each.share for each in found), Fraction(0)) == 1
    assert len(found) > 1 and found[0].share >= found[-1].share
    assert not all(each.meaning.usable for each in found)
    assert all(each.servers and each.step > 0 for each in found)

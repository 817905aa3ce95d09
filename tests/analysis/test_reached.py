from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace import trace
from dnstrace.analysis.caching import life
from dnstrace.analysis.reached import delegation_reached, last_step, zone_reached
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Trace
from tests.render import traces


def in_the_lab(world: str, rdtype: str = "A") -> Trace:
    loaded = load(world)
    return trace(loaded.question.name, rdtype, network=LabNetwork(loaded), seed=1)


@pytest.mark.parametrize("world", ["textbook", "nxdomain", "alias", "silent"])
def test_the_delegation_is_that_of_the_zone_reached(world: str) -> None:
    found = in_the_lab(world)
    cut = delegation_reached(found)
    assert cut is not None and cut.servers and cut.zone == zone_reached(found)


def test_a_zone_that_is_served_with_its_parent_has_no_referral() -> None:
    found = in_the_lab("parent-and-child", "MX")
    step = last_step(found)
    assert step is not None and zone_reached(found) != step.zone
    assert delegation_reached(found) is None


def test_before_the_first_step_nothing_is_reached() -> None:
    empty = replace(traces.plain(), steps=(), outcome=None, answer=())
    assert (last_step(empty), zone_reached(empty), delegation_reached(empty), life(empty)) == (None,) * 4

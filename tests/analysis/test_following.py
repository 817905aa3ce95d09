"""Which step follows from which, in worlds of the lab."""

from __future__ import annotations

import pytest

from dnstrace.analysis.following import by_zone, continues, follows_alias, is_needed_by
from dnstrace.model import Purpose
from tests.checks.checking import walked


@pytest.mark.parametrize("world", ["textbook", "alias", "alias-chain", "dname", "deep", "missing-glue"])
def test_a_step_follows_from_its_parent_in_one_way(world: str) -> None:
    trace = walked(world)
    for step in trace.steps:
        if step.parent is not None:
            before = trace.steps[step.parent - 1]
            ways = [follows(before, step) for follows in (continues, follows_alias, is_needed_by)]
            assert sum(ways) == 1, (before.id, step.id)
            assert ways[2] == (
                step.purpose not in (Purpose.WALK, Purpose.ALIAS) and not ways[0] and not ways[1]
            )


def test_a_walk_is_a_run_of_zones() -> None:
    walk = [step for step in walked("deep").steps if step.purpose is Purpose.WALK]
    assert [len(steps) for steps in by_zone(walk)] == [1] * 13

"""`--check` finds in each world of the lab exactly what its file says, whatever the seed."""

from __future__ import annotations

import pytest

from dnstrace.checks import CATALOGUE
from dnstrace.lab.world import load, names
from tests.checks.checking import checked, told

DECLARED = [name for name in names() if load(name).expect.findings is not None]


@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", DECLARED)
def test_a_world_has_exactly_the_findings_that_it_declares(name: str, seed: int) -> None:
    world = load(name)
    found = checked(world, seed).findings or ()
    assert told(found) == sorted(world.expect.findings or ())
    rules = [(each, CATALOGUE[each.code]) for each in found]
    assert [each for each, rule in rules if each.level not in (rule.level, *rule.also)] == []

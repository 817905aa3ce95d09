"""`--check` finds in each world of the lab exactly what its file says, whatever the seed."""

from __future__ import annotations

import pytest

from dnstrace.lab.world import load, names
from tests.checks.checking import checked, told

DECLARED = [name for name in names() if load(name).expect.findings is not None]


@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", DECLARED)
def test_a_world_has_exactly_the_findings_that_it_declares(name: str, seed: int) -> None:
    world = load(name)
    assert told(checked(world, seed).findings or ()) == sorted(world.expect.findings or ())

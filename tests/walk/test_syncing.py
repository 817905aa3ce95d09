"""When CSYNC records are asked for: never where parent and zone agree, and else once of each name server."""

from __future__ import annotations

from collections import Counter

import pytest

from dnstrace.model import Probe
from tests.checks.checking import checked_by_name


@pytest.mark.parametrize("world", ["dnssec-good", "textbook", "dnssec-cds", "in-domain", "deleg"])
def test_nothing_is_asked_where_parent_and_zone_agree(world: str) -> None:
    assert not [step for step in checked_by_name(world).steps if step.probe is Probe.CSYNC]


@pytest.mark.parametrize("world", ["csync", "csync-glue", "parent-child-differ"])
def test_where_they_differ_each_name_server_is_asked_once(world: str) -> None:
    steps = [step for step in checked_by_name(world).steps if step.probe is Probe.CSYNC]
    asked = Counter(attempt.server for step in steps for attempt in step.attempts)
    assert asked and set(asked.values()) == {1}

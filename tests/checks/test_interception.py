"""Interception: judged before any zone is blamed."""

from __future__ import annotations

import pytest

from dnstrace import trace
from dnstrace.checks import findings
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from tests.checks.documented import assert_fires, checked_world

RULES = [
    ("intercepted", "intercepted", "textbook"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_where_queries_are_intercepted_no_zone_is_blamed() -> None:
    trace = checked_world("intercepted")
    assert [finding.code for finding in trace.findings or ()] == ["intercepted"]


def test_a_resolver_as_the_starting_server_is_not_an_interception() -> None:
    found = trace("www.example.com", network=LabNetwork(load("intercepted")), server="198.41.0.4", seed=1)
    assert [finding.code for finding in findings(found)] == ["lame-server"]

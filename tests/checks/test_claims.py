"""Every anomaly of every world is explained by a finding, or harmless by a reason that has a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.checks.claims import unclaimed
from dnstrace.checks.evidence import Evidence
from dnstrace.lab.world import load, names
from tests.checks.checking import checked
from tests.checks.documented import checked_world

DECLARED = [name for name in names() if load(name).expect.findings is not None]
EXPLAINED = [
    name for name in DECLARED if not any("unexplained" in each for each in load(name).expect.findings or ())
]


@pytest.mark.share(4)
@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", EXPLAINED)
def test_no_world_has_an_anomaly_that_nobody_claims(name: str, seed: int) -> None:
    trace = checked(load(name), seed)
    assert not unclaimed(Evidence(trace), trace.findings or ())


@pytest.mark.parametrize("name", ["servfail", "answers-differ", "silent", "no-edns", "ent-nxdomain"])
def test_without_findings_the_anomalies_are_left(name: str) -> None:
    trace = checked_world(name)
    assert unclaimed(Evidence(trace), ())


def test_a_finding_claims_nothing_of_another_zone_or_server() -> None:
    trace = checked_world("servfail")
    (finding,) = (each for each in trace.findings or () if each.code == "fails")
    elsewhere = load("servfail").servers[0].name
    for other in (replace(finding, zone=elsewhere), replace(finding, server=elsewhere)):
        assert unclaimed(Evidence(trace), (other,))
    assert not unclaimed(Evidence(trace), (finding, *(f for f in trace.findings or () if f is not finding)))

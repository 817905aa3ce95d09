"""What there is about a zone cut: the steps that a rule may look at, and what else."""

from __future__ import annotations

import pytest

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.reads import EVERYTHING
from dnstrace.model import Probe, Purpose
from tests.checks.documented import checked_world


@pytest.mark.parametrize("world", ["textbook", "dnssec-good", "parent-child-differ", "alias-chain"])
def test_all_that_a_cut_is_made_of_is_about_it(world: str) -> None:
    for cut in Evidence(checked_world(world)).cuts:
        about = {step.id for step in cut.steps}
        asked = {step.id for probe in Probe for step in cut.probe_steps(probe)}
        assert about >= asked | {step.id for step in cut.walked} | {each.step.id for each in cut.referrals}


def test_steps_elsewhere_are_noted_only_where_there_are_some() -> None:
    evidence = Evidence(checked_world("textbook"))
    for cut in evidence.cuts:
        found, read = evidence.reads.during(lambda cut=cut: cut.anywhere(Probe.ELSEWHERE))  # type: ignore[misc]
        assert not found and EVERYTHING not in read
        found, read = evidence.reads.during(lambda cut=cut: cut.anywhere(Purpose.WALK))  # type: ignore[misc]
        assert found and EVERYTHING in read

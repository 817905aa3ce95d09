"""Who needs to act is said once, and left out where another line says it."""

from __future__ import annotations

import pytest

from dnstrace.lab.world import names
from dnstrace.model.jobs import with_job, without_job
from tests.checks.checking import checked_by_name
from tests.replies import name


@pytest.mark.parametrize("zone", [".", "example.com.", r"a\;\032the\032operator\032of\032b.example."])
@pytest.mark.parametrize("reason", ["", "the DS record does not match; the keys differ"])
def test_what_was_added_can_be_left_out(zone: str, reason: str) -> None:
    said = with_job(reason, name(zone), "sign it again")
    assert said.endswith(" needs to sign it again") and without_job(said) == without_job(reason) == reason


@pytest.mark.share(4)
@pytest.mark.parametrize("world", [each for each in names() if each.startswith("dnssec-")])
def test_no_reason_of_a_judgement_says_it_in_another_way(world: str) -> None:
    judgement = checked_by_name(world).judgement
    reasons = [] if judgement is None else [each.reason for each in judgement.steps.values()]
    assert [each for each in reasons if "needs to" in without_job(each)] == []

"""Every error says who can fix it and how, in words and as a value."""

from __future__ import annotations

import pytest

from dnstrace.api.changes import records_of
from dnstrace.lab.world import load, names
from dnstrace.model.findings import Blame, Finding
from tests.checks.checking import checked_by_name

DECLARED = [name for name in names() if load(name).expect.findings]


def findings(name: str) -> tuple[Finding, ...]:
    return checked_by_name(name).findings or ()


@pytest.mark.share(4)
@pytest.mark.parametrize("name", DECLARED)
def test_every_error_has_a_fix_and_somebody_to_do_it(name: str) -> None:
    for finding in findings(name):
        if finding.is_error:
            assert finding.cure and finding.remedy is not None and finding.blame is not Blame.NOBODY, finding


@pytest.mark.share(4)
@pytest.mark.parametrize("name", DECLARED)
def test_a_remedy_is_for_whom_the_finding_is_for_and_of_records(name: str) -> None:
    for finding in findings(name):
        if finding.remedy is not None:
            assert finding.remedy.who is finding.blame
            list(records_of(finding.remedy))
            whole = (*finding.remedy.add, *finding.remedy.change)
            assert set(finding.records) <= set(whole) or not whole


@pytest.mark.share(4)
@pytest.mark.parametrize("name", DECLARED)
def test_every_fix_was_rehearsed_or_says_why_not(name: str) -> None:
    for finding in findings(name):
        assert bool(finding.cure) is bool(finding.rehearsed or finding.unrehearsed), finding
        assert not (finding.rehearsed and finding.unrehearsed)

"""What is added to "the rules found nothing wrong"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.analysis.paths import shares
from dnstrace.checks.conclusions.reservations import reservation
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import load, names
from dnstrace.model import Kind, Meaning, Outcome
from tests.checks.checking import checked
from tests.checks.documented import checked_world

CLEAN = [name for name in names() if load(name).expect.findings == ()]


ALIKE_IN_OTHER_WAYS = {"child-on-one", "grandparent-hosts", "any-sparse"}
"""Some of the paths are a zone longer; to ANY each server replies with what it likes (RFC 8482)."""


@pytest.mark.share(4)
@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", CLEAN)
def test_without_findings_all_paths_end_alike_and_every_server_was_heard(name: str, seed: int) -> None:
    trace = checked(load(name), seed)
    assert not reservation(Evidence(trace))
    assert len(shares(trace.steps)) == 1 or name in ALIKE_IN_OTHER_WAYS


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("silent", "50% of the paths have another end and 1 of 2 name servers of example.com was not heard"),
        ("all-silent", "the question got no answer and 2 of 2 name servers of example.com were not heard"),
        ("answers-differ", "50% of the paths have another end"),
        ("in-domain", ""),
    ],
)
def test_it_says_what_was_not_seen(name: str, words: str) -> None:
    assert reservation(Evidence(checked_world(name))) == words


def test_a_trace_that_did_not_end_says_so() -> None:
    trace = checked_world("in-domain")
    for stopped in (replace(trace, interrupted=True), replace(trace, outcome=None)):
        assert "stopped" in reservation(Evidence(stopped))
    assert "got no answer" in reservation(Evidence(replace(trace, outcome=Outcome.FAILED)))
    lost = replace(trace.steps[-1].attempts[0], meaning=Meaning(Kind.NOT_RECORDED))
    lacking = (*trace.steps[:-1], replace(trace.steps[-1], limited=True, attempts=(lost,), chosen=None))
    assert "the record lacks replies" in reservation(Evidence(replace(trace, steps=lacking)))
    limited = (replace(trace.steps[0], limited=True), *trace.steps[1:])
    assert "limit" in reservation(Evidence(replace(trace, steps=limited)))

"""Whether the time of a check is wrong, and not the signatures."""

from __future__ import annotations

import pytest

from dnstrace.checks.clock import wrong_time
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.signing import Trouble
from dnstrace.checks.verdict import verdict
from dnstrace.lab.world import load
from dnstrace.model.findings import Blame
from tests.checks.checking import checked
from tests.checks.documented import checked_world

DAY = 86400


@pytest.mark.parametrize(
    ("days", "trouble", "said"),
    [(-60, Trouble.EARLY, "the first is valid from"), (60, Trouble.EXPIRED, "the last expired at")],
)
def test_no_operator_is_blamed_where_no_signature_of_any_zone_is_valid(
    days: int, trouble: Trouble, said: str
) -> None:
    world = load("dnssec-good")
    trace = checked(world, at=world.now.timestamp() + days * DAY)
    assert wrong_time(Evidence(trace)) is trouble
    (found,) = trace.findings or ()
    assert found.code == "chain-broken" and found.blame is Blame.NOBODY and "--at" in found.cure
    text = verdict(trace)
    assert text is not None and said in text.text and text.text.startswith("the time of this check is wrong")


@pytest.mark.parametrize("world", ["dnssec-good", "dnssec-expired", "dnssec-not-yet-valid", "textbook"])
def test_the_time_is_right_where_any_signature_is_valid(world: str) -> None:
    assert wrong_time(Evidence(checked_world(world))) is None

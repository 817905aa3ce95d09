"""Whether the time of a check is wrong, and not the signatures."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace import Trace
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.checks.readings import clock
from dnstrace.checks.readings.clock import wrong_time
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.signing import Trouble
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.world import load
from dnstrace.model import ROOT
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of
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


YEARS = {"algorithm": 13, "valid": [-400, 800]}
AHEAD = {"algorithm": 13, "valid": [-100, -30]}


def clocked(**zones: dict[str, Any]) -> Trace:
    """A trace of a private tree, in which the zones are signed so, by the clock of this machine."""
    signs = {"root": ".", "com": "com.", "example": "example.com."}
    return checked(made_of("_signed", zones={signs[key]: {"sign": sign} for key, sign in zones.items()}))


@pytest.mark.parametrize("example", [AHEAD, YEARS], ids=["all expired", "one is valid for years"])
def test_a_private_tree_that_has_expired_is_not_taken_for_a_wrong_clock(example: dict[str, Any]) -> None:
    """Nobody can know: neither the clock nor an operator is blamed, and both are named."""
    (found,) = clocked(root=AHEAD, com=AHEAD, example=example).findings or ()
    assert found.code == "chain-broken" and found.blame is Blame.NOBODY
    assert "either that time is wrong, or these zones were not signed again in time" in found.message
    assert "another clock" in found.cure and "sign the root zone" in found.cure
    assert ("example.com" in found.message) is (example is AHEAD)


def test_what_was_signed_after_the_root_expired_shows_that_it_did() -> None:
    fresh = {"algorithm": 13, "valid": [-7, 800]}
    found = clocked(root=AHEAD, com=AHEAD, example=fresh).findings or ()
    assert {each.code for each in found} == {"signature-expired"}
    assert ROOT in {each.zone for each in found} and all(each.blame is Blame.HOST for each in found)


def test_the_public_root_does_not_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    world = made_of("_signed", zones={".": {"sign": AHEAD}})
    monkeypatch.setattr(clock, "root_anchors", lambda: parse_anchors(world.anchors_text, "a test"))
    (found,) = clocked(root=AHEAD, com=AHEAD, example=YEARS).findings or ()
    assert found.message.startswith("the time of this check is wrong: at")
    assert found.cure == "set the clock of this machine"


@pytest.mark.parametrize("world", ["dnssec-good", "dnssec-expired", "dnssec-not-yet-valid", "textbook"])
def test_the_time_is_right_where_any_signature_is_valid(world: str) -> None:
    assert wrong_time(Evidence(checked_world(world))) is None


def test_a_private_tree_that_is_not_valid_yet_was_perhaps_signed_by_a_wrong_clock() -> None:
    early = {"algorithm": 13, "valid": [30, 100]}
    (found,) = clocked(root=early, com=early, example=early).findings or ()
    assert "either that time is wrong, or the clock by which they were signed is" in found.message

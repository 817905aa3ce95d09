"""Rules on which records a zone denies with, and with which parameters."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.checks import Level
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.rules import denial_kinds
from tests.checks.documented import assert_fires, checked_world, found

RULES = [
    ("denial-mixed", "dnssec-denial-mixed", "dnssec-nsec3-nodata"),
    ("denial-mixed", "dnssec-denial-against-parameters", "dnssec-nsec3param-unknown"),
    ("denial-mixed", "dnssec-denial-twice", "dnssec-type-list-short"),
    ("nsec3-unknown", "dnssec-nsec3param-unknown", "dnssec-nsec3param-multiple"),
    ("nsec3param-multiple", "dnssec-nsec3param-multiple", "dnssec-opt-out"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("code", "world", "level", "says"),
    [
        ("denial-mixed", "dnssec-denial-mixed", Level.NOTICE, "uses NSEC on ns1.example.com"),
        ("denial-mixed", "dnssec-denial-against-parameters", Level.WARNING, "has an NSEC3PARAM record"),
        ("denial-mixed", "dnssec-denial-twice", Level.WARNING, "has 2 NSEC records at www.example.com"),
        ("nsec3-unknown", "dnssec-nsec3param-unknown", Level.WARNING, "with hash algorithm 2 and flags 0"),
        ("nsec3param-multiple", "dnssec-nsec3param-multiple", Level.NOTICE, "has 2 NSEC3PARAM records"),
    ],
)
def test_what_differs_is_said(code: str, world: str, level: Level, says: str) -> None:
    (finding,) = found(code, world)
    assert finding.level is level and says in finding.message
    if code == "denial-mixed":  # servers that differ may be those of several signers
        assert finding.cure.startswith("load the same" if level is Level.NOTICE else "sign the whole")


def test_one_server_that_denies_in_both_ways_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Evidence(checked_world("dnssec-denial-mixed")).cut(dns.name.from_text("example.com."))
    assert cut is not None
    kinds = {kind: reply for each in denial_kinds._kinds_shown(cut).values() for kind, reply in each.items()}
    assert len(kinds) == 2

    def at_one(cut: Cut) -> denial_kinds.Shown:
        return {"192.0.2.53": kinds}

    monkeypatch.setattr(denial_kinds, "_kinds_shown", at_one)
    (observed,) = denial_kinds.denial_mixed(cut)
    assert observed.level is None and "with NSEC as well as with NSEC3" in observed.message

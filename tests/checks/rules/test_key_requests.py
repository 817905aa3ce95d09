"""Rules on what CDS and CDNSKEY records ask for."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.checks import Level
from dnstrace.lab import plan
from dnstrace.lab.world import read
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("cds-unusable", "dnssec-cds-differs", "dnssec-cds"),
    ("cds-unusable", "dnssec-cds-mixed", "dnssec-cds-delete"),
    ("cds-unusable", "dnssec-cds-idle-key", "dnssec-cds-alone"),
    ("cds-unusable", "dnssec-cds-standby", "dnssec-island"),
    ("cds-alone", "dnssec-cds-alone", "dnssec-cds-one"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("world", "level", "says"),
    [
        ("dnssec-cds-differs", Level.WARNING, "name key 61983, which the zone does not have"),
        ("dnssec-cds-mixed", Level.WARNING, "ask for no DS record, and for DS records at the same time"),
        ("dnssec-cds-idle-key", Level.WARNING, "name key 59920, which does not sign the zone's keys"),
        ("dnssec-cds-standby", Level.NOTICE, "name key 61983, which the zone does not have"),
    ],
)
def test_it_is_a_warning_where_a_parent_that_follows_would_break_the_zone(
    world: str, level: Level, says: str
) -> None:
    (finding,) = found("cds-unusable", world)
    assert finding.level is level and says in finding.message
    assert finding.message.startswith("the CDS and CDNSKEY records of example.com")
    standby = level is Level.NOTICE  # its DS record may be published before the key
    assert finding.cure.startswith("unless they name a key that is yet to be introduced, ") is standby


@pytest.mark.parametrize("world", ["dnssec-cds-mixed", "dnssec-cds-differs"])
def test_whoever_asks_for_both_may_mean_to_have_no_ds_record(world: str) -> None:
    (finding,) = found("cds-unusable", world)
    unsigned = "; or, if the zone is to become unsigned, publish only those that ask for no DS record"
    assert finding.cure.endswith(unsigned) is (world == "dnssec-cds-mixed") and finding.records


def test_a_key_without_the_sep_flag_is_not_called_a_secure_entry_point() -> None:
    (finding,) = found("cds-unusable", "dnssec-cds-idle-key")
    assert "is not marked as a secure entry point" in finding.message


def test_the_lone_type_is_named() -> None:
    (finding,) = found("cds-alone", "dnssec-cds-alone")
    assert finding.level is Level.NOTICE
    assert finding.message.startswith(
        "example.com has CDS records but no CDNSKEY records, on ns1.example.com"
    )


def test_right_records_are_not_generated_again_where_only_another_key_signs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Signers that take them for data sign them with the key for data (RFC 7344 section 4.1)."""
    added = read("dnssec-cds")["zones"]["example.com."]["add"]
    monkeypatch.setattr(plan, "_OF_KEYS", frozenset({dns.rdatatype.DNSKEY}))
    made = checked(made_of("_signed", zones={"example.com.": {"add": added}}))
    (finding,) = [each for each in made.findings or () if each.code == "cds-unusable"]
    assert finding.level is Level.NOTICE and not finding.records
    assert finding.cure == (
        "sign the CDS and CDNSKEY records of example.com with key 33677, which com has a DS record for"
    )

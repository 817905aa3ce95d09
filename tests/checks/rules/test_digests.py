"""The rule on DS records whose digest does not fit."""

from __future__ import annotations

import pytest

from dnstrace.checks import Level
from dnstrace.lab.world import read
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("ds-digest-wrong", "dnssec-wrong-digest", "dnssec-digests"),
    ("ds-digest-wrong", "dnssec-digest-wrong-sha1-right", "dnssec-ds-stale"),
    ("ds-digest-wrong", "dnssec-digest-left-over", "dnssec-ds-short"),
    ("ds-digest-wrong", "dnssec-digest-strongest-wrong", "dnssec-unknown-digest"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("world", "level"),
    [
        ("dnssec-wrong-digest", Level.ERROR),
        ("dnssec-digest-wrong-sha1-right", Level.ERROR),
        ("dnssec-digest-strongest-wrong", Level.ERROR),  # with harden-algo-downgrade
        ("dnssec-digest-left-over", Level.WARNING),
    ],
)
def test_it_is_an_error_where_a_validator_finds_no_key(world: str, level: Level) -> None:
    (finding,) = found("ds-digest-wrong", world)
    assert (finding.level, finding.blame) == (level, Blame.REGISTRAR)


@pytest.mark.parametrize("world", [sick for _, sick, _ in RULES])
def test_the_right_records_replace_all_of_them_and_the_key_is_not_called_missing(world: str) -> None:
    (finding,) = found("ds-digest-wrong", world)
    (record,) = finding.records
    assert record.lower().endswith(
        " ds 33677 13 2 5f5e1f96af091f7d9c910ba5b789f2c1eaa1918e25e1374f7d0753ecb15ae559"
    )
    assert finding.remedy is not None and finding.remedy.change == finding.records
    assert str(finding.remedy.where) == "com."
    assert not found("ds-stale", world) and not found("ds-without-dnskey", world)


def test_a_sha1_record_that_fits_is_said_to_be_ignored() -> None:
    (finding,) = found("ds-digest-wrong", "dnssec-digest-wrong-sha1-right")
    assert finding.message == (
        "com has a DS record for key 33677 whose SHA-256 digest does not fit that key of example.com, and"
        " validators such as BIND ignore the SHA-1 record, which does fit"
    )


def test_the_zone_is_signed_before_its_ds_record_is_replaced_where_no_key_signs_the_keys() -> None:
    """The right DS record alone would leave the zone bogus."""
    zone = {"sign": {"broken": ["ds-digest", "unsigned=@ DNSKEY"]}}
    trace = checked(made_of("_signed", zones={"example.com.": zone}))
    (finding,) = [each for each in trace.findings or () if each.code == "ds-digest-wrong"]
    assert finding.blame is Blame.HOST and not finding.records
    assert finding.cure.startswith("sign example.com again, ") and "then replace its DS" in finding.cure


def test_the_ds_record_of_a_key_that_is_yet_to_come_stays() -> None:
    other = "example DS 12345 13 2 " + "0123456789abcdef" * 4 + "\n"
    own = read("dnssec-digest-left-over")["zones"]["com."]["add"]
    trace = checked(made_of("_signed", zones={"com.": {"add": own + other}}))
    (finding,) = [each for each in trace.findings or () if each.code == "ds-digest-wrong"]
    assert [record.split()[4] for record in finding.records] == ["33677", "12345"]
    assert finding.rehearsed.endswith("4 of 4 paths give 192.0.2.44, secure")


@pytest.mark.parametrize(("does", "tags"), [([], ["33677"]), (["silent"], ["33677", "12345"])])
def test_a_zone_that_asks_for_no_other_ds_record_has_none_unless_a_server_is_silent(
    does: list[str], tags: list[str]
) -> None:
    """By its CDS records. The silent server may have the other key, and other CDS records."""
    other = "example DS 12345 13 2 " + "0123456789abcdef" * 4 + "\n"
    zones = {
        "com.": {"add": read("dnssec-digest-left-over")["zones"]["com."]["add"] + other},
        "example.com.": {"add": read("dnssec-cds")["zones"]["example.com."]["add"]},
    }
    trace = checked(made_of("_signed", servers={"ns2.example.com.": {"does": does}}, zones=zones))
    (finding,) = [each for each in trace.findings or () if each.code == "ds-digest-wrong"]
    assert [record.split()[4] for record in finding.records] == tags

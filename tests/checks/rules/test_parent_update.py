"""Rules on CDS and CDNSKEY records."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.lab.world import read as load_text
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("cds-differs", "dnssec-cds-differs", "dnssec-cds"),
    ("cds-inconsistent", "dnssec-cds-one", "dnssec-cds"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_request_to_remove_the_ds_record_is_reported_as_one() -> None:
    finding = found("cds-differs", "dnssec-cds-delete")[0]
    assert "asks for no DS record" in finding.message and not finding.records


def test_a_zone_that_has_cdnskey_records_alone_asks_by_these() -> None:
    add = load_text("dnssec-cds-differs")["zones"]["example.com."]["add"]
    keys = "".join(line for line in add.splitlines(keepends=True) if "CDNSKEY" in line)
    world = made_of("_signed", zones={"example.com.": {"add": keys}})
    (finding,) = [each for each in checked(world).findings or () if each.code == "cds-differs"]
    assert "example.com asks for DS 61983 13 2, but com has DS 33677 13 2" in finding.message


def test_ds_records_of_no_key_of_the_zone_are_not_published_because_it_asks_for_them() -> None:
    """A parent that did would make the zone bogus (RFC 7344 section 4.1)."""
    (finding,) = found("cds-differs", "dnssec-cds-differs")
    assert finding.blame is Blame.HOST and "generate the CDS" in finding.cure
    own = load_text("dnssec-cds")["zones"]["example.com."]["add"]
    assert finding.records == tuple(own.replace("@", "example.com. 3600 IN").splitlines())
    assert finding.remedy == in_zone(dns.name.from_text("example.com."), change=finding.records)


def test_no_ds_record_is_replaced_while_a_server_that_may_have_its_key_is_silent() -> None:
    added = load_text("dnssec-cds")["zones"]["example.com."]["add"]
    servers = {"ns2.example.com.": {"does": ["silent"]}}
    made = checked(made_of("dnssec-ds-stale", servers=servers, zones={"example.com.": {"add": added}}))
    (finding,) = [each for each in made.findings or () if each.code == "cds-differs"]
    assert finding.blame is Blame.HOST and not finding.records
    assert finding.cure == (
        "bring ns2.example.com back before the DS records of example.com are replaced: it may have other keys"
    )


def test_ds_records_of_a_key_of_the_zone_are_published_as_it_asks_and_that_is_rehearsed() -> None:
    old = "example DS 4242 13 2 " + "0123456789abcdef" * 4
    own = "example DS 33677 13 2 5F5E1F96AF091F7D9C910BA5B789F2C1EAA1918E25E1374F7D0753ECB15AE559"
    zones = {
        "com.": {"add": f"{old}\n{own}\n"},
        "example.com.": {"add": load_text("dnssec-cds")["zones"]["example.com."]["add"]},
    }
    world = made_of("_signed", zones=zones)
    (finding,) = [each for each in checked(world).findings or () if each.code == "cds-differs"]
    (record,) = finding.records
    assert record.split()[4:6] == ["33677", "13"]
    assert finding.rehearsed.endswith("4 of 4 paths give 192.0.2.44, secure")

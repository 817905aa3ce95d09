"""Rules on CDS and CDNSKEY records."""

from __future__ import annotations

import pytest

from dnstrace.lab.world import read as load_text
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
    digest = "3D4080D6E692C5CE9805D14DCE49D8E1B235EBBCFB595A4DAC7D74D0A316AC47"
    assert finding.records == (f"example.com. 172800 IN DS 61983 13 2 {digest}",)

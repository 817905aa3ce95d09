"""The rule on malformed records."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame, Level
from dnstrace.lab.world import read
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

CODE = "record-malformed"
GOOD = "5f5e1f96af091f7d9c910ba5b789f2c1eaa1918e25e1374f7d0753ecb15ae559"


@pytest.mark.parametrize(
    ("sick", "well"),
    [
        ("record-malformed", "record-odd"),  # parameters in alias mode are to be ignored (RFC 9460 2.4.2)
        ("dnssec-ds-odd-beside", "dnssec-digests"),
        ("dnssec-ds-type-zero", "dnssec-unknown-digest"),
        ("dnssec-ds-short", "dnssec-wrong-digest"),
    ],
)
def test_the_rule_fires_where_it_should_and_only_there(sick: str, well: str) -> None:
    assert_fires(CODE, sick, well)


def test_the_message_names_the_record_the_servers_and_what_is_wrong() -> None:
    (finding,) = found(CODE, "record-malformed")
    assert (finding.level, finding.blame) == (Level.ERROR, Blame.HOST)  # it is in the answer
    assert finding.message == (
        "www.example.com has a malformed LOC record: its length or form does not fit its type, on"
        " ns1.example.com (192.0.2.53, 2001:db8:1::53) and ns2.example.com (198.51.100.53, 2001:db8:2::53)"
    )


def test_ds_records_are_replaced_at_the_registrar() -> None:
    (finding,) = found(CODE, "dnssec-ds-short")
    assert (finding.level, finding.blame) == (Level.ERROR, Blame.REGISTRAR)
    assert finding.records == (f"example.com. 172800 IN DS 33677 13 2 {GOOD.upper()}",)


def test_beside_the_answer_it_is_a_warning_and_said_of_its_server() -> None:
    zones = {
        "example.com.": {"add": "www 300 A 192.0.2.44\n"},
        "example.com. other": {
            "servers": ["ns2.example.com."],
            "text": "@ 900 SOA ns1 hostmaster 2026011501 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n"
            "@ CDS \\# 8 838d0d02 5f5e1f96\nns1 A 192.0.2.53\nns2 A 198.51.100.53\n"
            "ns1 AAAA 2001:db8:1::53\nns2 AAAA 2001:db8:2::53\nwww 300 A 192.0.2.44\n",
        },
    }
    findings = checked(made_of("in-domain", zones=zones)).findings or ()
    (finding,) = [finding for finding in findings if finding.code == CODE]
    assert finding.level is Level.WARNING
    assert finding.server is not None and finding.server.to_text() == "ns2.example.com."
    assert "example.com has a malformed CDS record" in finding.message


def test_a_request_to_delete_the_ds_records_is_no_malformed_record() -> None:
    assert not found(CODE, "dnssec-cds-delete")


def test_the_ds_record_of_a_key_that_is_yet_to_come_stays_where_a_malformed_one_is_replaced() -> None:
    """It was published before its key, as the other one was cut short."""
    other = "example DS 12345 13 2 " + "0123456789abcdef" * 4 + "\n"
    added = read("dnssec-ds-odd-beside")["zones"]["com."]["add"] + other
    made = checked(made_of("_signed", zones={"com.": {"add": added}}))
    (finding,) = [each for each in made.findings or () if each.code == "record-malformed"]
    assert [record.split()[4] for record in finding.records] == ["33677", "12345"]

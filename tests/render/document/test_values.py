"""Building blocks of the document."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from dnstrace.api import report
from dnstrace.render.document import document
from dnstrace.render.document.values import iso, ms, rcode_of, rrsets_of, server_of
from tests.render import traces
from tests.render.story import servers
from tests.render.validating import VALIDATOR
from tests.replies import rrset


def test_the_ds_records_of_a_referral() -> None:
    (ds,) = document(report(traces.plain()))["steps"][0]["referral"]["ds"]
    assert ds.startswith("19718 13 2 ")


def test_names_are_a_labels() -> None:
    assert document(report(traces.international()))["question"]["name"] == "xn--bcher-kva.example.com."


def test_an_rcode_without_a_mnemonic() -> None:
    trace = replace(traces.plain(), rcode=3000)
    written = document(report(trace))
    assert written["rcode"] == "RCODE3000"
    VALIDATOR.validate(written)


def test_times_are_utc() -> None:
    time = datetime(2026, 1, 15, 15, 30, 0, 123456, timezone(timedelta(hours=1)))
    assert iso(time, "milliseconds") == "2026-01-15T14:30:00.123Z"
    assert iso(time, "seconds") == "2026-01-15T14:30:00Z"


def test_milliseconds_are_rounded_to_a_microsecond() -> None:
    assert ms(0.0123456789) == 12.346


def test_without_a_reply_there_is_no_rcode() -> None:
    assert (rcode_of(None), rcode_of(0), rcode_of(3)) == (None, "NOERROR", "NXDOMAIN")


def test_rdata_is_in_presentation_format() -> None:
    (found,) = rrsets_of([rrset('www.example.com. 60 TXT "a b" | "c"')])
    assert found == {
        "name": "www.example.com.", "type": "TXT", "class": "IN", "ttl": 60, "rdata": ['"a b"', '"c"'],
    }  # fmt: skip


def test_each_address_has_its_source() -> None:
    (server,) = servers("ns1.example.com. 192.0.2.1")
    (address,) = server_of(server)["addresses"]
    assert address["address"] == "192.0.2.1" and address["source"]

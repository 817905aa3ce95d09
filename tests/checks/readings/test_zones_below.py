"""What is not for a zone to sign, since a zone below it has it."""

from __future__ import annotations

import dns.name
import dns.rrset

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.zones_below import assumed_ds, holds, zones_below
from dnstrace.dnssec.records import Signed
from tests.checks.documented import checked_world

_ZONE = dns.name.from_text("example.com.")


def _signed(name: str, rdtype: str, data: str) -> Signed:
    return Signed(dns.rrset.from_text(name, 60, "IN", rdtype, data), ())


def test_only_the_highest_zones_below_are_named() -> None:
    below = {cut.zone.to_text(): zones_below(cut) for cut in Evidence(checked_world("textbook")).cuts}
    assert below == {".": (dns.name.from_text("com."),), "com.": (_ZONE,), "example.com.": ()}


def test_a_zone_holds_all_but_what_its_parent_says_at_the_cut() -> None:
    assert holds(_ZONE, _signed("www.example.com.", "A", "192.0.2.1"))
    assert holds(_ZONE, _signed("example.com.", "A", "192.0.2.1"))
    assert not holds(_ZONE, _signed("example.com.", "NSEC", "a.com. NS"))
    assert not holds(_ZONE, _signed("example.org.", "A", "192.0.2.1"))


def test_nothing_is_assumed_where_nothing_is_supposed() -> None:
    assert not any(assumed_ds(cut) for cut in Evidence(checked_world("textbook")).cuts)

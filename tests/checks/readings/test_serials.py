"""Serial numbers of a zone: who has which."""

from __future__ import annotations

import dns.name

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.serials import serials
from tests.checks.documented import checked_world


def test_each_address_that_serves_the_zone_has_its_serial() -> None:
    cut = Evidence(checked_world("soa-stale")).cut(dns.name.from_text("example.com."))
    assert cut is not None
    assert serials(cut) == {
        "192.0.2.53": 2026011501,
        "2001:db8:1::53": 2026011501,
        "198.51.100.53": 2026011400,
        "2001:db8:2::53": 2026011400,
    }


def test_a_server_that_does_not_serve_the_zone_counts_only_where_all_are_asked_for() -> None:
    cut = Evidence(checked_world("recursive")).cut(dns.name.from_text("example.com."))
    assert cut is not None
    assert (serials(cut), len(serials(cut, all_servers=True))) == ({}, 4)


def test_a_server_that_refuses_has_no_serial() -> None:
    cut = Evidence(checked_world("all-refuse")).cut(dns.name.from_text("example.com."))
    assert cut is not None and serials(cut, all_servers=True) == {}

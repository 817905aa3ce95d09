"""The version of a zone and the agent for error reports, as options of a reply have them."""

from __future__ import annotations

import dns.edns
import dns.message
import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.message.options import ZONEVERSION, report_channel, zone_version

EXAMPLE = dns.name.from_text("example.com")


def reply(*options: dns.edns.Option, name: str = "www.example.com") -> dns.message.Message:
    made = dns.message.make_response(dns.message.make_query(name, "A", use_edns=0))
    made.use_edns(0, options=[*options])
    return dns.message.from_wire(made.to_wire())


def version(octets: str, name: str = "www.example.com") -> dns.message.Message:
    return reply(dns.edns.GenericOption(ZONEVERSION, bytes.fromhex(octets)), name=name)


def test_the_example_of_rfc_9660_is_read() -> None:
    found = zone_version(version("02007895a4e9"))
    assert found is not None and found.zone == EXAMPLE and found.serial == 2023073001


def test_a_version_of_another_type_has_no_serial() -> None:
    found = zone_version(version("00f6aabb"))
    assert found is not None and found.zone == dns.name.root
    assert (found.kind, found.data, found.serial) == (0xF6, b"\xaa\xbb", None)


@pytest.mark.parametrize("octets", ["", "02", "04007895a4e9", "ff007895a4e9"])
def test_what_cannot_be_so_is_no_version(octets: str) -> None:
    assert zone_version(version(octets)) is None


@given(st.binary(max_size=12))
def test_no_octets_raise(octets: bytes) -> None:
    found = zone_version(version(octets.hex()))
    assert found is None or EXAMPLE.is_subdomain(found.zone) or found.zone.is_subdomain(EXAMPLE)
    assert found is None or found.serial is None or len(found.data) == 4


def test_the_agent_for_reports_is_a_name_and_the_root_none() -> None:
    agent = dns.name.from_text("reports.example.net")
    assert report_channel(reply(dns.edns.ReportChannelOption(agent))) == agent
    assert report_channel(reply(dns.edns.ReportChannelOption(dns.name.root))) is None
    assert report_channel(reply()) is None

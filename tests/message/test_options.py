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
_NSD = (
    "ec228400000100010001000203777777036e736403636f6d0000100001c00c001000010000012c0004036e7364c0100002000100"
    "000e100006036e7331c010c0390001000100000e100004c000020100002904d000008000001e00130006020078c275f500120010"
    "056167656e74036e7364047465737400"
)
_KNOT = (
    "074f8400000100020000000103777777046b6e6f7403636f6d0000100001c00c001000010000012c0005046b6e6f74c00c002e00"
    "010000012c005c00100d030000012c6b1efcef6b0c72d791fa046b6e6f7403636f6d007dc4a90d718d04148ced8b155a855aa465"
    "a904e217c69f2e6c58817fc0850b87fc9fc41191d88dc149838706fd0fcabbbd461a10695ea173754cda1b2bd647ce00002904d0"
    "00008000001000030002766d00130006020078c275f5"
)


def reply(*options: dns.edns.Option, name: str = "www.example.com") -> dns.message.Message:
    made = dns.message.make_response(dns.message.make_query(name, "A", use_edns=0))
    made.use_edns(0, options=[*options])
    return dns.message.from_wire(made.to_wire())


def version(octets: str, name: str = "www.example.com") -> dns.message.Message:
    return reply(dns.edns.GenericOption(ZONEVERSION, bytes.fromhex(octets)), name=name)


def test_the_example_of_rfc_9660_is_read() -> None:
    found = zone_version(version("02007895a4e9"))
    assert found is not None and found.zone == EXAMPLE and found.serial == 2023073001


def test_real_servers_say_from_which_version_they_answer_and_where_they_take_reports() -> None:
    """Replies to www.nsd.com TXT and www.knot.com TXT, from NSD 4.15.4 and Knot DNS 3.5.8 (Debian sid).

    NSD had `report-channel: agent.nsd.test` in its server clause; versions need not be configured.
    """
    nsd, knot = (dns.message.from_wire(bytes.fromhex(octets)) for octets in (_NSD, _KNOT))
    for each, zone in ((nsd, "nsd.com"), (knot, "knot.com")):
        found = zone_version(each)
        assert found is not None and found.zone == dns.name.from_text(zone) and found.serial == 2026010101
    assert report_channel(nsd) == dns.name.from_text("agent.nsd.test") and report_channel(knot) is None


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

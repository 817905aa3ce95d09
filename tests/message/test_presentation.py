"""RDATA as dig 9.18 prints it with `+nosplit`; tests/interop/test_presentation.py asks dig itself."""

from __future__ import annotations

import dns.rdata
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model.mnemonics import MNEMONICS
from dnstrace.render.text import rdata_text

AS_DIG = [
    ("LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"),
    ("LOC", "42 21 54.000 N 71 6 18.000 W -24.00m 1m 10000m 10m"),  # the defaults
    ("LOC", "1 0 0.000 N 2 0 0.000 E 1.50m 0.01m 0.10m 20m"),
    ("GPOS", '"-32.6882" "116.8652" "10.0"'),
    ("HTTPS", '1 . alpn="h2,h3" no-default-alpn port=443 ipv4hint=192.0.2.1 ech=AARhYmNk key65333="abc"'),
    ("HTTPS", "0 x.example."),
    ("SVCB", '16 foo.example. mandatory=alpn,port alpn="h2" port=53 ipv6hint=2001:db8::1'),
    ("MX", "10 x.example."),
    ("DS", f"12892 5 2 {64 * 'A'}"),
    ("CDS", "0 0 0 00"),
    ("SSHFP", f"4 2 {64 * 'C'}"),
    ("TLSA", f"1 1 2 {128 * 'E'}"),
    ("ZONEMD", f"2018031500 1 1 {96 * 'D'}"),
    ("NSEC3", f"1 0 10 D2CF0294C020CE6C {32 * 'V'} A NS"),
    ("NSEC3PARAM", "1 0 0 -"),
    ("HIP", "2 200100107B1A74DF365639CC39F1D578 AwEAAbdx rvs.example."),
    ("DNSKEY", f"257 3 8 {200 * 'A'}"),
    ("KEY", "49152 3 0"),
    ("OPENPGPKEY", 100 * "A"),
    ("IPSECKEY", f"10 1 2 192.0.2.38 {48 * 'A'}"),
]
"""Output of named-compilezone, which prints with the code of dig."""


@pytest.mark.parametrize(("rdtype", "text"), AS_DIG)
def test_rdata_is_printed_as_dig_prints_it(rdtype: str, text: str) -> None:
    quoted = text.replace("ech=AARhYmNk", 'ech="AARhYmNk"')
    assert rdata_text(dns.rdata.from_text("IN", rdtype, quoted)) == text


@pytest.mark.parametrize("rdtype", ["NID", "L64"])
def test_groups_have_no_leading_zeros(rdtype: str) -> None:
    assert rdata_text(dns.rdata.from_text("IN", rdtype, "10 0014:4fff:0000:ee64")) == "10 14:4fff:0:ee64"


KEPT_AS_OCTETS = [
    ("EID", "0123abcd", "0123ABCD"),
    ("NIMLOC", "ff", "FF"),
    ("ATMA", "0136313230", "+6120"),
    ("ATMA", "0039246f", "39246f"),
    ("SINK", "0800029788a4", "8 0 2 l4ik"),
    ("RKEY", "0000ff0197884a", "0 255 1 l4hK"),
    ("TALINK", "00016103636f6d00", ". a.com."),
    ("DOA", "000000010000000202016700ff", '1 2 2 "g" AP8='),
    ("DOA", "0000000000000000010200", "\\# 11 0000000000000000010200"),
    ("DOA", "00000000000000000100", '0 0 1 "" -'),
    ("TYPE32768", "784b0101310d", "30795 1 1 310D"),
    ("TYPE65280", "ab", "\\# 1 AB"),
    ("TYPE65280", "", "\\# 0"),
]
"""Type, octets, and what dig prints; octets that do not have the form of the type are printed as such."""


@pytest.mark.parametrize(("rdtype", "octets", "text"), KEPT_AS_OCTETS)
def test_types_that_are_kept_as_octets_have_the_form_that_dig_has_for_them(
    rdtype: str, octets: str, text: str
) -> None:
    number = MNEMONICS.get(rdtype) or dns.rdatatype.from_text(rdtype)
    assert rdata_text(dns.rdata.GenericRdata(dns.rdataclass.IN, number, bytes.fromhex(octets))) == text  # type: ignore[arg-type]


@given(st.sampled_from([31, 32, 34, 40, 57, 58, 259, 32768]), st.binary(max_size=40))
def test_any_octets_of_theirs_can_be_printed(number: int, octets: bytes) -> None:
    text = rdata_text(dns.rdata.GenericRdata(dns.rdataclass.IN, number, octets))  # type: ignore[arg-type]
    assert text.isascii() and text.isprintable() and text


@pytest.mark.parametrize("windows", [6, 256])
def test_a_list_of_types_is_not_many_times_as_long_as_its_octets(windows: int) -> None:
    """In six windows there is room for every type that is assigned."""
    octets = b"\1a\0" + b"".join(bytes((window, 32)) + b"\xff" * 32 for window in range(windows))
    rdata = dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.NSEC, octets, 0, len(octets))
    text = rdata_text(rdata)
    assert (text == str(rdata)) is (windows == 6) and len(text) < 20_000

"""RDATA as dig 9.18 prints it."""

from __future__ import annotations

import dns.rdata
import pytest

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
]
"""Output of named-compilezone, which prints with the code of dig."""


@pytest.mark.parametrize(("rdtype", "text"), AS_DIG)
def test_rdata_is_printed_as_dig_prints_it(rdtype: str, text: str) -> None:
    quoted = text.replace("ech=AARhYmNk", 'ech="AARhYmNk"')
    assert rdata_text(dns.rdata.from_text("IN", rdtype, quoted)) == text


@pytest.mark.parametrize("rdtype", ["NID", "L64"])
def test_groups_have_no_leading_zeros(rdtype: str) -> None:
    assert rdata_text(dns.rdata.from_text("IN", rdtype, "10 0014:4fff:0000:ee64")) == "10 14:4fff:0:ee64"

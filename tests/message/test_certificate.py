"""Certificates: what they say, for whom they are, and octets that are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.lab.tls import Tls
from dnstrace.message.certificate import is_for, read_certificate
from dnstrace.model.certificates import Certificate
from tests.replies import name

NOW = datetime(2026, 1, 15, tzinfo=UTC)
OCTETS = Tls(("ns1.example.com", "*.example.net"), days=3, trusted=True).secured(NOW).certificate


def test_what_a_certificate_says() -> None:
    found = read_certificate(OCTETS)
    assert found is not None and found.names == ("ns1.example.com", "*.example.net")
    assert (found.subject, found.self_issued) == ("CN=ns1.example.com", False) and "lab" in found.issuer
    assert found.begins is not None and found.begins < NOW < (found.expires or NOW)


@pytest.mark.parametrize(
    ("names", "server", "is_its"),
    [
        (("NS1.example.com",), "ns1.Example.com.", True),
        (("ns1.example.com.",), "ns1.example.com.", True),
        (("*.example.com",), "ns1.example.com.", True),
        (("*.example.com",), "a.ns1.example.com.", False),
        (("*.com",), "ns1.example.com.", False),
        (("example.com",), "ns1.example.com.", False),
        (("2001:db8:0::1",), "ns1.example.com.", True),
        (("192.0.2.1",), "ns1.example.com.", False),
        ((), "ns1.example.com.", False),
    ],
)
def test_for_whom_a_certificate_is(names: tuple[str, ...], server: str, is_its: bool) -> None:
    assert is_for(Certificate(names, "", None), name(server), "2001:db8::1") is is_its


@given(st.data())
def test_no_octets_raise(data: st.DataObject) -> None:
    octets = bytearray(OCTETS)
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    read_certificate(bytes(octets))
    read_certificate(bytes(octets[: data.draw(st.integers(0, len(octets)))]))

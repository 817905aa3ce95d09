"""Certificates: what they say, for whom they are, and octets that are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
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
        (("2001:db8::1",), "ns1.example.com.", True),
        (("192.0.2.1",), "ns1.example.com.", False),
        ((), "ns1.example.com.", False),
    ],
)
def test_for_whom_a_certificate_is(names: tuple[str, ...], server: str, is_its: bool) -> None:
    assert is_for(Certificate(names, "", None), name(server), "2001:db8::1") is is_its


def test_a_certificate_is_for_all_its_names() -> None:
    many = tuple(f"host{number}.example.com" for number in range(300))
    found = read_certificate(Tls(many).secured(NOW).certificate)
    assert found is not None and is_for(found, name("host299.example.com."), "192.0.2.1")


VERSION = OCTETS.index(b"\xa0\x03\x02\x01\x02") + 4  # [0] EXPLICIT INTEGER, 2 for version 3


@given(
    st.lists(st.tuples(st.integers(0, len(OCTETS) - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, len(OCTETS)),
)
@example([(VERSION, 0)], len(OCTETS))
@example([(VERSION, 1)], len(OCTETS))
@example([(VERSION, 7)], len(OCTETS))
def test_no_octets_raise(changed: list[tuple[int, int]], length: int) -> None:
    octets = bytearray(OCTETS)
    for place, octet in changed:
        octets[place] = octet
    read_certificate(bytes(octets))
    read_certificate(bytes(octets[:length]))

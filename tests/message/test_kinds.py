"""RDATA made without dnspython's constructors is what these make."""

from __future__ import annotations

from random import Random
from typing import Any

import dns.ipv6
import dns.rdata
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.message import kinds
from dnstrace.message.kinds import ipv6_text, kind_of
from dnstrace.model.known_name import known
from tests.replies import name

PIECES = st.lists(st.sampled_from((0, 0, 0, 1, 0x20, 0xFFFF, 0x2001)), min_size=8, max_size=8)


@given(PIECES)
def test_an_ipv6_address_is_written_as_by_dnspython(pieces: list[int]) -> None:
    octets = b"".join(piece.to_bytes(2) for piece in pieces)
    assert ipv6_text(octets) == dns.ipv6.inet_ntoa(octets)


@pytest.mark.parametrize("rdtype", ["A", "NS", "AAAA"])
def test_a_dnspython_with_more_fields_makes_its_own(rdtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    number = dns.rdatatype.from_text(rdtype)
    found: Any = {"A": bytes(4), "AAAA": bytes(16), "NS": known(name("a."))}[rdtype]
    kind = kind_of(number).make(found)

    class Newer(type(kind)):  # type: ignore[misc]
        __slots__ = ("more",)

        def __init__(self, *values: object) -> None:
            super().__init__(*values)
            object.__setattr__(self, "more", Random)

    monkeypatch.setattr(kinds, "implementation", lambda *_: Newer)
    made: Any = kind_of.__wrapped__(number).make(found)
    assert made == kind and made.more is Random


@pytest.mark.parametrize("rdtype", ["A", "NS", "CNAME", "AAAA"])
def test_what_is_known_to_fit_is_not_looked_at_again(rdtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other versions of dnspython may have more to do, which takes longer."""
    number = dns.rdatatype.from_text(rdtype)
    found: Any = {"A": bytes(4), "AAAA": bytes(16)}.get(rdtype, known(name("a.")))
    monkeypatch.setattr(dns.rdata.Rdata, "__init__", None)
    assert kind_of(number).make(found).rdtype == number

"""Answers that look well formed and are wrong."""

from __future__ import annotations

import dns.rcode
import dns.rdatatype
import pytest

from dnstrace.model import Transport
from tests.lab.asking import replied


def test_a_name_with_others_below_it_is_denied() -> None:
    assert replied("sub.example. TXT").rcode() == dns.rcode.NOERROR
    denied = replied("ns.example. A", "denies-empty=ns")
    assert denied.rcode() == dns.rcode.NXDOMAIN and not denied.answer
    assert replied("www.example. A", "denies-empty=ns").answer


def test_a_negative_answer_comes_without_soa_over_udp_only() -> None:
    def types(transport: Transport) -> list[int]:
        reply = replied("none.example. A", "bare-negative", transport=transport)
        return [rrset.rdtype for rrset in reply.authority]

    assert dns.rdatatype.SOA in types(Transport.TCP)
    assert dns.rdatatype.SOA not in types(Transport.UDP)


@pytest.mark.parametrize(("rdtype", "bare"), [("CDS", True), ("TXT", False)])
def test_a_negative_answer_comes_without_soa_for_one_type(rdtype: str, bare: bool) -> None:
    assert bool(replied(f"www.example. {rdtype}", "bare-negative=CDS").authority) is not bare


def test_an_answer_and_a_referral_are_left_as_they_are() -> None:
    assert replied("www.example. A", "bare-negative").answer
    assert replied("a.sub.example. A", "bare-negative").authority


def test_a_server_gives_up_on_aliases_that_are_too_many_or_lead_back() -> None:
    records = "a CNAME b\nb CNAME c\nc CNAME www\none CNAME two\ntwo CNAME one\n"
    for question, parameter, owners in (("a", 1, 2), ("a", 2, 3), ("one", 9, 2)):
        reply = replied(f"{question}.example. A", f"gives-up={parameter}", add=records)
        assert reply.rcode() == dns.rcode.SERVFAIL and len(reply.answer) == owners
    assert replied("a.example. A", "gives-up=3", add=records).rcode() == dns.rcode.NOERROR
    assert not replied("a.example. A", "gives-up=1 bare", add=records).answer

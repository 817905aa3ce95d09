"""What is denied or answered although the zone, or the zone below, says otherwise."""

from __future__ import annotations

import dns.flags
import dns.rcode
import pytest

from tests.lab.asking import replied

AA = dns.flags.AA


def rcode(question: str, does: str) -> str:
    return dns.rcode.to_text(replied(question, does).rcode())


def test_a_name_exists_for_one_type_only() -> None:
    does = "only-type=www.example. A"
    assert replied("www.example. A", does).answer
    assert rcode("www.example. TXT", does) == "NXDOMAIN" and rcode("example. TXT", does) == "NOERROR"


def test_nodata_at_a_name_becomes_nxdomain() -> None:
    does = "nxdomain-for-nodata=example."
    assert rcode("example. TXT", does) == "NXDOMAIN" and rcode("www.example. TXT", does) == "NOERROR"
    assert replied("example. SOA", does).answer and rcode("example. SOA", does) == "NOERROR"


def test_an_answer_has_the_rcode_of_a_denial() -> None:
    does = "nxdomain-with-answer=www.example."
    assert rcode("www.example. A", does) == "NXDOMAIN" and replied("www.example. A", does).answer
    assert rcode("www.example. TXT", does) == "NOERROR" and rcode("example. SOA", does) == "NOERROR"


def test_a_name_and_all_below_it_are_denied_by_a_zone() -> None:
    does = "denies-name=sub.example. example."
    reply = replied("a.sub.example. A", does)
    assert reply.rcode() == dns.rcode.NXDOMAIN and reply.authority[0].name.to_text() == "example."
    assert replied("www.example. A", does).answer


def test_everything_is_denied_by_another_zone() -> None:
    reply = replied("www.example. A", "foreign-soa=test.")
    assert not reply.answer and reply.flags & AA and reply.authority[0].name.to_text() == "test."


@pytest.mark.parametrize("wanted", ["NOERROR", "NXDOMAIN", "REFUSED"])
def test_ns_records_at_the_apex_are_missing(wanted: str) -> None:
    does = f"no-apex-ns={wanted} example."
    assert rcode("example. NS", does) == wanted and not replied("example. NS", does).answer
    assert replied("example. SOA", does).answer


def test_an_address_is_answered_below_a_cut() -> None:
    does = "left-over=a.sub.example. 192.0.2.66"
    reply = replied("a.sub.example. A", does)
    assert reply.flags & AA and reply.answer[0].to_text() == "a.sub.example. 300 IN A 192.0.2.66"
    assert replied("a.sub.example. TXT", does).authority == replied("a.sub.example. TXT").authority


def test_an_alias_is_given_for_one_type() -> None:
    does = "alias-for=www.example. AAAA web.example."
    assert replied("www.example. AAAA", does).answer[0].to_text() == "www.example. 300 IN CNAME web.example."
    assert replied("www.example. A", does).answer == replied("www.example. A").answer


def test_a_referral_has_the_soa_record_of_the_zone() -> None:
    does = "soa-in-referrals=example."
    owners = [rrset.name.to_text() for rrset in replied("a.sub.example. A", does).authority]
    assert owners == ["sub.example.", "example."]
    assert replied("www.example. A", does).answer == replied("www.example. A").answer


def test_a_name_is_delegated_without_the_zones_knowledge() -> None:
    does = "refers=www.example. ns.test."
    reply = replied("www.example. A", does)
    assert not reply.answer and not reply.flags & AA
    assert reply.authority[0].to_text() == "www.example. 3600 IN NS ns.test."
    assert not replied("www.example. DS", does).answer and replied("example. NS", does).answer


def test_ds_records_are_denied_from_the_zone_below() -> None:
    does = "ds-from-child=www.example."
    reply = replied("www.example. DS", does)
    assert not reply.answer and reply.authority[0].name.to_text() == "www.example."
    assert replied("www.example. A", does).answer == replied("www.example. A").answer

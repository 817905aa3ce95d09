"""What is wrong about a delegation, and about the records at a zone's apex."""

from __future__ import annotations

import dns.flags
import dns.rdatatype

from tests.lab.asking import replied


def test_a_referral_has_a_record_more_and_an_answer_has_not() -> None:
    does = "extra-glue=old.example. 192.0.2.99"
    referral, answer = (replied(f"{owner}.example. A", does) for owner in ("a.sub", "www"))
    assert "old.example. 3600 IN A 192.0.2.99" in [rrset.to_text() for rrset in referral.additional]
    assert "old.example." not in [rrset.name.to_text() for rrset in answer.additional]
    assert len(referral.additional) == len(replied("a.sub.example. A").additional) + 1


def test_a_referral_has_glue_for_the_name_asked_only() -> None:
    names = [rrset.name.to_text() for rrset in replied("ns.sub.example. A", "glue-on-request").additional]
    assert names == ["ns.sub.example."]
    assert replied("a.sub.example. A").additional
    assert not replied("a.sub.example. A", "glue-on-request").additional
    assert replied("www.example. A", "glue-on-request").answer


def test_a_referral_claims_authority_and_has_what_it_had() -> None:
    claiming = replied("a.sub.example. A", "authoritative-referrals")
    usual = replied("a.sub.example. A")
    assert claiming.flags & dns.flags.AA and not usual.flags & dns.flags.AA
    assert (claiming.authority, claiming.additional) == (usual.authority, usual.additional)


def test_a_question_for_soa_has_an_empty_answer() -> None:
    assert replied("example. SOA").answer
    assert not replied("example. SOA", "no-soa").answer
    assert replied("www.example. A", "no-soa").answer


def test_there_are_two_soa_records_in_succession() -> None:
    (found,) = (r for r in replied("example. SOA", "two-soas").answer if r.rdtype == dns.rdatatype.SOA)
    serials = sorted(rdata.serial for rdata in found)
    assert serials == [1, 2]

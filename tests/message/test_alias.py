"""Aliases inside one reply."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.message.alias import BESIDE, follow
from dnstrace.model import Question
from tests.replies import name, rrset


def ask(qname: str, rdtype: str = "A") -> Question:
    return Question(name(qname), dns.rdatatype.from_text(rdtype))


def test_a_chain_is_followed_whatever_the_order() -> None:
    answer = [
        rrset("c.example. 3 A 192.0.2.3"),
        rrset("b.example. 2 CNAME c.example."),
        rrset("a.example. 1 CNAME b.example."),
    ]
    chain = follow(ask("a.example."), answer)
    assert chain.answered and [r.ttl for r in chain.rrsets] == [1, 2, 3]


def test_the_cname_itself_can_be_asked_for() -> None:
    chain = follow(ask("a.example.", "CNAME"), [rrset("a.example. 1 CNAME b.example.")])
    assert chain.answered and chain.target == name("a.example.")


def test_any_takes_all_that_is_there() -> None:
    answer = [rrset("a.example. 1 A 192.0.2.1"), rrset("a.example. 1 TXT x"), rrset("b.example. 1 TXT y")]
    assert len(follow(ask("a.example.", "ANY"), answer).rrsets) == 2


def test_a_loop_is_named() -> None:
    answer = [rrset("a.example. 1 CNAME b.example."), rrset("b.example. 1 CNAME a.example.")]
    assert follow(ask("a.example."), answer).loop


def test_a_dname_makes_its_cname() -> None:
    chain = follow(ask("www.old.example."), [rrset("old.example. 60 DNAME new.example.")])
    assert chain.target == name("www.new.example.")
    assert [(r.rdtype, r.ttl) for r in chain.rrsets] == [(dns.rdatatype.DNAME, 60), (dns.rdatatype.CNAME, 60)]


def test_a_false_cname_beside_a_dname_is_replaced() -> None:
    answer = [
        rrset("old.example. 60 DNAME new.example."),
        rrset("www.old.example. 60 CNAME evil.example."),
    ]
    chain = follow(ask("www.old.example."), answer)
    assert chain.target == name("www.new.example.") and "DNAME" in chain.note


def test_a_dname_does_not_apply_to_its_own_owner() -> None:
    chain = follow(ask("old.example."), [rrset("old.example. 60 DNAME new.example.")])
    assert not chain.rrsets and chain.target == name("old.example.")


def test_a_name_that_grows_too_long_overflows() -> None:
    long = ".".join(["x" * 60] * 4) + "."
    chain = follow(ask("y" * 20 + ".old.example."), [rrset(f"old.example. 60 DNAME {long}")])
    assert chain.overflow and not chain.answered


def test_data_beside_a_cname_is_told() -> None:
    answer = [rrset("a.example. 1 CNAME b.example."), rrset("a.example. 1 TXT x")]
    chain = follow(ask("a.example."), answer)
    assert chain.target == name("b.example.") and "other data" in chain.note


def test_what_was_asked_for_beside_a_cname_is_told() -> None:
    data, alias = rrset("a.example. 1 TXT x"), rrset("a.example. 1 CNAME b.example.")
    elsewhere = rrset("b.example. 1 CNAME c.example.")
    assert follow(ask("a.example.", "TXT"), [data, alias]).note == BESIDE
    assert follow(ask("a.example.", "TXT"), [data, elsewhere]).note == ""
    assert follow(ask("a.example.", "CNAME"), [data, alias]).note == ""


def test_signatures_can_be_asked_for_alone() -> None:
    signature = rrset("a.example. 1 RRSIG A 13 2 1 20300101000000 20200101000000 1 example. AAAA")
    chain = follow(ask("a.example.", "RRSIG"), [rrset("a.example. 1 A 192.0.2.1"), signature])
    assert chain.rrsets == (signature,)


def test_of_two_dnames_above_a_name_the_nearer_counts() -> None:
    answer = [rrset("example. 60 DNAME far."), rrset("old.example. 60 DNAME near.")]
    for order in (answer, answer[::-1]):
        assert follow(ask("www.old.example."), order).target == name("www.near.")


def test_a_chain_is_followed_as_far_as_sixteen_aliases() -> None:
    answer = [rrset(f"a{n}.example. 1 CNAME a{n + 1}.example.") for n in range(20)]
    chain = follow(ask("a0.example."), answer)
    assert chain.target == name("a16.example.") and len(chain.rrsets) == 16 and not chain.loop


def test_several_cname_records_at_one_name_are_told() -> None:
    one = rrset("a.example. 1 CNAME b.example.")
    several = rrset("a.example. 1 CNAME b.example.")
    several.items |= rrset("a.example. 1 CNAME c.example.").items  # as wire.py reads them
    assert follow(ask("a.example."), [one]).note == ""
    assert follow(ask("a.example."), [several]).note == "several CNAME records at one name"


def test_signatures_are_taken_along_where_they_are_of_what_is_taken() -> None:
    rrsig = "13 2 300 20260201000000 20260101000000 1 example. AAAA"
    alias, data = rrset("a.example. 1 CNAME b.example."), rrset("b.example. 1 A 192.0.2.1")
    own = rrset(f"a.example. 1 RRSIG CNAME {rrsig}"), rrset(f"b.example. 1 RRSIG A {rrsig}")
    other = [
        rrset(f"{owner} 1 RRSIG {covered} {rrsig}")
        for owner, covered in (("a.example.", "A"), ("b.example.", "TXT"), ("c.example.", "A"))
    ]
    chain = follow(ask("a.example."), [*other, alias, data, *own])
    assert chain.rrsets == (alias, own[0], data, own[1])

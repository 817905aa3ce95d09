"""What a meaning leads to, and the exact shares of all paths, in traces made by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import dns.rdatatype
import pytest

from dnstrace.analysis.paths import lead, replied, shares, unheard
from dnstrace.message.meaning import classify
from dnstrace.model import (
    Address,
    Attempt,
    Exchange,
    Fault,
    Kind,
    NameServer,
    Outcome,
    Purpose,
    Query,
    Question,
    Source,
    Step,
)
from tests.replies import name, reply

WWW = "www.example.com. A"
NS = "example.com. 3600 NS ns1.example.com. | ns2.example.com."
DS = "example.com. 3600 DS 1 13 2 8ACBB0CD28F41250A80A491389424D341522D946B0DA0C0291F2D3D771D7805A"
SIGNED = "www.example.com. 300 RRSIG A 13 3 300 20260101000000 20250101000000 {} example.com. AAAA"
REFERRAL = reply(WWW, authority=(NS,))
OUTCOMES = {Kind.REFERRAL: Outcome.REFERRAL, Kind.ANSWER: Outcome.ANSWER, Kind.ALIAS: Outcome.ALIAS}
Came = Exchange | Fault


def answered(*records: str, question: str = WWW) -> Exchange:
    return reply(question, flags="QR AA", answer=records or ("www.example.com. 300 A 192.0.2.44",))


def failed(rcode: int) -> Exchange:
    return reply(WWW, rcode=rcode)


def step(
    number: int,
    zone: str,
    *came: Came,
    chosen: int | None = 0,
    purpose: Purpose = Purpose.WALK,
    question: str = WWW,
    family: int = 4,
) -> Step:
    """A step of as many servers, each with one address and what came of it."""
    qname, rdtype = question.split()
    asked = Question(name(qname), dns.rdatatype.from_text(rdtype))
    attempts, servers = [], []
    for place, each in enumerate(came, 1):
        address = f"10.0.{number}.{place}" if family == 4 else f"fd00::{number}:{place}"
        query = Query(asked, address)
        exchange = Exchange(query, 0.0, 2.0, fault=each) if isinstance(each, Fault) else each
        exchange = replace(exchange, query=query)
        server = name(f"ns{place}.{zone}" if zone != "." else f"ns{place}.")
        servers.append(NameServer(server, (Address(address, Source.GLUE),)))
        attempts.append(Attempt(server, exchange, classify(exchange, name(zone))))
    kind = Kind.TIMEOUT if chosen is None else attempts[chosen].meaning.kind
    outcome, parent = OUTCOMES.get(kind, Outcome.FAILED), number - 1 or None
    return Step(
        number, parent, purpose, name(zone), asked, tuple(servers), tuple(attempts), chosen, outcome,
        all_servers=True,
    )  # fmt: skip


def told(*steps: Step) -> list[tuple[str, Kind, list[str]]]:
    return [
        (str(share.share), share.meaning.kind, [str(server) for server in share.servers])
        for share in shares(steps)
    ]


# --- what is equal ------------------------------------------------------------------------------


def led(exchange: Exchange, zone: str = "com.") -> object:
    return lead(classify(exchange, name(zone)))


def test_a_referral_leads_to_its_zone_by_its_names_and_its_ds() -> None:
    same = reply(
        WWW,
        authority=("example.com. 60 NS ns2.example.com. | ns1.example.com.",),
        additional=("ns1.example.com. 60 A 192.0.2.53",),
    )
    assert led(same) == led(REFERRAL)
    for other in (
        reply(WWW, authority=("example.com. 3600 NS ns1.example.com.",)),
        reply(WWW, authority=(NS, DS)),
        reply("www.example.com. A", authority=(NS.replace("example.com. 3600", "www.example.com. 3600"),)),
    ):
        assert led(other) != led(REFERRAL)


def test_an_answer_leads_to_its_records_whatever_their_ttl_and_order() -> None:
    two = answered("www.example.com. 300 A 192.0.2.44 | 192.0.2.45")
    assert led(two) == led(answered("www.example.com. 7 A 192.0.2.45 | 192.0.2.44"))
    assert led(two) != led(answered())


def test_of_signatures_it_counts_whether_they_are_there() -> None:
    plain = "www.example.com. 300 A 192.0.2.44"
    assert led(answered(plain, SIGNED.format(1))) == led(answered(plain, SIGNED.format(2)))
    assert led(answered(plain, SIGNED.format(1))) != led(answered(plain))


def test_aliases_faults_and_negative_answers() -> None:
    here, there = (answered(f"www.example.com. 300 CNAME {target}.") for target in ("a", "b"))
    assert led(here) == led(here) != led(there)
    assert led(failed(5)) == led(failed(5)) != led(failed(2))
    assert led(failed(9)) != led(failed(10))
    assert led(reply(WWW, flags="QR AA", rcode=3)) != led(failed(5))


# --- the shares ---------------------------------------------------------------------------------


def test_one_of_two_that_refuses_halves_the_paths() -> None:
    last = step(2, "example.com.", failed(5), answered(), chosen=1)
    assert told(step(1, "com.", REFERRAL), last) == [
        ("1/2", Kind.ANSWER, ["ns2.example.com."]),
        ("1/2", Kind.REFUSED, ["ns1.example.com."]),
    ]


def test_the_shares_of_cuts_multiply_and_add_up_to_one() -> None:
    root = step(1, ".", Fault.TIMEOUT, REFERRAL, REFERRAL, chosen=1)
    last = step(2, "example.com.", failed(2), answered(), answered(), answered(), chosen=1)
    assert told(root, last) == [
        ("1/2", Kind.ANSWER, ["ns2.example.com.", "ns3.example.com.", "ns4.example.com."]),
        ("1/3", Kind.TIMEOUT, ["ns1."]),
        ("1/6", Kind.SERVER_FAILURE, ["ns1.example.com."]),
    ]
    assert sum(share.share for share in shares((root, last))) == Fraction(1)


def test_a_referral_that_differs_leads_on_like_the_chosen_one() -> None:
    other = reply(WWW, authority=("example.com. 3600 NS ns9.example.com.",))
    assert told(step(1, "com.", REFERRAL, other), step(2, "example.com.", answered())) == [
        ("1", Kind.ANSWER, ["ns1.example.com."])
    ]


def test_an_answer_where_others_refer_ends_there_and_is_the_same_answer() -> None:
    found = told(step(1, "com.", REFERRAL, answered()), step(2, "example.com.", answered()))
    assert found == [("1", Kind.ANSWER, ["ns2.com.", "ns1.example.com."])]


def test_answers_that_differ_are_shares_of_their_own() -> None:
    other = answered("www.example.com. 300 A 192.0.2.99")
    found = shares((step(1, "example.com.", answered(), other, answered()),))
    assert [str(share.share) for share in found] == ["2/3", "1/3"]
    assert found[1].meaning.answer[0][0].to_text() == "192.0.2.99"


def test_of_equal_shares_that_of_the_walk_is_first() -> None:
    two = (answered(), answered("www.example.com. 300 A 192.0.2.99"))
    for chosen, first in enumerate(("192.0.2.44", "192.0.2.99")):
        found = shares((step(1, "example.com.", *two, chosen=chosen),))
        assert found[0].meaning.answer[0][0].to_text() == first


def test_the_chain_of_aliases_multiplies() -> None:
    alias = answered("www.example.com. 300 CNAME deep.www.example.com.")
    target = "deep.www.example.com. A"
    there = answered("deep.www.example.com. 300 A 192.0.2.1", question=target)
    second = step(2, "example.com.", failed(5), there, chosen=1, purpose=Purpose.ALIAS, question=target)
    third = ("third.deep.www.example.com. A", "third.deep.www.example.com. 300 A 192.0.2.2")
    assert told(step(1, "example.com.", failed(5), alias, chosen=1), second) == [
        ("3/4", Kind.REFUSED, ["ns1.example.com."]),
        ("1/4", Kind.ANSWER, ["ns2.example.com."]),
    ]
    on = answered("deep.www.example.com. 300 CNAME third.deep.www.example.com.", question=target)
    middle = step(2, "example.com.", on, failed(5), purpose=Purpose.ALIAS, question=target)
    end = answered(third[1], question=third[0])
    last = step(3, "example.com.", end, Fault.TIMEOUT, purpose=Purpose.ALIAS, question=third[0])
    assert [t[:2] for t in told(step(1, "example.com.", alias), middle, last)] == [
        ("1/2", Kind.REFUSED),
        ("1/4", Kind.ANSWER),
        ("1/4", Kind.TIMEOUT),
    ]


def test_where_names_are_minimised_the_last_question_to_a_zone_counts() -> None:
    exists = reply("example.com. A", flags="QR AA", answer=("example.com. 300 A 192.0.2.1",))
    short = step(1, "com.", exists, failed(5), question="example.com. A")
    assert told(short, step(2, "com.", answered(), answered())) == [
        ("1", Kind.ANSWER, ["ns1.com.", "ns2.com."])
    ]


def test_all_paths_die_where_no_server_answers() -> None:
    assert told(step(1, "com.", failed(5), Fault.TIMEOUT, chosen=None)) == [
        ("1/2", Kind.REFUSED, ["ns1.com."]),
        ("1/2", Kind.TIMEOUT, ["ns2.com."]),
    ]


def test_the_tries_of_an_address_are_one() -> None:
    asked = step(1, "com.", Fault.TIMEOUT, answered(), chosen=1)
    again = replace(
        asked.attempts[1],
        exchange=replace(asked.attempts[1].exchange, query=asked.attempts[0].exchange.query),
    )
    steps = (replace(asked, attempts=(*asked.attempts, again)),)
    assert [str(share.share) for share in shares(steps)] == ["1"]


def test_a_server_that_was_asked_besides_the_delegation_does_not_count() -> None:
    asked = step(1, "com.", failed(5), answered(), chosen=1)
    assert told(replace(asked, servers=asked.servers[:1])) == [("1", Kind.REFUSED, ["ns1.com."])]


@pytest.mark.parametrize("fault", [Fault.NETWORK_UNREACHABLE, Fault.TIMEOUT, Fault.HOST_UNREACHABLE])
def test_a_family_without_route_counts_as_not_asked(fault: Fault) -> None:
    four, six = step(1, "com.", answered()), step(1, "com.", fault, fault, fault, chosen=None, family=6)
    both = replace(four, servers=four.servers + six.servers, attempts=four.attempts + six.attempts)
    assert told(both) == [("1", Kind.ANSWER, ["ns1.com."])]


def test_two_silent_addresses_of_a_family_are_those_of_their_servers() -> None:
    four, six = step(1, "com.", answered()), step(1, "com.", *[Fault.TIMEOUT] * 2, chosen=None, family=6)
    both = replace(four, servers=four.servers + six.servers, attempts=four.attempts + six.attempts)
    assert [str(share.share) for share in shares((both,))] == ["2/3", "1/3"]
    assert unheard([six]) == frozenset()


def test_nothing_is_said_where_not_every_server_was_asked_or_the_end_is_open() -> None:
    asked = step(1, "com.", answered())
    assert shares((replace(asked, all_servers=False),)) == ()
    assert shares((replace(asked, outcome=None, chosen=None),)) == ()
    assert shares(()) == ()


def test_an_address_is_heard_by_any_reply_even_an_error() -> None:
    steps = step(1, "com.", answered(), Fault.TIMEOUT), step(2, "com.", Fault.TIMEOUT, failed(2), chosen=None)
    assert replied(steps) == {"10.0.1.1", "10.0.2.2"} and not replied(())

"""What a walk came to, and why it came to nothing, in words."""

from __future__ import annotations

from dataclasses import replace

from dnstrace.message.meaning import classify
from dnstrace.model import (
    Address,
    Attempt,
    Cause,
    Exchange,
    Fault,
    Kind,
    Meaning,
    NameServer,
    Outcome,
    Purpose,
    Query,
    Source,
    Step,
)
from dnstrace.walk.result import failed, result_of, why_none
from tests.replies import name, reply, rrset

QUERY = reply("www.example. A").query


def attempt(address: str, exchange: Exchange) -> Attempt:
    exchange = replace(exchange, query=replace(QUERY, address=address))
    return Attempt(name("ns.example."), exchange, classify(exchange, name("example.")))


def step(*attempts: Attempt, note: str = "") -> Step:
    return Step(4, None, Purpose.WALK, name("example."), QUERY.question, (), attempts, note=note)


def silent(fault: Fault = Fault.TIMEOUT) -> Exchange:
    return Exchange(Query(QUERY.question, ""), 0.0, 1.0, fault=fault)


REFUSED, SERVFAIL = reply("www.example. A", rcode=5), reply("www.example. A", rcode=2)


def test_why_nobody_helped_is_told_by_address_and_its_last_reply() -> None:
    assert why_none(step()) == "no address was found for the name servers of example"
    attempts = (
        attempt("192.0.2.1", silent()),
        attempt("192.0.2.2", silent()),
        attempt("192.0.2.1", REFUSED),
        attempt("192.0.2.3", silent()),
        replace(attempt("192.0.2.4", silent()), cause=Cause.NO_TCP),
    )
    said = (
        "no name server of example gave a usable answer: "
        "2 did not answer, 1 refused, 1 truncated, with no answer over TCP"
    )
    assert why_none(step(*attempts)) == said


def test_an_address_that_truncates_and_has_no_tcp_is_said_to_once_and_for_all() -> None:
    tried = (
        replace(attempt("192.0.2.1", silent()), cause=Cause.NO_TCP),
        attempt("192.0.2.1", silent()),
        replace(attempt("192.0.2.2", silent()), cause=Cause.NO_TCP),
        attempt("192.0.2.2", REFUSED),
    )
    assert why_none(step(*tried)).endswith("1 truncated, with no answer over TCP, 1 refused")


def test_addresses_that_are_known_but_not_asked_again_are_not_missing() -> None:
    known = NameServer(name("ns.example."), (Address("192.0.2.1", Source.GLUE),))
    assert "not asked again" in why_none(replace(step(), servers=(known,)))


def test_what_failed_has_the_last_rcode_and_its_note() -> None:
    aliases = (rrset("a.example. 1 CNAME www.example."),)
    tried = (attempt("192.0.2.1", REFUSED), attempt("192.0.2.2", SERVFAIL), attempt("192.0.2.3", silent()))
    found = failed(step(*tried, note="has none"), aliases)
    assert (found.outcome, found.rcode, found.answer) == (Outcome.FAILED, 2, aliases)
    assert (found.step, found.error) == (4, "has none")
    nobody = failed(step(note="no address"), ())
    assert (nobody.rcode, nobody.error) == (None, "no address")


def test_a_meaning_comes_to_its_outcome_and_an_error_only_where_it_is_none() -> None:
    alias, data = rrset("a.example. 1 CNAME b.example."), rrset("b.example. 1 A 192.0.2.1")
    found = result_of(Meaning(Kind.ANSWER, 0, answer=(alias, data), note="of note"), (alias,), 7)
    assert (found.outcome, found.answer, found.last) == (Outcome.ANSWER, (alias, data), (data,))
    assert (found.step, found.error) == (7, "")
    assert result_of(Meaning(Kind.ALIAS_LOOP, 0, note="round"), (), 7).error == "round"
    assert result_of(Meaning(Kind.ALIAS_LOOP, 0), (), 7).error == "alias-loop"


def test_one_query_that_the_record_lacks_is_enough() -> None:
    lacking = attempt("192.0.2.1", silent(Fault.NOT_RECORDED))
    assert step(attempt("192.0.2.2", REFUSED), lacking).lacks_replies
    assert not step(attempt("192.0.2.2", REFUSED)).lacks_replies

"""Addresses that answered a query, and later failed the very same."""

from __future__ import annotations

from datetime import UTC, datetime

import dns.rdatatype

from dnstrace.analysis.stopping import stops_in, until_stopped
from dnstrace.model import (
    Attempt,
    Exchange,
    Fault,
    Kind,
    Meaning,
    Probe,
    Purpose,
    Query,
    Question,
    Step,
    Trace,
)
from dnstrace.model.structs import replace
from tests.replies import name, reply

ZONE = name("example.com.")
ASKED, SOA = Question(name("www.example.com."), dns.rdatatype.A), Question(ZONE, dns.rdatatype.SOA)
MESSAGE = reply("www.example.com. A", answer=("www.example.com. 300 A 192.0.2.1",)).message
SILENCE, GOOD = Kind.TIMEOUT, Kind.ANSWER


def asked(number: int, question: Question, start: float, *kinds: Kind, address: str = "192.0.2.1") -> Step:
    """A step in which one address did that, a second apart, the first at `start`."""
    attempts = []
    for place, kind in enumerate(kinds):
        exchange = Exchange(Query(question, address), start + place, 0.01, fault=Fault.TIMEOUT)
        if kind is not SILENCE:
            exchange = replace(exchange, message=MESSAGE, fault=None)
        attempts.append(Attempt(name("ns."), exchange, Meaning(kind)))
    return Step(number, None, Purpose.WALK, ZONE, question, (), tuple(attempts))


def test_an_address_that_fails_what_it_answered_has_stopped() -> None:
    for fails in (SILENCE, Kind.REFUSED, Kind.SERVER_FAILURE):
        steps = asked(1, ASKED, 0.0, GOOD), asked(2, SOA, 1.0, fails, fails), asked(3, ASKED, 5.0, fails)
        (one,) = stops_in(steps).addresses.values()
        assert (one.since, one.again.step.id, len(one.failed)) == (0.01, 3, 3)


def test_one_that_answers_it_again_has_not_nor_one_that_was_never_asked_it_again() -> None:
    silent = asked(2, SOA, 1.0, SILENCE, SILENCE, SILENCE)
    assert not stops_in((asked(1, ASKED, 0.0, GOOD), silent, asked(3, ASKED, 5.0, GOOD))).addresses
    assert not stops_in((asked(1, ASKED, 0.0, GOOD), silent)).addresses
    assert not stops_in((asked(1, SOA, 0.0, SILENCE), asked(2, ASKED, 1.0, SILENCE, SILENCE))).addresses


def test_what_a_good_server_refuses_is_neither_a_sign_of_life_nor_a_failure() -> None:
    refused = replace(asked(4, SOA, 9.0, Kind.REFUSED), purpose=Purpose.PROBE, probe=Probe.TRANSFER)
    steps = asked(1, ASKED, 0.0, GOOD), asked(2, ASKED, 1.0, SILENCE, SILENCE, SILENCE), refused
    assert stops_in(steps).addresses and not stops_in((steps[0], refused)).addresses


def test_where_nobody_of_several_zones_replies_any_more_the_network_is_lost() -> None:
    others = [
        replace(asked(number, ASKED, 0.0, GOOD, address=f"203.0.113.{number}"), zone=name("com."))
        for number in (2, 3)
    ]
    later = [replace(step, attempts=asked(1, SOA, 2.0, SILENCE).attempts) for step in others]
    lost = [
        replace(step, attempts=asked(0, SOA, 2.0, SILENCE, address=f"203.0.113.{step.id}").attempts)
        for step in later
    ]
    here = asked(1, ASKED, 0.0, GOOD), asked(4, SOA, 2.0, SILENCE)
    stops = stops_in((*here, *others, *lost))
    assert stops.everywhere == 0.0 and len(stops.addresses) == 3
    heard = asked(5, ASKED, 3.0, GOOD, address="198.51.100.1")
    assert stops_in((*here, *others, *lost, heard)).everywhere is None


def test_what_came_after_counts_as_not_awaited() -> None:
    steps = asked(1, ASKED, 0.0, GOOD), asked(2, ASKED, 1.0, SILENCE, Kind.REFUSED, SILENCE)
    trace = Trace(ASKED, datetime(2026, 1, 1, tzinfo=UTC), 1, steps=steps)
    read = until_stopped(trace, stops_in(steps))
    kinds = [attempt.meaning.kind for step in read.steps for attempt in step.attempts]
    assert kinds == [GOOD, Kind.ABANDONED, Kind.ABANDONED, Kind.ABANDONED]
    assert all(attempt.exchange.message is None for attempt in read.steps[1].attempts)
    whole = replace(trace, steps=steps[:1])
    assert until_stopped(whole, stops_in(whole.steps)) is whole


def test_an_error_to_what_was_under_way_when_the_last_answer_came_is_of_the_stop_too() -> None:
    at_once = {rdtype: Question(ZONE, rdtype) for rdtype in (dns.rdatatype.DNSKEY, dns.rdatatype.MX)}
    steps = (
        asked(1, ASKED, 1.0, GOOD),
        asked(2, at_once[dns.rdatatype.DNSKEY], 1.0, Kind.REFUSED),
        asked(3, at_once[dns.rdatatype.MX], 1.0, Kind.SERVER_FAILURE),
        asked(4, SOA, 0.5, Kind.REFUSED),
        asked(5, ASKED, 2.0, Kind.REFUSED, Kind.REFUSED, Kind.REFUSED),
    )
    read = until_stopped(Trace(ASKED, datetime(2026, 1, 1, tzinfo=UTC), 1, steps=steps), stops_in(steps))
    kinds = [step.attempts[0].meaning.kind for step in read.steps]
    assert kinds == [GOOD, Kind.ABANDONED, Kind.SERVER_FAILURE, Kind.REFUSED, Kind.ABANDONED]

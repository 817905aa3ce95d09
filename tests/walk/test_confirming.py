"""What is asked again, and in which turns."""

from __future__ import annotations

from dataclasses import replace

import dns.rdatatype

from dnstrace.model import Attempt, Exchange, Fault, Kind, Meaning, Probe, Purpose, Query, Question, Step
from dnstrace.walk.confirming import AT_ONCE, doubtful, fails, gets_error, gone, in_turns, silent_to_control
from tests.replies import name

ZONE = name("example.com.")
QUESTION = Question(ZONE, dns.rdatatype.SOA)


def probe(number: int, which: Probe, *kinds: Kind) -> Step:
    """A step in which one address did that, one after another."""
    exchange = Exchange(Query(QUESTION, "192.0.2.1"), 0.0, 0.0, fault=Fault.TIMEOUT)
    attempts = tuple(Attempt(name("ns."), exchange, Meaning(kind)) for kind in kinds)
    step = Step(number, None, Purpose.PROBE, ZONE, QUESTION, (), attempts)
    return replace(step, probe=which)


def test_what_failed_where_another_probe_was_answered_is_asked_again_and_the_control_last() -> None:
    steps = [
        probe(1, Probe.SOA, Kind.ANSWER),
        probe(2, Probe.EDNS_OPTION, Kind.TIMEOUT, Kind.TIMEOUT),
        probe(3, Probe.NS, Kind.ANSWER),
        probe(4, Probe.TYPE, Kind.SERVER_FAILURE),
    ]
    assert doubtful(steps) == {"192.0.2.1": [2, 4, 1]}


def test_what_was_answered_in_the_end_is_not_asked_again() -> None:
    steps = [probe(1, Probe.SOA, Kind.ANSWER), probe(2, Probe.NS, Kind.TIMEOUT, Kind.ANSWER)]
    assert doubtful(steps) == {}


def test_an_address_that_answers_nothing_is_left_alone() -> None:
    assert doubtful([probe(1, Probe.SOA, Kind.TIMEOUT), probe(2, Probe.NS, Kind.REFUSED)]) == {}


def test_what_a_good_server_refuses_is_no_failure() -> None:
    refused = [
        probe(number, which, Kind.REFUSED) for number, which in enumerate((Probe.RECURSION, Probe.TRANSFER))
    ]
    assert doubtful([probe(9, Probe.SOA, Kind.ANSWER), *refused]) == {}


def test_a_few_are_asked_at_a_time_and_the_last_alone() -> None:
    turns = list(in_turns(list(range(10))))
    assert turns[-1] == (9,) and max(map(len, turns)) == AT_ONCE
    assert [step for turn in turns for step in turn] == list(range(10))


def test_an_error_is_told_from_silence() -> None:
    assert gets_error(probe(1, Probe.SOA, Kind.ANSWER, Kind.REFUSED), "192.0.2.1")
    assert not gets_error(probe(1, Probe.SOA, Kind.REFUSED, Kind.TIMEOUT), "192.0.2.1")
    assert not gets_error(probe(1, Probe.SOA, Kind.REFUSED), "192.0.2.2")


def test_who_answered_the_walk_and_no_probe_is_gone() -> None:
    walked = replace(probe(1, Probe.SOA, Kind.ANSWER), purpose=Purpose.WALK, probe=None)
    silent = probe(2, Probe.SOA, Kind.TIMEOUT), probe(3, Probe.NS, Kind.REFUSED)
    assert gone(silent, walked) == {"192.0.2.1"}
    assert not gone((*silent, probe(4, Probe.CDS, Kind.NODATA)), walked)
    assert not gone(silent, silent[0]) and not gone((probe(5, Probe.TRANSFER, Kind.REFUSED),), walked)


def test_who_replied_to_nothing_has_only_the_control_to_fail() -> None:
    silent = probe(2, Probe.SOA, Kind.TIMEOUT), probe(3, Probe.NS, Kind.TIMEOUT)
    assert silent_to_control(silent) == {"192.0.2.1": [2]}
    assert fails(silent, "192.0.2.1") and not fails(silent, "192.0.2.2")

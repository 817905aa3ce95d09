"""Sentences about servers that were of no use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.model import Attempt, Fault, Kind, Step
from dnstrace.render.troubles import troubles, way
from tests.render.story import Story, servers
from tests.replies import reply

WWW = "www.example.com. A"
GOOD = reply(WWW, flags="QR AA", answer=("www.example.com. 300 A 192.0.2.44",))
REFUSED = reply(WWW, rcode=5)
STORY = Story(WWW)


def attempt(number: int, came: Fault | object) -> Attempt:
    server, address = f"ns{number}.example.com.", f"192.0.2.{number}"
    if isinstance(came, Fault):
        return STORY.fault(server, address, "example.com.", came, 2000)
    return STORY.asked(server, address, "example.com.", came, 8)  # type: ignore[arg-type]


def step(*came: Fault | object, chosen: int | None = None) -> Step:
    """A step at the servers ns1, ns2, ... of example.com., in order of asking."""
    story = Story(WWW)
    hosts = servers(*(f"ns{n}.example.com. 192.0.2.{n}" for n in range(1, len(came) + 1)))
    story.step("example.com.", hosts, *(attempt(n, each) for n, each in enumerate(came, 1)))
    return replace(story.steps[0], chosen=chosen)


def test_nothing_is_said_of_a_server_that_answers() -> None:
    assert troubles(step(GOOD, chosen=0)) == ""


def test_two_servers_are_named_and_three_are_counted() -> None:
    one = troubles(step(REFUSED, GOOD, chosen=1))
    assert one == "ns1.example.com refuses to answer."
    assert troubles(step(REFUSED, REFUSED)) == "ns1.example.com and ns2.example.com refuse to answer."
    assert troubles(step(REFUSED, REFUSED, REFUSED)) == "3 servers refuse to answer."


def test_each_kind_of_trouble_is_a_sentence() -> None:
    text = troubles(step(Fault.TIMEOUT, REFUSED, GOOD, chosen=2))
    assert text == "ns1.example.com does not answer in time. ns2.example.com refuses to answer."


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_sentence_that_agrees_in_number(fault: Fault) -> None:
    one, three = troubles(step(fault)), troubles(step(fault, fault, fault))
    assert one.startswith("ns1.example.com ") and one.endswith(".")
    assert three.startswith("3 servers ")
    assert not three.split()[2].endswith("s")  # a verb in the plural


@pytest.mark.parametrize("later", [False, True])
def test_a_server_that_was_not_waited_for_was_slow_or_was_not_needed(later: bool) -> None:
    found = step(Fault.ABANDONED, GOOD, chosen=1)
    start = found.attempts[1].exchange.start + (1 if later else -1)
    slow = replace(found.attempts[0], exchange=replace(found.attempts[0].exchange, start=start))
    text = troubles(replace(found, attempts=(slow, found.attempts[1])))
    words = "its answer is no longer needed" if later else "is slow to answer, so another server"
    assert found.attempts[0].meaning.kind is Kind.ABANDONED and words in text


def test_the_chosen_server_may_have_been_asked_again() -> None:
    found = step(Fault.TIMEOUT, chosen=0)
    answered, query = attempt(1, GOOD), found.attempts[0].exchange.query
    again = replace(answered, exchange=replace(answered.exchange, query=query))
    assert way(replace(found, attempts=(*found.attempts, again), chosen=1)) == "Asked once more, "
    bare = replace(again, exchange=replace(again.exchange, query=replace(again.exchange.query, edns=None)))
    assert way(replace(found, attempts=(*found.attempts, bare), chosen=1)) == "Asked again without EDNS, "
    assert way(step(GOOD, chosen=0)) == ""

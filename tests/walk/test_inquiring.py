"""What is asked after the walk, where resolvers differ from it."""

from __future__ import annotations

from collections import Counter

import dns.rdatatype
import pytest

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Question, Trace
from dnstrace.model.asked import Resolver
from dnstrace.model.limits import Limits
from tests.replies import name


def asked(world: str, limits: Limits | None = None) -> Trace:
    lab = load(world)
    return trace(
        lab.question.name,
        lab.question.rdtype,
        network=LabNetwork(lab, signed=True),
        resolvers=[Resolver(address) for address in lab.resolvers],
        limits=limits,
        now=lab.now,
        seed=1,
    )


def further(found: Trace) -> Counter[tuple[str, str]]:
    """The questions that resolvers were asked beyond the trace's own."""
    steps = (step for step in found.steps if step.at_resolver and not step.asks_resolver)
    return Counter((str(s.question.name), dns.rdatatype.to_text(s.question.rdtype)) for s in steps)


@pytest.mark.parametrize("world", ["resolver-same", "in-domain", "dnssec-good"])
def test_nothing_more_is_asked_where_nothing_differs(world: str) -> None:
    assert not further(asked(world)) and not [
        s for s in asked(world).steps if s.purpose == "probe" and s.parent
    ]


def test_a_resolver_that_finds_it_bogus_is_asked_for_what_the_walk_has_to_compare() -> None:
    assert further(asked("resolver-keys-stale")) == {("com.", "DS"): 1, ("example.com.", "DS"): 1}


def test_they_are_asked_without_validation() -> None:
    found = asked("resolver-keys-stale")
    queries = [
        attempt.exchange.query
        for step in found.steps
        if step.at_resolver and not step.asks_resolver
        for attempt in step.attempts
    ]
    assert queries and all(query.checking_disabled and query.recursion_desired for query in queries)


def test_one_with_another_answer_is_asked_for_the_zone_and_the_zone_once_too() -> None:
    found = asked("resolver-stale")
    soa = Question(name("example.com."), dns.rdatatype.SOA)
    differing = sum(step.asks_resolver for step in found.steps)
    assert further(found) <= Counter({("example.com.", "SOA"): differing})
    assert sum(step.question == soa and not step.at_resolver for step in found.steps) == 1


def test_the_deadline_ends_it() -> None:
    found = asked("resolver-servfail", Limits(deadline=1.0))
    assert found.outcome == "answer" and found.stats.duration <= 1.0


@pytest.mark.parametrize("deadline", [0.001, 0.06, 0.07, 0.08, 0.09])
def test_no_step_is_left_open_whenever_the_deadline_comes(deadline: float) -> None:
    for world in ("resolver-own-zone", "resolver-keys-stale"):
        assert all(step.outcome is not None for step in asked(world, Limits(deadline=deadline)).steps)

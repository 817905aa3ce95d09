"""Whom to ask, in what order, and who is left when nobody at hand answered."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any, cast

import dns.rdatatype
import pytest

from dnstrace.model import (
    ROOT,
    Address,
    Attempt,
    Delegation,
    Exchange,
    Kind,
    Meaning,
    NameServer,
    Purpose,
    Query,
    Question,
    Settings,
    Source,
)
from dnstrace.model.limits import Limits
from dnstrace.walk.budget import Budget
from dnstrace.walk.candidates import Candidate, Candidates
from dnstrace.walk.context import TraceContext
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.journal import Journal
from dnstrace.walk.remembered import Remembered
from tests.replies import name

COM = name("com.")
QUESTION = Question(name("www.example.com."), dns.rdatatype.A)


def address(text: str, source: Source = Source.GLUE) -> Address:
    return Address(text, source)


def delegation(**servers: list[Address]) -> Delegation:
    """The delegation of com.: `__` stands for the dots in the name of a server."""
    named = (NameServer(name(f"{each.replace('__', '.')}."), tuple(a)) for each, a in servers.items())
    return Delegation(COM, tuple(named))


def whom(cut: Delegation, seed: int = 1, **how: Any) -> tuple[Candidates, TraceContext]:
    journal = Journal(QUESTION, datetime.now(UTC), seed, lambda: 0.0)
    journal.begin(None, Purpose.WALK, cut, QUESTION)
    cuts, health = Cuts(Delegation(ROOT, ())), Health(frozenset({4, 6}))
    settings = Settings(tries=3)
    network = cast("Any", None)  # nothing is sent
    context = TraceContext(
        network, settings, Budget(Limits()), journal, cuts, health, Random(seed), Remembered()
    )
    return Candidates(context, 1, cut, QUESTION, **how), context


def taken(found: Candidates) -> list[str]:
    """The addresses that are ready, in order, until none is."""
    taken = []
    while (candidate := found.next()) is not None:
        taken.append(candidate.address.text)
    return taken


def further(found: Candidates) -> tuple[list[str], list[str]]:
    """What the next way gives: addresses, and names to be looked up."""
    found.names.clear()
    assert found.go_further()
    return taken(found), [str(each) for each in found.names]


FOUR = delegation(a__com=[address(f"192.0.2.{n}") for n in range(1, 5)])


def test_every_address_once_in_an_order_that_the_seed_gives() -> None:
    orders = {tuple(taken(whom(FOUR, seed)[0])) for seed in range(40)}
    assert len(orders) > 12
    assert {tuple(sorted(each)) for each in orders} == {tuple(f"192.0.2.{n}" for n in range(1, 5))}


def test_the_one_that_is_to_be_first_and_those_that_are_to_be_left_out() -> None:
    for seed in range(10):
        found, _ = whom(FOUR, seed, first=address("192.0.2.3"), skip=frozenset({"192.0.2.1"}))
        first, *others = taken(found)
        assert first == "192.0.2.3" and sorted(others) == ["192.0.2.2", "192.0.2.4"]


def test_names_of_the_deepest_known_cut_are_looked_up_first_and_those_of_the_zone_itself_last() -> None:
    cut = delegation(ns__com=[], ns__example__org=[], ns__deep__test=[])
    _, context = whom(cut)
    context.cuts.add(Delegation(name("deep.test."), ()))
    for seed in range(10):
        again = Candidates(context._replace(random=Random(seed)), 1, cut, QUESTION)
        assert [str(each) for each in again.names] == ["ns.deep.test.", "ns.example.org.", "ns.com."]


def test_what_is_left_comes_in_order() -> None:
    """Glue from elsewhere, the zone's own servers, names with glue, what timed out: twice with 3 tries."""
    cut = delegation(a__com=[address("192.0.2.1")], ns__org=[address("192.0.2.2")], ns__net=[])
    found, context = whom(cut)
    assert sorted(taken(found)) == ["192.0.2.1", "192.0.2.2"]
    context.cuts.add(Delegation(name("net."), (NameServer(name("ns.net."), (address("192.0.2.3"),)),)))
    assert further(found) == (["192.0.2.3"], [])
    own = NameServer(name("own.test.")), NameServer(name("b.com."), (address("192.0.2.4"),))
    context.cuts.add_child(Delegation(COM, (*own, *cut.servers)))
    assert further(found) == (["192.0.2.4"], ["own.test."])
    assert further(found) == ([], ["ns.org."])
    assert further(found) == ([], [])  # nothing has been found since
    assert further(found) == ([], []) and found.names_of_parent == []
    found.timed_out = [Candidate(name("a.com."), address("192.0.2.1"), 0)]
    assert found.go_further() and [each.tries for each in found.ready] == [1]
    found.timed_out, found.ready = found.ready, []
    assert found.go_further() and [each.tries for each in found.ready] == [2]
    assert found.go_further() and found.ready == []
    assert not found.go_further()


def test_a_name_that_was_looked_up_is_not_looked_up_again() -> None:
    cut = delegation(ns__org=[address("192.0.2.1", Source.RESOLVED), address("192.0.2.2")])
    found, _ = whom(cut)
    taken(found)
    assert [further(found) for _ in range(3)] == [([], [])] * 3


@pytest.mark.parametrize("offer", [Meaning(Kind.NODATA), None])
def test_an_empty_reply_is_better_than_another_try_if_it_may_be_nodata(offer: Meaning | None) -> None:
    found, context = whom(FOUR)
    exchange = Exchange(Query(QUESTION, "192.0.2.1"), 0.0, 0.1)
    context.journal.attempt(1, Attempt(name("a.com."), exchange, Meaning(Kind.EMPTY, offer=offer)))
    taken(found)
    found.timed_out = [Candidate(name("a.com."), address("192.0.2.2"), 0)]
    assert ([further(found) for _ in range(7)] == [([], [])] * 7) is (offer is not None)


def test_when_it_is_given_up_nobody_is_left() -> None:
    found, _ = whom(delegation(ns__org=[]))
    found.give_up()
    assert found.names == [] and not found.go_further()

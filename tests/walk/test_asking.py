"""What an Asking does for a strategy, whatever that decides: one address, look-ups, the record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import dns.rdatatype

from dnstrace import clock
from dnstrace.model import (
    ROOT,
    Address,
    Attempt,
    Delegation,
    Exchange,
    Fault,
    Kind,
    Name,
    NameServer,
    Purpose,
    Query,
    Question,
    Settings,
    Source,
    Transport,
)
from dnstrace.model.limits import Limits
from dnstrace.walk.asking import Asking
from dnstrace.walk.budget import Budget
from dnstrace.walk.context import TraceContext
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.hedging import HEDGED
from dnstrace.walk.journal import Journal
from dnstrace.walk.remembered import Remembered
from dnstrace.walk.strategy import Strategy
from dnstrace.walk.survey import EVERY_ADDRESS
from tests.replies import name, reply
from tests.scripted import Scripted, Server, answers

QUESTION = Question(name("www.example."), dns.rdatatype.A)
V6 = tuple(f"2001:500::{number}" for number in (1, 2, 3))


def asked(
    strategy: Strategy,
    servers: dict[str, Server],
    *addresses: str,
    limits: Limits = Limits(),
    found: tuple[Address, ...] = (),
) -> tuple[Asking, Scripted, list[Attempt]]:
    """One step over scripted servers, one name for each address; `found` is what every look-up finds."""
    named = (NameServer(name(f"ns-{a.replace(':', '-')}.test."), _given(a)) for a in addresses)
    cut = Delegation(name("example."), tuple(named))
    network = Scripted(servers)

    async def lookup(name: Name, of_parent: bool) -> tuple[Address, ...]:
        return found

    async def run() -> tuple[Asking, list[Attempt]]:
        journal = Journal(QUESTION, datetime.now(UTC), 1, asyncio.get_running_loop().time)
        step = journal.begin(None, Purpose.WALK, cut, QUESTION)
        cuts, health = Cuts(Delegation(ROOT, ())), Health(frozenset({4, 6}))
        settings = Settings(tries=2, timeout=2.0)
        context = TraceContext(
            network, settings, Budget(limits), journal, cuts, health, Random(1), Remembered()
        )
        asking = Asking(context, step, cut, QUESTION, strategy, lookup)
        await asking.run()
        return asking, list(asking.recorded)

    asking, attempts = clock.run(run())
    return asking, network, attempts


def _given(address: str) -> tuple[Address, ...]:
    return () if address.startswith("none") else (Address(address, Source.GIVEN),)


def taken_in_turn(count: int) -> Callable[[Asking], object]:
    """A strategy that asks `count` addresses one after the other and is content with none."""

    async def choose(asking: Asking) -> int | None:
        for _ in range(count):
            candidate = asking.candidates.next()
            assert candidate is not None
            asking.send(candidate)
            (task,) = asking.waiting
            await asyncio.wait([task])
            asking.take_in(task)
        return None

    return choose


def truncates(question: Question) -> Exchange:
    return reply(str(question), flags="QR AA TC")


def fails_at_once(question: Question) -> Fault:
    return Fault.NETWORK_UNREACHABLE


def fails_later(question: Question) -> Exchange:
    return Exchange(Query(question, "::1"), 0.0, 0.0, fault=Fault.NETWORK_UNREACHABLE)


def recursive(query: Query) -> Query:
    return replace(query, recursion_desired=True)


def test_the_strategy_says_how_many_are_asked_and_what_is_gone_by() -> None:
    for count in (1, 2):
        strategy = Strategy(taken_in_turn(count))  # type: ignore[arg-type]
        _, network, attempts = asked(
            strategy, {"10.0.0.1": answers(), "10.0.0.2": answers()}, "10.0.0.1", "10.0.0.2"
        )
        assert len(network.asked) == len(attempts) == count


def test_a_reply_that_calls_for_it_is_asked_again_in_another_way() -> None:
    _, network, _ = asked(HEDGED, {"10.0.0.1": truncates}, "10.0.0.1")
    assert [each.transport for each in network.asked[:2]] == [Transport.UDP, Transport.TCP]


def test_a_query_of_a_shape_is_sent_as_it_is_and_in_no_other_way() -> None:
    _, network, _ = asked(replace(HEDGED, shape=recursive), {"10.0.0.1": truncates}, "10.0.0.1")
    assert [(each.transport, each.recursion_desired) for each in network.asked] == [(Transport.UDP, True)]


def test_a_further_try_gets_its_share_of_the_timeout() -> None:
    for share, expected in ((1.0, [2.0, 2.0]), (0.5, [2.0, 1.0])):
        _, _, attempts = asked(replace(EVERY_ADDRESS, retry_share=share), {}, "10.0.0.1")
        assert [each.exchange.elapsed for each in attempts[:2]] == expected


def test_one_address_shows_for_its_family_that_there_is_no_route() -> None:
    for fails, sent in ((fails_at_once, 1), (fails_later, 3)):
        _, network, attempts = asked(EVERY_ADDRESS, dict.fromkeys(V6, fails), *V6)
        assert [each.meaning.kind for each in attempts] == [Kind.NETWORK_UNREACHABLE]
        assert len(network.asked) == sent


def test_what_is_under_way_at_the_end_is_given_up_and_recorded() -> None:
    silent = [f"10.0.1.{number}" for number in range(8)]
    _, network, attempts = asked(HEDGED, {"10.0.0.1": answers()}, "10.0.0.1", *silent)
    assert len(attempts) == len(network.asked) > 1
    kinds = {each.address: each.meaning.kind for each in attempts}
    assert kinds.pop("10.0.0.1") is Kind.ANSWER
    assert set(kinds.values()) == {Kind.ABANDONED}


def test_the_bound_on_lookups_is_what_denied_more() -> None:
    limits = Limits(lookups_per_delegation=1)
    asking, _, attempts = asked(HEDGED, {}, "none-1", "none-2", limits=limits)
    assert not attempts
    assert "1 address look-up" in asking.denied


def test_an_address_that_a_lookup_finds_is_asked() -> None:
    found = (Address("10.0.0.9", Source.GIVEN),)
    _, network, attempts = asked(HEDGED, {"10.0.0.9": answers()}, "none-1", found=found)
    assert [each.address for each in network.asked] == ["10.0.0.9"]
    assert [each.meaning.kind for each in attempts] == [Kind.ANSWER]

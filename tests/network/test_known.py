"""A network in which what was recorded is known."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import dns.name
import dns.rdatatype

from dnstrace.clock import run
from dnstrace.model import Exchange, Fault, Purpose, Query, Question, Trace
from dnstrace.network.known import KnownNetwork
from tests.checks.checking import checked_by_name


def recorded() -> Trace:
    return checked_by_name("glue")


class Counting:
    """A network without replies, which counts."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.queries.append(query)
        await asyncio.sleep(1)
        return Exchange(query, 0.0, 1.0, fault=Fault.TIMEOUT)


def put(network: KnownNetwork, *queries: Query) -> list[Exchange]:
    async def all_of_them() -> list[Exchange]:
        return [await network.exchange(query, 2.0) for query in queries]

    return run(all_of_them())


def known(trace: Trace | None = None, left: int = 9) -> tuple[KnownNetwork, Counting]:
    counting, budget = Counting(), iter([True] * left)
    return KnownNetwork((trace or recorded()).steps, counting, lambda: next(budget, False)), counting


def test_all_that_was_recorded_is_known_and_takes_no_time() -> None:
    network, counting = known()
    for step in recorded().steps:
        for attempt in step.attempts:
            (found,) = put(network.again(), attempt.exchange.query)
            assert found.start == 0.0
            assert (found.message is None) == (attempt.exchange.message is None)
    assert not counting.queries and not network.asked


def test_a_query_put_again_has_its_next_result_and_then_its_last() -> None:
    attempt = recorded().steps[-1].attempts[0].exchange
    first, then = replace(attempt, detail="first"), replace(attempt, detail="then")
    attempts = tuple(replace(recorded().steps[-1].attempts[0], exchange=each) for each in (first, then))
    step = replace(recorded().steps[-1], attempts=attempts)
    network = KnownNetwork([step], Counting(), lambda: False)
    assert [each.detail for each in put(network, *[attempt.query] * 3)] == ["first", "then", "then"]


def test_what_was_not_recorded_is_asked_once_and_then_known() -> None:
    network, counting = known()
    query = replace(recorded().steps[0].attempts[0].exchange.query, address="192.0.2.250")
    put(network, query, query)
    assert counting.queries == [query] == network.asked
    put(network.again(), query)
    assert counting.queries == [query] and not network.asked


def test_another_server_of_the_zone_stands_in_but_not_for_one_that_was_only_probed() -> None:
    step = next(each for each in recorded().steps if each.main and len(each.attempts) > 1)
    first, second = step.attempts[:2]
    odd = Question(dns.name.from_text("odd.example."), dns.rdatatype.TXT)
    asked = replace(first.exchange, query=replace(first.exchange.query, question=odd))
    other = replace(second.exchange.query, question=odd)
    for purpose, answered in ((Purpose.WALK, True), (Purpose.PROBE, False)):
        more = replace(step, purpose=purpose, attempts=(replace(first, exchange=asked),))
        probed = replace(step, purpose=purpose)
        network, counting = KnownNetwork([probed, more], Counting(), lambda: False), Counting()
        (found,) = put(network, other)
        assert (found.message is not None) is answered and network.denied is not answered
        assert not counting.queries


def test_without_budget_it_is_not_recorded_and_that_is_noted() -> None:
    network, counting = known(left=1)
    query = recorded().steps[0].attempts[0].exchange.query
    found = put(network, *(replace(query, address=f"192.0.2.{number}") for number in (250, 251)))
    assert [each.fault for each in found] == [Fault.TIMEOUT, Fault.NOT_RECORDED]
    assert network.denied and len(counting.queries) == 1

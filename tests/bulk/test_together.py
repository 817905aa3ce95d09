"""Many names: what they share changes nothing of what they come to, and is asked for once."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

import dns.name
import dns.rdatatype
import pytest

from dnstrace import Trace, Tracing, trace
from dnstrace.bulk import TO_ONE, trace_many
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, names
from dnstrace.model import (
    Address,
    Delegation,
    Exchange,
    Fault,
    NameServer,
    Query,
    Question,
    Settings,
    Source,
)
from dnstrace.walk.budget import Budget
from tests.lab.made import SERVER, world

A = dns.rdatatype.A
ROOTS = Delegation(
    dns.name.root, (NameServer(dns.name.from_text("ns.host."), (Address("192.0.2.1", Source.HINT),)),)
)
"""Where a walk begins in the worlds of `zones`."""


def many(
    where: World, questions: Iterable[Question], network: LabNetwork | None = None, **shared: Any
) -> list[Trace]:
    """All traces, in the order in which they ended."""
    network = network or LabNetwork(where)
    roots = ROOTS if where.name == "test" else None

    async def run() -> list[Trace]:
        tracing = Tracing(roots=roots, now=where.now, seed=1)
        return [found async for found in trace_many(questions, tracing=tracing, network=network, **shared)]

    return network.run(run())


def question(name: str, rdtype: Any = A) -> Question:
    return Question(dns.name.from_text(name), rdtype)


def zones(count: int) -> World:
    """A root with so many zones, two hosts' servers each, one of which is dead for every seventh."""
    servers = {f"ns{n}.host.": {"addresses": [f"198.18.{n}.1"], "rtt": 10 + n} for n in range(8)}
    servers["dead.host."] = {"addresses": ["198.18.100.1"], "rtt": 10, "does": ["silent"]}
    host = "@ SOA ns h 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.1\ndead A 198.18.100.1\n"
    made: dict[str, Any] = {
        ".": {"text": "", "servers": ["ns.host."]},
        "host.": {"text": host, "servers": ["ns.host."]},
    }
    text = "@ SOA ns.host. h 1 7200 900 1209600 300\n@ NS ns.host.\nhost. NS ns.host.\nns.host. A 192.0.2.1\n"
    for number in range(8):
        made["host."]["text"] += f"ns{number} A 198.18.{number}.1\n"
    for number in range(count):
        one, other = (
            f"ns{number % 8}.host.",
            "dead.host." if number % 7 == 0 else f"ns{(number + 3) % 8}.host.",
        )
        text += f"z{number}. NS {one}\nz{number}. NS {other}\n"
        made[f"z{number}."] = {
            "text": f"@ SOA {one} h 1 7200 900 1209600 300\n@ NS {one}\n@ NS {other}\n"
            "@ A 192.0.2.9\nwww 300 A 192.0.2.44\nalias CNAME www.z1.\nsub.ent TXT x\n",
            "servers": [one, *([other] if not other.startswith("dead") else [])],
        }
    made["."]["text"] = text
    return world(servers={"ns.host.": SERVER, **servers}, zones=made, question="www.z1. A")


class Timed(LabNetwork):
    """Notes when each query is sent; the addresses in `silent` do not reply."""

    def __init__(self, where: World, silent: frozenset[str] = frozenset()) -> None:
        super().__init__(where)
        self._silent, self.times = silent, list[float]()

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        start = asyncio.get_running_loop().time()
        self.times.append(start)
        if query.address in self._silent:
            await asyncio.sleep(timeout)
            return Exchange(query, start, timeout, fault=Fault.TIMEOUT)
        return await super().exchange(query, timeout)


def drawn(count: int, of: int) -> list[Question]:
    random = Random(7)
    owners = ("www", "alias", "none", "sub.ent", "ent", "x.none")
    return [
        question(f"{random.choice(owners)}.z{random.randrange(of)}.", random.choice((A, dns.rdatatype.TXT)))
        for _ in range(count)
    ]


def said(found: Trace) -> tuple[object, ...]:
    answer = sorted(f"{r.name} {r.rdtype} {sorted(map(str, r))}" for r in found.answer)
    return found.question, found.outcome, found.rcode, tuple(answer)


@pytest.mark.parametrize("share", [True, False])
def test_two_thousand_names_come_to_what_each_comes_to_alone(share: bool) -> None:
    where = zones(40)
    asked = drawn(2000 if share else 200, 45)
    alone = {
        each: said(
            trace(each.name, each.rdtype, network=LabNetwork(where), roots=ROOTS, now=where.now, seed=3)
        )
        for each in set(asked)
    }
    found = many(where, asked, share=share)
    assert Counter(each.question for each in found) == Counter(asked)
    assert all(said(each) == alone[each.question] for each in found)


@pytest.mark.parametrize(
    "name", [name for name in names() if not name.startswith(("endless", "huge", "dnssec"))][::3]
)
def test_so_do_those_of_the_lab(name: str) -> None:
    where = load(name)
    asked = [where.question, question("www.example.com."), question("nowhere.example.com."), where.question]
    alone = {
        each: said(trace(each.name, each.rdtype, network=LabNetwork(where), now=where.now, seed=1))
        for each in asked
    }
    for each in many(where, asked):
        if alone[each.question][1] != "failed":
            assert said(each)[:3] == alone[each.question][:3]


@pytest.mark.parametrize("name", ["drops-edns", "drops-large-udp", "no-udp", "silent"])
def test_a_server_that_takes_only_some_queries_is_no_dead_one(name: str) -> None:
    """So many names at a time that it is taken to be silent before it was asked in the way that it takes."""
    where = load(name)
    asked = [where.question, *(question(f"x{n}.example.com.") for n in range(100))]
    assert Counter(str(each.outcome) for each in many(where, asked)) == {"answer": 1, "nxdomain": 100}


class Counting(LabNetwork):
    """The lab, with what is sent to each address, and how much of it at once."""

    def __init__(self, where: World) -> None:
        super().__init__(where)
        self.sent: Counter[Query] = Counter()
        self.now: Counter[str] = Counter()
        self.most: defaultdict[str, int] = defaultdict(int)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.sent[query] += 1
        self.now[query.address] += 1
        self.most[query.address] = max(self.most[query.address], self.now[query.address])
        try:
            return await super().exchange(query, timeout)
        finally:
            self.now[query.address] -= 1


def test_what_is_known_is_not_asked_again_and_nobody_is_pressed() -> None:
    where = zones(40)
    asked = [question(f"www.z{n % 40}.") for n in range(1000)]
    shared, cold = Counting(where), Counting(where)
    many(where, asked, shared, at_once=100)
    many(where, asked, cold, at_once=100, share=False)
    assert sum(shared.sent.values()) < 1400 < 3000 < sum(cold.sent.values())
    assert max(shared.most.values()) <= TO_ONE and max(cold.most.values()) <= TO_ONE
    silent = sum(count for query, count in shared.sent.items() if query.address == "198.18.100.1")
    assert silent < 30 < sum(count for query, count in cold.sent.items() if query.address == "198.18.100.1")


def test_equal_questions_under_way_are_asked_once() -> None:
    where = zones(2)
    network = Counting(where)
    found = many(where, [question("www.z1.")] * 50, network, at_once=50)
    assert len(found) == 50 and {each.outcome for each in found} == {found[0].outcome}
    assert sum(network.sent.values()) < 20


def test_the_steps_show_what_was_known() -> None:
    where = zones(3)
    first, second = many(where, [question("www.z1."), question("none.z1.")], at_once=1)
    assert [step.zone.to_text() for step in first.steps if step.main] == [".", "z1."]
    assert [step.zone.to_text() for step in second.steps if step.main] == ["z1."]


def test_a_trace_leaves_nothing_for_the_collector() -> None:
    soa = "@ SOA ns.host. h 1 7200 900 1209600 300\n@ NS ns.host.\n"
    text = {
        ".": {"text": f"{soa}host. NS ns.host.\nns.host. A 192.0.2.1\n", "servers": ["ns.host."]},
        "host.": {"text": f"{soa}ns A 192.0.2.1\nwww A 192.0.2.44\n", "servers": ["ns.host."]},
    }
    where = world(servers={"ns.host.": SERVER}, zones=text, question="www.host. A")
    network, asked = LabNetwork(where), [question("www.host.") for _ in range(50)]
    gc.disable()
    try:
        many(where, asked[:1])
        gc.collect()
        found = many(where, asked, network)
        assert gc.collect() < len(found) == len(asked)
    finally:
        gc.enable()


def test_results_in_order_where_that_is_wanted() -> None:
    where = zones(20)
    asked = drawn(100, 20)
    assert [each.question for each in many(where, asked, ordered=True)] == asked
    assert [each.question for each in many(where, asked)] != asked


@pytest.mark.parametrize("rate", [1.0, 5.0, 50.0])
def test_a_low_rate_takes_time_and_costs_no_answer(rate: float) -> None:
    where = zones(40)
    asked = [question(f"www.z{n % 40}.") for n in range(400)]
    network = Counting(where)
    found = many(where, asked, network, rate=rate)
    assert [str(each.outcome) for each in found] == ["answer"] * 400


@pytest.mark.parametrize(("rate", "check"), [(5.0, False), (40.0, False), (40.0, True)])
def test_a_rate_is_nearly_reached_and_all_that_is_recorded_was_sent(rate: float, check: bool) -> None:
    """Whoever waits for a slot is not taken for slow: no other server is asked in its place."""
    where = zones(40)
    asked = [question(f"www.z{n}.") for n in range(1, 40) if n % 7]  # without the dead servers
    network = Timed(where)
    settings = Settings(all_servers=check, probe=check)

    async def run() -> list[Trace]:
        tracing = Tracing(settings=settings, roots=ROOTS, now=where.now, seed=1)
        how: dict[str, Any] = {"tracing": tracing, "network": network, "rate": rate}
        return [found async for found in trace_many(asked[: 6 if check else None], **how)]

    found = network.run(run())
    assert {str(each.outcome) for each in found} == {"answer"} and not any(each.unapplied for each in found)
    attempts = [attempt for each in found for step in each.steps for attempt in step.attempts]
    assert not [each for each in attempts if each.exchange.fault is Fault.ABANDONED]
    took = network.times[-1] - network.times[0]
    assert 0.9 * rate < (len(network.times) - 1) / took <= rate * 1.001


def test_while_servers_are_waited_for_more_names_are_traced() -> None:
    """All zones are dead: one at a time, as a low rate has it, they would take minutes each."""
    where = zones(280)
    asked = [question(f"www.z{n}.") for n in range(0, 280, 7)]
    network = Timed(where, silent=frozenset({f"198.18.{n}.1" for n in range(8)}))
    many(where, asked, network, rate=4.0)
    assert len(network.times) / network.times[-1] > 3.0


def test_names_are_read_only_as_far_as_there_is_room() -> None:
    where, read = zones(2), 0

    def endless() -> Iterable[Question]:
        nonlocal read
        while True:
            read += 1
            yield question(f"x{read}.z1.")

    async def first() -> Trace:
        found = trace_many(
            endless(), network=network, tracing=Tracing(roots=ROOTS, now=where.now), at_once=10
        )
        async for each in found:
            await found.aclose()
            return each
        raise AssertionError

    network = LabNetwork(where)
    assert network.run(first()).question.name.is_subdomain(dns.name.from_text("z1."))
    assert read == 10


def test_a_run_that_is_stopped_leaves_nothing_under_way() -> None:
    where = zones(2)
    network = LabNetwork(where)

    async def stopped() -> int:
        asked = [question(f"x{n}.z1.") for n in range(50)]
        found = trace_many(asked, network=network, tracing=Tracing(roots=ROOTS, now=where.now))
        async for _ in found:
            break
        await found.aclose()
        await asyncio.sleep(0)
        return len(asyncio.all_tasks()) - 1

    assert network.run(stopped()) == 0


def test_a_fault_of_ours_in_one_trace_does_not_cost_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    class Breaks(LabNetwork):
        async def exchange(self, query: Query, timeout: float) -> Exchange:
            if b"none" in query.question.name.labels:
                raise KeyError("what nobody thought of")
            return await super().exchange(query, timeout)

    where, asked = zones(4), [question(f"{owner}.z1.") for owner in ("www", "none", "x.none", "alias")]
    found = {str(each.question.name): each for each in many(where, asked, Breaks(where))}
    assert [found[f"{owner}.z1."].outcome for owner in ("www", "alias")] == ["answer", "answer"]
    assert found["none.z1."].error == "a fault of dnstrace: KeyError: 'what nobody thought of'"
    assert found["x.none.z1."].outcome == "failed"
    assert capsys.readouterr().err.count("Traceback") == 1


def test_replies_that_another_trace_has_read_count_no_octets_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the limit is reached sooner than in a trace of its own, and findings are lost."""
    counted: list[int] = []
    monkeypatch.setattr(Budget, "received", lambda _, octets: counted.append(octets))
    network, asked = LabNetwork(load("in-domain")), [question("www.example.com.")] * 2
    tracing = Tracing(seed=1, settings=Settings(all_servers=True, probe=True))

    async def run() -> list[Trace]:
        return [each async for each in trace_many(asked, tracing=tracing, network=network, at_once=1)]

    first, second = network.run(run())
    assert second.stats.bytes_in < first.stats.bytes_in / 4
    assert sum(counted) == first.stats.bytes_in + second.stats.bytes_in

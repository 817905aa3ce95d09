"""What traces share: cuts and addresses for their TTL, and queries under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import dns.name
import dns.rdatatype
import pytest

from dnstrace import clock
from dnstrace.bulk import sharing
from dnstrace.bulk.polite import PoliteNetwork
from dnstrace.bulk.sharing import Shared, TimedCuts
from dnstrace.model import Address, Delegation, Exchange, Fault, NameServer, Query, Question, Settings, Source
from dnstrace.model.structs import replace

ROOT = Delegation(dns.name.root, ())


def question(name: str) -> Question:
    return Question(dns.name.from_text(name), dns.rdatatype.A)


def test_cuts_are_known_for_their_ttl() -> None:
    now = 0.0
    root = Delegation(dns.name.root, ())
    cuts = TimedCuts(root, lambda: now)
    server = NameServer(dns.name.from_text("ns.example."), (Address("192.0.2.1", Source.GLUE),))
    cuts.add(Delegation(dns.name.from_text("example."), (server,), ttl=60))
    cuts.add_addresses(dns.name.from_text("ns.other."), (Address("192.0.2.2", Source.RESOLVED),), 30)
    bare = Delegation(dns.name.from_text("x."), (NameServer(dns.name.from_text("ns.other.")),))
    assert cuts.enclosing(question("www.example.")).zone == dns.name.from_text("example.")
    assert cuts.with_addresses(bare).servers[0].addresses == (Address("192.0.2.2", Source.CACHE),)
    now = 31.0
    assert not cuts.with_addresses(bare).servers[0].addresses
    now = 61.0
    assert cuts.enclosing(question("www.example.")) is root and not cuts.glue(server.name)


def test_a_cut_that_changes_time_and_again_takes_no_more_room() -> None:
    cuts, zone = TimedCuts(Delegation(dns.name.root, ()), lambda: 0.0), dns.name.from_text("example.")
    for number in range(5):
        name = dns.name.from_text(f"ns{number}.example.")
        server = NameServer(name, (Address("192.0.2.1", Source.GLUE),))
        cuts.add(Delegation(zone, (server,), ttl=60))
        own = Delegation(zone, (NameServer(name), NameServer(dns.name.from_text("ns.example."))))
        cuts.add_child(own)
    assert cuts.glue(name) and list(cuts._glue) == [name]
    assert cuts.child(zone) == own
    cuts.add_child(Delegation(dns.name.from_text("unknown."), ()))
    assert list(cuts._child) == [zone]


def test_of_a_zone_that_lists_what_its_parent_lists_one_list_is_kept() -> None:
    cuts, zone = TimedCuts(ROOT, lambda: 0.0), dns.name.from_text("example.")
    addresses = tuple(Address(f"192.0.2.{number}", Source.GLUE) for number in (1, 2))
    cut = Delegation(zone, (NameServer(dns.name.from_text("ns.example."), addresses),), ttl=60)
    more = replace(cut.servers[0], addresses=(*addresses, Address("192.0.2.3", Source.GLUE)))
    for servers, kept in (
        ((replace(cut.servers[0], addresses=addresses[1:]),), cut),
        ((more,), Delegation(zone, (more,))),
    ):
        cuts.add(cut)
        cuts.add_child(Delegation(zone, servers))
        assert cuts.child(zone) == kept


def test_the_cuts_that_were_used_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_MOST_CUTS", 3)
    cuts = TimedCuts(ROOT, lambda: 0.0)
    for name in ("com.", "a.com.", "b.com.", "c.com.", "d.com."):
        assert cuts.enclosing(question(f"www.{name}")).zone in (dns.name.root, dns.name.from_text("com."))
        cuts.add(Delegation(dns.name.from_text(name), (), ttl=60))
    assert {cuts.enclosing(question(f"{name}.com.")).zone.to_text() for name in "abcd"} == {
        "com.",
        "c.com.",
        "d.com.",
    }


class Slow:
    """A network that answers nothing, after a second."""

    def __init__(self) -> None:
        self.asked: list[Query] = []

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.asked.append(query)
        start = asyncio.get_running_loop().time()
        await asyncio.sleep(1.0)
        return Exchange(query, start, 1.0, fault=Fault.PORT_UNREACHABLE)


QUERY = Query(question("www.example."), "192.0.2.1")


def shared(network: Slow) -> Shared:
    return Shared(network, asyncio.get_running_loop().time, Settings(), ROOT)


def test_of_equal_queries_under_way_one_is_sent_and_each_waited_as_long_as_it_did() -> None:
    network = Slow()

    async def two() -> tuple[Exchange, Exchange]:
        both = shared(network)

        async def later() -> Exchange:
            await asyncio.sleep(0.25)
            return await both.exchange(QUERY, 2.0)

        return await asyncio.gather(both.exchange(QUERY, 2.0), later())

    first, second = clock.run(two())
    assert network.asked == [QUERY]
    assert (first.elapsed, second.elapsed, second.start) == (1.0, 0.75, 0.25)
    assert first.fault is second.fault is Fault.PORT_UNREACHABLE


def test_where_the_first_gives_up_the_next_asks_again() -> None:
    network = Slow()

    async def cancelled() -> Exchange:
        both = shared(network)
        first = asyncio.ensure_future(both.exchange(QUERY, 2.0))
        second = asyncio.ensure_future(both.exchange(QUERY, 2.0))
        await asyncio.sleep(0.5)
        first.cancel()
        return await second

    assert clock.run(cancelled()).start == 0.5
    assert network.asked == [QUERY, QUERY]


def test_what_one_trace_learns_the_next_one_knows() -> None:
    async def known() -> bool:
        both = shared(Slow())
        cuts, again = both.knowledge.cuts, both.knowledge.cuts
        assert cuts is not None and again is not None
        cuts.add(Delegation(dns.name.from_text("example."), (), ttl=60))
        found = again.enclosing(question("www.example."))
        return bool(found.zone == dns.name.from_text("example."))

    assert clock.run(known())


def test_all_who_want_a_query_hear_when_it_is_sent_at_last() -> None:
    """One of them that has given up does not; and the time until then is not its server's."""

    async def run() -> tuple[dict[str, float], list[Exchange]]:
        loop, sent = asyncio.get_running_loop(), dict[str, float]()
        waiting = PoliteNetwork(Slow(), rate=0.2)
        shared = Shared(waiting, loop.time, Settings(), ROOT)
        await waiting.exchange(Query(question("x."), "192.0.2.9"), 2.0)
        query = Query(question("www.example."), "192.0.2.1")

        def note(who: str) -> Callable[[], None]:
            return lambda: sent.__setitem__(who, loop.time())

        tasks = [asyncio.ensure_future(shared.in_turn(query, 2.0, note(who))) for who in "abc"]
        await asyncio.sleep(1)
        tasks[1].cancel()
        await asyncio.sleep(3.5)
        late = asyncio.ensure_future(shared.in_turn(query, 2.0, note("d")))
        return sent, list(await asyncio.gather(tasks[0], tasks[2], late))

    sent, found = clock.run(run())
    assert sent == {"a": 5.0, "c": 5.0, "d": 5.5}
    assert [(each.start, each.elapsed) for each in found] == [(5.0, 1.0), (5.0, 1.0), (5.5, 0.5)]

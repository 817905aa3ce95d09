"""What traces share: cuts for their TTLs, and equal queries under way."""

from __future__ import annotations

import asyncio

import dns.name
import dns.rdatatype

from dnstrace import clock
from dnstrace.bulk.sharing import Shared, TimedCuts
from dnstrace.model import Address, Delegation, Exchange, NameServer, Query, Question, Settings, Source
from tests.replies import name
from tests.scripted import RTT, Scripted, answers

WWW = Question(name("www.example."), dns.rdatatype.A)
QUERY = Query(WWW, "192.0.2.1")


def shared(network: Scripted) -> Shared:
    return Shared(network, lambda: 0.0, Settings(), Delegation(dns.name.root, ()))


def test_of_equal_queries_under_way_one_is_sent_and_each_takes_its_own_time() -> None:
    network = Scripted({"192.0.2.1": answers()})

    async def run() -> list[Exchange]:
        sharing = shared(network)
        first = asyncio.ensure_future(sharing.exchange(QUERY, 5.0))
        await asyncio.sleep(RTT / 4)
        second = asyncio.ensure_future(sharing.exchange(QUERY, 5.0))
        return [await first, await second, await sharing.exchange(QUERY, 5.0)]

    first, second, later = clock.run(run())
    assert len(network.asked) == 2 and first.message is second.message is not None
    assert [round(each.elapsed / RTT, 6) for each in (first, second, later)] == [1.0, 0.75, 1.0]


def test_where_the_one_that_asked_gives_up_another_asks() -> None:
    network = Scripted({"192.0.2.1": answers()})

    async def run() -> Exchange:
        sharing = shared(network)
        first = asyncio.ensure_future(sharing.exchange(QUERY, 5.0))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(sharing.exchange(QUERY, 5.0))
        await asyncio.sleep(RTT / 2)
        first.cancel()
        return await second

    assert clock.run(run()).message is not None and len(network.asked) == 2


def test_cuts_are_known_for_their_ttl() -> None:
    now = 0.0
    root = Delegation(dns.name.root, ())
    cuts = TimedCuts(root, lambda: now)
    server = NameServer(name("ns.example."), (Address("192.0.2.1", Source.GLUE),))
    cuts.add(Delegation(name("example."), (server,), ttl=60))
    cuts.add_addresses(name("ns.other."), (Address("192.0.2.2", Source.RESOLVED),), 30)
    bare = Delegation(name("x."), (NameServer(name("ns.other.")),))
    assert cuts.enclosing(WWW).zone == name("example.")
    assert cuts.with_addresses(bare).servers[0].addresses == (Address("192.0.2.2", Source.CACHE),)
    now = 31.0
    assert not cuts.with_addresses(bare).servers[0].addresses
    now = 61.0
    assert cuts.enclosing(WWW) is root and not cuts.glue(server.name)


def test_a_cut_that_changes_time_and_again_takes_no_more_room() -> None:
    cuts, zone = TimedCuts(Delegation(dns.name.root, ()), lambda: 0.0), name("example.")
    for number in range(5):
        host = name(f"ns{number}.example.")
        server = NameServer(host, (Address("192.0.2.1", Source.GLUE),))
        cuts.add(Delegation(zone, (server,), ttl=60))
        cuts.add_child(Delegation(zone, (NameServer(host),)))
    assert cuts.glue(host) and list(cuts._glue) == [host]
    assert cuts.child(zone) == Delegation(zone, (NameServer(host),))
    cuts.add_child(Delegation(name("unknown."), ()))
    assert list(cuts._child) == [zone]

"""The lab's port: replies, faults and their times, to the microsecond."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import dns.rdatatype
import pytest

from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World
from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Fault, Query, Question, Transport
from tests.lab.made import APEX, SERVER, misbehaving, world
from tests.replies import name

QUERY = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.1")
TIMEOUT = 1.5
TEXT = APEX + "ns A 192.0.2.1\nns2 A 192.0.2.2\nwww 300 A 192.0.2.44\n"


def exchange(query: Query, where: World, timeout: float = TIMEOUT) -> tuple[Exchange, float]:
    """What came of `query`, and the virtual time when it had come."""
    network = LabNetwork(where)

    async def main() -> tuple[Exchange, float]:
        return await network.exchange(query, timeout), asyncio.get_running_loop().time()

    return network.run(main())


@pytest.mark.parametrize(
    ("transport", "address", "elapsed"),
    [
        (Transport.UDP, "192.0.2.1", 0.007),
        (Transport.UDP, "2001:db8::1", 0.013),
        (Transport.TCP, "192.0.2.1", 0.014),
    ],
)
def test_a_reply_takes_a_round_trip_and_over_tcp_two(
    transport: Transport, address: str, elapsed: float
) -> None:
    where = world(servers={"ns.example.": {"addresses": ["192.0.2.1", "2001:db8::1"], "rtt": [7, 13]}})
    found, ended = exchange(replace(QUERY, transport=transport, address=address), where)
    assert found.fault is None and found.message is not None and found.wire is not None
    assert found.message.answer[0].to_text() == "www.example. 300 IN A 192.0.2.44"
    assert (found.start, found.elapsed, ended) == (0.0, elapsed, elapsed)


@pytest.mark.parametrize(
    ("does", "fault", "elapsed", "mismatched"),
    [
        ("silent", Fault.TIMEOUT, TIMEOUT, 0),
        ("slow=1481", Fault.TIMEOUT, TIMEOUT, 0),
        ("slow=1480", None, TIMEOUT, 0),
        ("drops-large-udp=12", Fault.TIMEOUT, TIMEOUT, 0),
        ("unreachable", Fault.PORT_UNREACHABLE, 0.02, 0),
        ("wrong-id", Fault.MISMATCH, TIMEOUT, 1),
        ("elsewhere", Fault.MISMATCH, TIMEOUT, 1),
        ("elsewhere=192.0.2.99", Fault.MISMATCH, TIMEOUT, 1),
        ("spoofed=3", None, 0.02, 3),
        ("garbage", Fault.MALFORMED, 0.02, 0),
    ],
)
def test_a_fault_takes_its_time(does: str, fault: Fault | None, elapsed: float, mismatched: int) -> None:
    found, ended = exchange(QUERY, misbehaving(does))
    assert (found.fault, found.mismatched) == (fault, mismatched)
    assert found.elapsed == ended == pytest.approx(elapsed, abs=1e-9)
    assert (found.message is None) is (fault is not None)
    assert (found.wire is not None) is (fault in (None, Fault.MALFORMED))


def test_tcp_is_refused_after_one_round_trip() -> None:
    found, ended = exchange(replace(QUERY, transport=Transport.TCP), misbehaving("no-tcp"))
    assert (found.fault, found.elapsed, ended) == (Fault.PORT_UNREACHABLE, 0.02, 0.02)


@pytest.mark.parametrize("query", [replace(QUERY, address="192.0.2.99"), replace(QUERY, port=5353)])
def test_where_nobody_is_there_is_silence(query: Query) -> None:
    found, ended = exchange(query, world())
    assert (found.fault, found.elapsed, ended) == (Fault.TIMEOUT, TIMEOUT, TIMEOUT)


@pytest.mark.parametrize(("families", "address"), [([4], "2001:db8::1"), ([6], "192.0.2.1")])
def test_a_family_without_a_route_fails_at_once(families: list[int], address: str) -> None:
    found, ended = exchange(replace(QUERY, address=address), world(families=families))
    assert (found.fault, found.elapsed, ended) == (Fault.NETWORK_UNREACHABLE, 0.0, 0.0)


def test_exchanges_run_side_by_side_and_say_when_they_began() -> None:
    network = LabNetwork(world())

    async def main() -> list[Exchange]:
        await asyncio.sleep(1)
        return list(await asyncio.gather(*(network.exchange(QUERY, TIMEOUT) for _ in range(3))))

    assert [(e.start, e.elapsed) for e in network.run(main())] == [(1.0, 0.02)] * 3


def test_an_exchange_can_be_cancelled() -> None:
    network = LabNetwork(misbehaving("silent"))

    async def main() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(network.exchange(QUERY, 60), 0.25)
        return asyncio.get_running_loop().time()

    assert network.run(main()) == 0.25


def both(*does: str) -> tuple[World, list[Exchange]]:
    """A world of two servers, of which the second does something, and their replies to the same query."""
    second = {"addresses": ["192.0.2.2"], "does": list(does)}
    zone = {"text": TEXT, "servers": ["ns.example.", "ns2.example."]}
    where = world(servers={"ns.example.": SERVER, "ns2.example.": second}, zones={"example.": zone})
    network = LabNetwork(where)

    async def main() -> list[Exchange]:
        queries = (QUERY, replace(QUERY, address="192.0.2.2"), QUERY)
        return [await network.exchange(query, TIMEOUT) for query in queries]

    return where, network.run(main())


def test_replies_that_are_alike_have_ids_of_their_own() -> None:
    """One is made and read, and none passes for another."""
    where, found = both()
    for exchange in found:
        assert exchange.message is not None and exchange.wire is not None
        assert exchange.message == read_reply(exchange.wire)
        assert exchange.message.id == int.from_bytes(exchange.wire[:2])
    assert len({exchange.wire for exchange in found}) == 3 and len(where.asked) == 1


def test_servers_that_do_otherwise_are_not_alike() -> None:
    _, found = both("refuses")
    assert [each.message.rcode() for each in found if each.message is not None] == [0, 5, 0]

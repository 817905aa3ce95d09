"""Worlds on real sockets: the live network meets them as the lab's own does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import dns.rdatatype
import pytest

import dnstrace.lab.serve as serving
from dnstrace import clock, trace_async
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.errors import WorldError
from dnstrace.lab.serve import Mapped, addresses, loopback, serve
from dnstrace.lab.server import LabServer
from dnstrace.lab.world import World, load
from dnstrace.message.wire import query_wire
from dnstrace.model import Exchange, Fault, Query, Question, Transport
from dnstrace.network.live import LiveNetwork
from tests import unhurried
from tests.lab.made import misbehaving, world
from tests.replies import name

QUERY = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.1")
TCP = replace(QUERY, transport=Transport.TCP)


def met(where: World, *queries: Query, timeout: float = 300.0) -> list[Exchange]:
    """What comes of queries in turn to a world that is served without delay."""
    places = loopback(where)

    async def test() -> list[Exchange]:
        async with serve(where, places, rtt=0):
            network = Mapped(LiveNetwork(), places)
            return [await network.exchange(query, timeout) for query in queries]

    return unhurried.run(test())


def test_every_address_has_a_place_of_its_own() -> None:
    found = load()
    places = loopback(found)
    assert tuple(places) == addresses(found) and len(set(places.values())) == len(places) > 100
    assert len({port for _, port in places.values()}) == 1


def test_the_same_reply_as_in_the_lab_over_both_transports() -> None:
    for exchange in met(world(), QUERY, TCP, replace(QUERY, address="2001:db8::1")):
        assert exchange.message is not None and exchange.query.port == 53
        assert exchange.message.answer[0].to_text() == "www.example. 300 IN A 192.0.2.44"


@pytest.mark.parametrize(
    ("does", "query", "fault"),
    [
        ("unreachable", QUERY, Fault.PORT_UNREACHABLE),
        ("no-tcp", TCP, Fault.PORT_UNREACHABLE),
        ("no-tcp", QUERY, None),
        ("loses-tcp", TCP, Fault.CONNECTION_LOST),
        ("garbage", QUERY, Fault.MALFORMED),
        ("spoofed=5", QUERY, None),
    ],
)
def test_misbehaviours_are_the_same(does: str, query: Query, fault: Fault | None) -> None:
    (exchange,) = met(misbehaving(does), query)
    assert exchange.fault is fault
    assert exchange.mismatched == (5 if does == "spoofed=5" else 0)


@pytest.mark.parametrize(
    ("does", "fault"),
    [("silent", Fault.TIMEOUT), ("wrong-id", Fault.MISMATCH), ("elsewhere", Fault.MISMATCH)],
)
def test_silence_and_false_replies_end_at_the_time_out(does: str, fault: Fault) -> None:
    (exchange,) = met(misbehaving(does), QUERY, timeout=0.05)
    assert exchange.fault is fault


class Sent:
    """Stands where a socket would, in virtual time: when it was written to, and what."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, bytes]] = []

    def write(self, octets: bytes) -> None:
        self.sent.append((asyncio.get_running_loop().time(), octets))

    def sendto(self, octets: bytes, address: object) -> None:
        self.write(octets)

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass


def at(rtt: float, *does: str) -> serving._At:
    (server,) = misbehaving(*does).servers
    return serving._At(LabServer(server.zones, server.does), "192.0.2.53", rtt)


def test_datagrams_are_held_back_for_a_round_trip_and_sent_in_order() -> None:
    sent = Sent()

    async def test() -> None:
        datagrams = serving._Datagrams(at(0.25, "spoofed=2", "slow=500"))
        datagrams.connection_made(sent)  # type: ignore[arg-type]
        datagrams.datagram_received(query_wire(QUERY, 7), ("192.0.2.7", 5300))
        await asyncio.sleep(1)

    clock.run(test())
    assert [(when, wire[:2]) for when, wire in sent.sent] == [
        (0.75, b"\xff\7"),
        (0.75, b"\xff\7"),
        (0.75, b"\0\7"),
    ]


def test_a_connection_costs_a_round_trip_before_the_first_reply() -> None:
    sent = Sent()

    async def test() -> None:
        reader, wire = asyncio.StreamReader(), query_wire(QUERY, 7)
        reader.feed_data((len(wire).to_bytes(2) + wire) * 2)
        reader.feed_eof()
        await serving._stream(at(0.25), reader, sent)  # type: ignore[arg-type]

    clock.run(test())
    assert [when for when, _ in sent.sent] == [0.5, 0.75]
    assert all(int.from_bytes(octets[:2]) == len(octets) - 2 for _, octets in sent.sent)


def test_a_whole_walk_over_real_sockets() -> None:
    where = load()
    places = loopback(where)

    async def test() -> None:
        async with serve(where, places, rtt=0):
            found = await trace_async("www.example.com", network=Mapped(LiveNetwork(), places))
        assert [rrset.to_text() for rrset in found.answer] == ["www.example.com. 300 IN A 192.0.2.44"]
        assert found.stats.queries == 5

    unhurried.run(test())


def test_a_signed_world_is_judged_over_real_sockets_as_in_the_lab() -> None:
    """The lab's signatures are of its own time."""
    where = load("dnssec-nsec3-wildcard")
    places, question = loopback(where), where.question
    anchors, now = parse_anchors(where.anchors_text, "the lab"), where.now.timestamp()

    async def test(signed: bool) -> str:
        async with serve(where, places, rtt=0, signed=signed):
            network = Mapped(LiveNetwork(), places)
            found = await trace_async(
                question.name, question.rdtype, network=network, anchors=anchors, at=now
            )
        assert found.judgement is not None
        return found.judgement.security

    assert [unhurried.run(test(signed)) for signed in (True, False)] == ["secure", "bogus"]


def test_a_world_that_is_wrong_is_not_served() -> None:
    with pytest.raises(WorldError):
        met(misbehaving("sulks"))


def test_where_there_is_one_loopback_address_the_places_are_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_has", lambda _: False)
    places = loopback(load(), 40000)
    assert [*places.values()][:2] == [("127.0.0.1", 40000), ("127.0.0.1", 40001)]


def test_what_has_no_place_is_not_served() -> None:
    where = world()
    places = {address: place for address, place in loopback(where).items() if ":" not in address}

    async def test() -> list[Fault | None]:
        async with serve(where, places, rtt=0):
            network = Mapped(LiveNetwork(), places)
            return [(await network.exchange(QUERY, 300)).fault]

    assert unhurried.run(test()) == [None]

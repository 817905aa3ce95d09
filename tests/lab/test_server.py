"""A server of the lab, from octets to octets."""

from __future__ import annotations

import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from dnstrace.lab.misbehaviour import SILENCE
from dnstrace.lab.server import Counting, LabServer
from dnstrace.message.wire import query_wire
from dnstrace.model import Query, Question, Transport
from tests.lab.made import misbehaving
from tests.replies import name

QUERY = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.1")


def react(wire: bytes, *does: str) -> tuple[bytes, ...]:
    (server,) = misbehaving(*does).servers
    return LabServer(server.zones, server.does).react(wire, Transport.UDP).replies


def test_the_reply_is_a_message_with_the_id_of_the_query() -> None:
    (wire,) = react(query_wire(QUERY, 0xABCD))
    reply = dns.message.from_wire(wire)
    assert reply.id == 0xABCD and reply.answer[0].to_text() == "www.example. 300 IN A 192.0.2.44"


@pytest.mark.parametrize(("does", "mask"), [((), 0), (("wrong-id",), 0xFF00)])
def test_a_kept_reaction_gets_the_new_id(does: tuple[str, ...], mask: int) -> None:
    (server,) = misbehaving(*does).servers
    answering = LabServer(server.zones, server.does)
    for message_id in (1, 0xFFFF, 1, 0):
        reaction = answering.react(query_wire(QUERY, message_id), Transport.UDP)
        fresh = LabServer(server.zones, server.does).react(query_wire(QUERY, message_id), Transport.UDP)
        assert reaction == fresh
        assert int.from_bytes(reaction.replies[0][:2]) == message_id ^ mask


@pytest.mark.parametrize("does", [(), ("slow", "truncates")])
def test_keeping_tells_transports_apart_and_holds_what_is_not_octets(does: tuple[str, ...]) -> None:
    (server,) = misbehaving(*does).servers
    answering = LabServer(server.zones, server.does)
    for _ in range(2):
        ways = (Transport.UDP, Transport.TCP)
        over_udp, over_tcp = (answering.react(query_wire(QUERY, 1), way) for way in ways)
        assert (over_udp == over_tcp) is (not does)
        assert over_udp.delay == (0.9 if does else 0)


def test_octets_that_are_no_query_are_formerr_or_silence() -> None:
    query = query_wire(QUERY, 7)
    (wire,) = react(query[:-3])
    assert dns.message.from_wire(wire).rcode() == dns.rcode.FORMERR and wire[:2] == query[:2]
    assert react(query[:11]) == ()
    (reply,) = react(query)
    assert react(reply) == SILENCE.replies  # a reply is not replied to


def test_what_fails_at_times_is_answered_when_it_comes_again() -> None:
    (server,) = misbehaving("at-times=1 SERVFAIL").servers
    counting = Counting(LabServer(server.zones, server.does), "192.0.2.53")
    first, again, *_ = (counting.react(query_wire(QUERY, number), Transport.UDP) for number in range(3))
    assert first.replies[0][3] & 0x0F == dns.rcode.SERVFAIL
    assert again.replies[0][3] & 0x0F == dns.rcode.NOERROR


def test_what_fails_at_times_does_so_by_chance_at_each_address_and_is_sent_again_over_tcp() -> None:
    (server,) = misbehaving("at-times=2 silent").servers

    def lost(address: str, transport: Transport) -> list[bool]:
        counting = Counting(LabServer(server.zones, server.does), address)
        asked = (Query(Question(name(f"n{number}.example."), dns.rdatatype.A), "") for number in range(40))
        return [not counting.react(query_wire(each, 1), transport).replies for each in asked]

    one, other = (lost(address, Transport.UDP) for address in ("192.0.2.53", "2001:db8:1::53"))
    assert one != other and all(10 < sum(each) < 30 for each in (one, other))
    assert not any(lost("192.0.2.53", Transport.TCP))


def test_what_stops_answers_no_more_whatever_it_is_asked() -> None:
    (server,) = misbehaving("stops-after=2 REFUSED").servers
    counting = Counting(LabServer(server.zones, server.does), "192.0.2.53")
    replies = [counting.react(query_wire(QUERY, number), Transport.UDP).replies[0] for number in range(4)]
    refused = dns.rcode.REFUSED
    assert [reply[3] & 0x0F == refused for reply in replies] == [False, False, True, True]

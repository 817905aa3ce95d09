"""An exchange that is under way is taken up as if the walk had begun it."""

from __future__ import annotations

import asyncio
import select
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from dnstrace import api
from dnstrace.message.wire import query_wire
from dnstrace.model import Exchange, Fault, Query, Settings
from dnstrace.model.structs import replace
from dnstrace.network.ahead import AheadNetwork
from dnstrace.network.first import Sent, send
from tests.network.serving import PATIENCE, QUESTION, answer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a query is sent ahead on Linux only")


@pytest.fixture(autouse=True)
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody notices an arrival on his own: a test says when one was noticed."""
    monkeypatch.setattr(Sent, "_watch", lambda *_: None)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(PATIENCE)
        yield listening


def sent_to(server: socket.socket) -> tuple[Query, Sent, Callable[[bytes], object]]:
    """A query that is on its way to the server, and how to reply to it."""
    port = server.getsockname()[1]
    query = Query(QUESTION, "127.0.0.1", port)
    (sent,) = send(["127.0.0.1"], query_wire(query, 0)[2:], port)
    wire, peer = server.recvfrom(512)
    assert wire == sent.wire
    return query, sent, lambda reply: server.sendto(reply, peer)


def arrived(sent: Sent) -> None:
    """Return when something has arrived for the query."""
    assert sent.socket is not None
    assert select.select([sent.socket], [], [], PATIENCE)[0]


def taken_up(sent: Sent, query: Query, timeout: float = PATIENCE) -> tuple[Exchange, float, float]:
    """The exchange, and how long before and after the beginning of the walk it began and ended."""

    async def test() -> tuple[Exchange, float, float]:
        network, loop = AheadNetwork([sent]), asyncio.get_running_loop()
        began = loop.time()
        lead = began - network.began()
        exchange = await network.exchange(query, timeout)
        return replace(exchange, start=exchange.start - began), lead, loop.time() - began

    return asyncio.run(test())


def test_a_reply_that_is_there_took_what_it_took_and_no_longer(server: socket.socket) -> None:
    """What this program did until then, here a thousand seconds by its own clock, is left out."""
    query, sent, reply = sent_to(server)
    reply(answer(sent.wire))
    arrived(sent)
    sent.at -= 1000
    exchange, lead, _ = taken_up(sent, query)
    assert exchange.message is not None and exchange.fault is None
    assert exchange.message_id == int.from_bytes(sent.wire[:2]) and exchange.source is not None
    assert exchange.start == pytest.approx(-lead) and lead <= exchange.elapsed < PATIENCE


def test_what_was_noticed_counts_where_the_kernel_did_not_look(server: socket.socket) -> None:
    """It then says of a datagram that it arrives when it is read."""
    query, sent, reply = sent_to(server)
    reply(answer(sent.wire))
    arrived(sent)
    sent.at, sent.wall, sent.noticed = sent.at - 1000, sent.wall - 1000, sent.at - 1000 + 0.02
    exchange, lead, _ = taken_up(sent, query)
    assert exchange.elapsed == pytest.approx(0.02) and lead <= 0.02


def test_a_reply_that_is_not_there_is_waited_for(server: socket.socket) -> None:
    query, sent, reply = sent_to(server)
    sent.at -= 0.1

    async def test() -> Exchange:
        network, loop = AheadNetwork([sent]), asyncio.get_running_loop()
        assert network.began() <= loop.time() - 0.1
        loop.call_soon(reply, answer(sent.wire))
        return await network.exchange(query, PATIENCE)

    assert asyncio.run(test()).message is not None


def test_others_replies_are_counted_and_discarded(server: socket.socket) -> None:
    query, sent, reply = sent_to(server)
    reply(b"\0\0" + answer(sent.wire)[2:] if sent.wire[:2] != b"\0\0" else b"\1\1" + answer(sent.wire)[2:])
    reply(answer(sent.wire))
    arrived(sent)
    exchange, _, _ = taken_up(sent, query)
    assert exchange.message is not None and exchange.mismatched == 1


def test_what_is_not_the_reply_does_not_make_it_late(server: socket.socket) -> None:
    """Neither a false reply before it, nor what this program did since, here a thousand seconds."""
    query, sent, reply = sent_to(server)
    for stray in (b"", bytes((sent.wire[0] ^ 1, *answer(sent.wire)[1:])), b"\xff" * 2000):
        reply(stray)
    reply(answer(sent.wire))
    arrived(sent)
    sent.at -= 1000
    exchange, lead, _ = taken_up(sent, query)
    assert exchange.message is not None and exchange.mismatched == 3
    assert exchange.start == pytest.approx(-lead) and lead <= exchange.elapsed < PATIENCE


def test_the_time_is_over_when_it_is_over_since_the_query_left(server: socket.socket) -> None:
    query, sent, _ = sent_to(server)
    sent.at -= 30.0
    exchange, lead, _ = taken_up(sent, query, timeout=30.0)
    assert exchange.fault is Fault.TIMEOUT and 30.0 <= lead <= exchange.elapsed < 60.0


@pytest.mark.parametrize("early", [True, False])
def test_a_closed_port_is_noticed(server: socket.socket, early: bool) -> None:
    port = server.getsockname()[1]
    server.close()
    query = Query(QUESTION, "127.0.0.1", port)
    (sent,) = send(["127.0.0.1"], query_wire(query, 0)[2:], port)
    if early:
        arrived(sent)
    exchange, _, _ = taken_up(sent, query)
    assert exchange.fault is Fault.PORT_UNREACHABLE


def test_what_had_no_route_is_taken_up_too(server: socket.socket) -> None:
    query, sent, reply = sent_to(server)
    failed = Sent("2001:db8::1", query.port, b"\0\7" + sent.wire[2:])
    failed.close()
    failed.error = OSError(101, "Network is unreachable")

    async def test() -> tuple[Exchange, Exchange]:
        network = AheadNetwork([failed, sent])
        reply(answer(sent.wire))
        network.began()
        first = await network.exchange(replace(query, address="2001:db8::1"), PATIENCE)
        return first, await network.exchange(query, PATIENCE)

    one, other = asyncio.run(test())
    assert (one.fault, one.elapsed, one.message_id) == (Fault.NETWORK_UNREACHABLE, 0.0, 7)
    assert other.message is not None and one.start <= other.start + 1


def test_any_other_query_goes_its_usual_way(server: socket.socket) -> None:
    query, sent, _ = sent_to(server)
    other = replace(query, edns=None)

    async def test() -> Exchange:
        network = AheadNetwork([sent])
        network.began()
        asking = asyncio.ensure_future(network.exchange(other, PATIENCE))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        wire, peer = server.recvfrom(512)
        server.sendto(answer(wire), peer)
        return await asking

    exchange = asyncio.run(test())
    assert exchange.query == other and exchange.message is not None
    sent.close()


def test_a_trace_begins_with_it(server: socket.socket) -> None:
    query, sent, reply = sent_to(server)
    reply(answer(sent.wire))
    arrived(sent)
    trace = api.trace(
        QUESTION.name,
        QUESTION.rdtype,
        server="127.0.0.1",
        settings=Settings(port=query.port),
        network=AheadNetwork([sent]),
    )
    (attempt,) = trace.steps[0].attempts
    assert attempt.exchange.message_id == int.from_bytes(sent.wire[:2])
    assert attempt.exchange.start == 0 and trace.stats.duration >= attempt.exchange.elapsed

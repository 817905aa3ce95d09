"""What is kept of the exchanges of another network."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import dns.rdatatype

from dnstrace import clock
from dnstrace.model import Exchange, Query, Question
from dnstrace.network.recording import RecordingNetwork
from tests.replies import name
from tests.scripted import RTT, Scripted, answers

QUERY = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.1")
SILENT = replace(QUERY, address="192.0.2.9")
_RTT = round(RTT * 1_000_000_000)


def recording() -> RecordingNetwork:
    return RecordingNetwork(Scripted({"192.0.2.1": answers()}))


def test_the_exchange_is_handed_on_and_kept_with_its_times() -> None:
    network = recording()
    exchange: Exchange = network.run(network.exchange(QUERY, 2.0))
    (kept,) = network.course.kept
    assert exchange.message is not None
    assert (kept.query, kept.timeout, kept.exchange, kept.place) == (QUERY, 2.0, exchange, 0)
    assert kept.ended - kept.began == _RTT


def test_they_stand_in_the_order_of_the_queries_and_say_in_which_they_ended() -> None:
    network = recording()

    async def both() -> None:
        await asyncio.gather(network.exchange(SILENT, 1.0), network.exchange(QUERY, 1.0))

    network.run(both())
    assert [(kept.query.address, kept.place) for kept in network.course.kept] == [
        ("192.0.2.9", 1),
        ("192.0.2.1", 0),
    ]


def test_what_nobody_waited_for_is_kept_without_an_exchange() -> None:
    network = recording()

    async def give_up() -> None:
        task = asyncio.ensure_future(network.exchange(SILENT, 1.0))
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    network.run(give_up())
    (kept,) = network.course.kept
    assert kept.exchange is None and kept.place is None
    assert kept.ended - kept.began == 300_000_000


def test_what_is_under_way_is_not_in_the_course() -> None:
    network = recording()

    async def look_early() -> int:
        task = asyncio.ensure_future(network.exchange(QUERY, 1.0))
        await asyncio.sleep(0)
        known = len(network.course.kept)
        await task
        return known

    assert network.run(look_early()) == 0
    assert len(network.course.kept) == 1


def test_the_moments_are_known_on_its_own_loop_only() -> None:
    own, foreign = recording(), recording()
    own.run(own.exchange(QUERY, 1.0))
    asyncio.run(foreign.exchange(QUERY, 1.0))
    assert own.course.ticks is not None
    assert foreign.course.ticks is None and foreign.course.kept
    assert clock.run is Scripted.run

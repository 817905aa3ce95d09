"""A trace saved and replayed is the same to the byte, wherever it was made; what was not seen is said."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from typing import Any

import dns.message
import dns.rdatatype
import pytest

from dnstrace import clock
from dnstrace.api import report
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import Edns, Exchange, Fault, Query, Question, Settings, Trace, Transport
from dnstrace.model.asked import Resolver
from dnstrace.network.recording import Course, Kept, RecordingNetwork
from dnstrace.network.replay import DeadServers, RecordedNetwork
from dnstrace.record.decoding import decoded
from dnstrace.render.document import to_json
from tests.replies import name
from tests.saving import again, assert_the_same_again, saved, served

QUERY = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.1")
WIRE = dns.message.make_response(dns.message.make_query("www.example.", "A")).to_wire()
CHECKED = Settings(all_servers=True, probe=True)


def made(world: str, seed: int, settings: Settings = Settings()) -> tuple[Trace, bytes]:
    """The world's own question, validated where the world is about that."""
    found = load(world)
    signed = found.expect.security is not None
    how: dict[str, Any] = {"anchors": parse_anchors(found.anchors_text, world)} if signed else {}
    how |= {"resolvers": tuple(map(Resolver, found.resolvers)), "now": found.now}
    return saved(found.question, LabNetwork(found, signed), seed=seed, settings=settings, **how)


# --- the same again -------------------------------------------------------------------------------


@pytest.mark.share(6)
@pytest.mark.seeds(6)
@pytest.mark.parametrize("world", names())
def test_every_world_is_the_same_again(world: str, seed: int) -> None:
    assert_the_same_again(made(world, seed)[1])


@pytest.mark.share(25)  # a check takes a quarter of a second
@pytest.mark.parametrize("world", names())
def test_worlds_that_are_checked_are_the_same_again(world: str) -> None:
    assert_the_same_again(made(world, 3, CHECKED)[1])


@pytest.mark.parametrize(
    "settings",
    [
        Settings(tcp=True),
        Settings(edns=None),
        Settings(qmin=True, prime=True, families=frozenset({6})),
        Settings(edns=replace(Edns(), options=((3, b""), (10, b"12345678")))),
        Settings(timeout=0.3, tries=1, port=53, bind="192.0.2.9"),
    ],
)
def test_however_it_was_asked(settings: Settings) -> None:
    for world in ("textbook", "silent", "truncated"):
        trace, octets = made(world, 5, settings)
        assert_the_same_again(octets)
        assert decoded(octets).tracing.settings == settings and trace.stats.queries


@pytest.mark.seeds(2)
@pytest.mark.parametrize(
    ("world", "rtt", "settings"),
    [
        ("textbook", 0.0, Settings()),
        ("textbook", 0.002, Settings(all_servers=True)),
        ("textbook", 0.0, CHECKED),
        ("glueless", 0.01, Settings()),
        ("silent", None, Settings(timeout=0.6)),
        ("all-silent", None, Settings(timeout=0.2)),
        ("truncated", 0.0, Settings()),
        ("wrong-id", 0.0, Settings(timeout=0.3)),
        ("unreachable", 0.0, Settings()),
        ("garbage", 0.0, Settings()),
        ("loses-tcp", 0.0, Settings(tcp=True)),
    ],
)
def test_traces_over_real_sockets_are_the_same_again(
    world: str, rtt: float | None, settings: Settings, seed: int
) -> None:
    found = load(world)
    with served(found, rtt) as network:
        trace, octets = saved(found.question, network, seed=seed + 1, settings=settings)
        assert trace.stats.queries and trace.stats.duration > 0
        assert_the_same_again(octets)


class Late:
    """A network beside which this program is busy at the worst `moments`, so that timers fire late."""

    def __init__(self, network: Any, *moments: float) -> None:
        self._network, self._moments = network, cycle(moments)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        asyncio.get_running_loop().call_later(next(self._moments), time.sleep, 0.03)
        return await self._network.exchange(query, timeout)  # type: ignore[no-any-return]


@pytest.mark.seeds(2)
def test_timers_are_as_late_as_they_were(seed: int) -> None:
    """A reply comes just when the next server is about to be asked, and this program is slow."""
    found = load("textbook")
    with served(found, 0.4) as network:
        trace, octets = saved(found.question, Late(network, 0.395, 0.001), seed=seed + 1)
        assert trace.outcome == "answer"
        assert_the_same_again(octets)


def test_time_outs_are_put_off_as_long_as_they_were() -> None:
    found, settings = load("all-silent"), Settings(timeout=0.1, all_servers=True)
    with served(found) as network:
        trace, octets = saved(found.question, Late(network, 0.099), seed=1, settings=settings)
    assert any(attempt.exchange.elapsed > 0.14 for step in trace.steps for attempt in step.attempts)
    assert_the_same_again(octets)


def test_a_loop_of_somebody_else_is_recorded_without_its_moments() -> None:
    from dnstrace import trace_async

    recording = RecordingNetwork(LabNetwork(load()))
    asyncio.run(trace_async("www.example.com", network=recording, seed=1, settings=Settings(timeout=0.5)))
    assert recording.course.ticks is None and recording.course.kept


# --- stopped by the user --------------------------------------------------------------------------


class Stopping:
    """A network on which the user presses Ctrl-C when a query is put."""

    def __init__(self, network: Any, at: int) -> None:
        self._network, self._left = network, at
        if hasattr(network, "run"):
            self.run = network.run

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self._left -= 1
        if not self._left:
            signal.raise_signal(signal.SIGINT)
        exchange: Exchange = await self._network.exchange(query, timeout)
        return exchange


def latest(how: Callable[..., Any]) -> Trace:
    snapshots: list[Trace] = []
    with pytest.raises(KeyboardInterrupt):
        how(on_change=snapshots.append)
    return replace(snapshots[-1], interrupted=True)


@pytest.mark.parametrize("at", [1, 3, 5, 9])
@pytest.mark.parametrize("live", [False, True])
def test_a_trace_that_was_stopped_is_replayed_up_to_there(live: bool, at: int) -> None:
    from dnstrace import trace

    found = load("glueless")
    asked: dict[str, Any] = {"seed": 1, "now": found.now, "settings": Settings(all_servers=True)}

    def stopped(network: Any) -> None:
        recording = RecordingNetwork(Stopping(network, at))
        before = latest(
            lambda **how: trace(found.question.name, found.question.rdtype, network=recording, **asked, **how)
        )
        replaying = RecordingNetwork(RecordedNetwork(recording.course))
        after = latest(
            lambda **how: trace(found.question.name, found.question.rdtype, network=replaying, **asked, **how)
        )
        assert to_json(report(after)) == to_json(report(before))
        assert replaying.course == recording.course and recording.course.cut is not None
        assert any(a.exchange.fault is Fault.ABANDONED for s in before.steps for a in s.attempts)

    if live:
        with served(found, 0.005) as network:
            stopped(network)
    else:
        stopped(LabNetwork(found))


# --- what was not seen ----------------------------------------------------------------------------


def kept(took: int = 20_000_000, **changes: Any) -> Kept:
    exchange = Exchange(QUERY, 0.0, 0.02, WIRE, dns.message.from_wire(WIRE))
    return replace(Kept(QUERY, 2.0, 0, took, 0, exchange), **changes)


def asked(course: Course, *queries: Query, timeout: float = 2.0) -> list[tuple[Exchange, float]]:
    """What comes of queries put in turn, and when that is."""
    network = RecordedNetwork(course)

    async def ask() -> list[tuple[Exchange, float]]:
        loop = asyncio.get_running_loop()
        return [(await network.exchange(query, timeout), loop.time()) for query in queries]

    return network.run(ask())


def test_what_was_seen_comes_back_with_its_times() -> None:
    ((exchange, at),) = asked(Course((kept(),)), QUERY)
    assert (exchange.wire, exchange.elapsed, exchange.start, at) == (WIRE, 0.02, 0.0, 0.02)
    assert exchange.message is not None and exchange.fault is None


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "192.0.2.2"},
        {"port": 54},
        {"transport": Transport.TCP},
        {"question": Question(name("WWW.example."), dns.rdatatype.A)},
        {"question": Question(name("www.example."), dns.rdatatype.AAAA)},
        {"edns": None},
        {"edns": Edns(payload=512)},
        {"edns": Edns(options=((3, b""),))},
        {"edns": Edns(dnssec_ok=False)},
        {"recursion_desired": True},
        {"checking_disabled": True},
    ],
    ids=str,
)
def test_another_query_is_not_recorded_at_once(changes: dict[str, Any]) -> None:
    ((exchange, at),) = asked(Course((kept(),)), replace(QUERY, **changes))
    assert (exchange.fault, exchange.elapsed, at) == (Fault.NOT_RECORDED, 0.0, 0.0)


def test_the_same_query_put_more_often_than_then_is_not_recorded() -> None:
    (_, first), (exchange, second) = asked(Course((kept(),)), QUERY, QUERY)
    assert (exchange.fault, first, second) == (Fault.NOT_RECORDED, 0.02, 0.02)


def test_what_is_in_a_cookie_does_not_matter() -> None:
    with_cookie = [replace(QUERY, edns=Edns(options=((10, data),))) for data in (b"then----", b"now-----")]
    ((exchange, _),) = asked(Course((kept(query=with_cookie[0]),)), with_cookie[1])
    assert exchange.fault is None and exchange.query == with_cookie[1]


def test_a_shorter_patience_than_then_gives_up() -> None:
    ((exchange, at),) = asked(Course((kept(),)), QUERY, timeout=0.01)
    assert (exchange.fault, exchange.wire, exchange.elapsed, at) == (Fault.TIMEOUT, None, 0.01, 0.01)


def test_what_was_read_late_is_no_time_out() -> None:
    ((exchange, at),) = asked(Course((kept(2_500_000_000),)), QUERY)
    assert (exchange.fault, exchange.wire, at) == (None, WIRE, 2.5)


def test_silence_stays_silence_for_as_long_as_anybody_waits() -> None:
    silent = kept(2_000_000_000, exchange=Exchange(QUERY, 0.0, 2.0, fault=Fault.TIMEOUT))
    ((exchange, at),) = asked(Course((silent,)), QUERY, timeout=5.0)
    assert (exchange.fault, at) == (Fault.TIMEOUT, 5.0)


def test_what_was_given_up_is_silent_until_then_and_unknown_after() -> None:
    ((exchange, at),) = asked(Course((kept(300_000_000, exchange=None),)), QUERY)
    assert (exchange.fault, round(at, 6)) == (Fault.NOT_RECORDED, 0.3)


def test_other_settings_go_as_far_as_the_record() -> None:
    _, octets = made("textbook", 1)
    trace, _ = again(decoded(octets), settings=CHECKED, limits=None)
    faults = [a.exchange.fault for step in trace.steps for a in step.attempts]
    assert trace.outcome == "answer" and None in faults and Fault.NOT_RECORDED in faults
    assert set(faults) == {None, Fault.NOT_RECORDED}


def test_dead_servers_are_silent_and_the_others_live() -> None:
    world = load()
    network = DeadServers(LabNetwork(world), {"198.41.0.4"})

    async def ask() -> list[Exchange]:
        priming = Question(name("."), dns.rdatatype.NS)
        queries = (Query(priming, address) for address in ("198.41.0.4", "199.7.91.13"))
        return [await network.exchange(query, 1.5) for query in queries]

    dead, alive = network.run(ask())
    assert (dead.fault, dead.elapsed, alive.fault) == (Fault.TIMEOUT, 1.5, None)


# --- the loops ------------------------------------------------------------------------------------


def test_what_arrives_comes_before_the_timers_of_the_same_moment() -> None:
    async def main() -> bool:
        arriving = asyncio.ensure_future(clock.elapse(0.5))
        done, _ = await asyncio.wait([arriving], timeout=0.5)
        return arriving in done

    assert clock.run(main())


def test_timers_of_one_time_fire_as_they_were_set() -> None:
    async def main() -> list[int]:
        seen: list[int] = []
        for number in range(200):
            asyncio.get_running_loop().call_later(0.5, seen.append, number)
        await asyncio.sleep(1)
        return seen

    assert clock.run(main()) == list(range(200))


def test_time_stands_while_the_program_computes() -> None:
    async def main() -> tuple[float, float, float]:
        loop = asyncio.get_running_loop()
        before = loop.time()
        time.sleep(0.01)
        computed = loop.time()
        await asyncio.sleep(0.001)
        return before, computed, loop.time()

    before, computed, waited = clock.run(main(), clock.SteppingLoop())
    assert before == computed == 0.0 and waited >= 0.011


def test_the_moments_of_then_are_gone_by_until_they_end() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        times = []
        for _ in range(3):
            await asyncio.sleep(0.1)
            times.append(loop.time())
        return times

    assert clock.run(main(), clock.VirtualLoop(ticks=(150_000_000, 262_500_000))) == [0.15, 0.2625, 0.3625]


def test_the_file_is_one_line_of_ascii_with_each_reply_once() -> None:
    _, octets = made("textbook", 1)
    assert octets.isascii() and octets.count(b"\n") == 1
    written = json.loads(octets)
    for exchange in written["record"]["exchanges"]:
        assert (exchange["came"]["wire"] is None) is (exchange["came"]["attempt"] is not None)

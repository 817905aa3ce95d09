"""With `--check`, what one trace of a run has heard the others know, and come to what they come to alone."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace import Trace, Tracing, clock, trace
from dnstrace.api import report
from dnstrace.bulk import results
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, names
from dnstrace.message.common import read_common
from dnstrace.model import Exchange, Fault, Purpose, Query, Question, Settings
from dnstrace.model.structs import replace
from dnstrace.network.pacing import PacedNetwork
from dnstrace.walk.heard import FAILURE, MOST, OCTETS, Heard, Hearing
from tests.replies import name
from tests.walk.recording import Counted

_OTHERWISE = {"own-servers-dead", "stopped"}
"""The worlds where a list differs. A run sends dead servers one query at a time, so that its deadline comes
before the fix is rehearsed, and it says so. Servers that stop for good have stopped for later names."""


def tracing(world: World, seed: int = 1) -> Tracing:
    anchors = parse_anchors(world.anchors_text, world.name)
    return Tracing(Settings(all_servers=True, probe=True), anchors=anchors, seed=seed, now=world.now)


def in_a_list(world: World, asked: Sequence[Question], network: LabNetwork, at_once: int = 1) -> list[Trace]:
    async def questions() -> AsyncIterator[Question]:
        for each in asked:
            yield each

    async def run() -> list[Trace]:
        found = results(
            questions(),
            lambda each: each,
            tracing=tracing(world),
            network=network,
            at_once=at_once,
            ordered=True,
        )
        return [each async for each in found]

    return network.run(run())


def alone(world: World, asked: Question) -> Trace:
    network = LabNetwork(world, signed=True)
    return trace(asked.name, asked.rdtype, tracing=tracing(world, 99), network=network)


def found_in(each: Trace) -> tuple[object, ...]:
    """All that a user is told of a trace, but for the steps that show it, which come in any order.

    How many queries a network loses is chance.
    """
    findings = [replace(finding, steps=()) for finding in each.findings or ()]
    chance = {f.code: re.sub(r"\d+", "many", f.message) for f in findings if f.code == "packet-loss"}
    findings = [replace(finding, message=chance.get(finding.code, finding.message)) for finding in findings]
    verdict = report(each).verdict
    security = None if each.judgement is None else each.judgement.security
    return (
        (each.outcome, security, verdict and replace(verdict, steps=(), claims=())),
        sorted(findings, key=lambda finding: (finding.code, str(finding.server), finding.message)),
    )


def questions_of(world: World) -> list[Question]:
    """The world's own question after others of the same zone, and between them one of the zone above."""
    own = world.question
    below = Question(name(f"nowhere.{own.name}"), dns.rdatatype.A)
    above = Question(own.name.parent(), dns.rdatatype.TXT) if len(own.name) > 2 else below
    return [below, own, above, own]


@pytest.mark.share(36)
@pytest.mark.parametrize("world", [each for each in names() if each not in _OTHERWISE])
def test_a_name_in_a_list_comes_to_what_it_comes_to_alone(world: str) -> None:
    """Whatever was traced before it."""
    where = load(world)
    asked = questions_of(where)
    listed = in_a_list(where, asked, LabNetwork(where, signed=True))
    expected = {each: found_in(alone(where, each)) for each in dict.fromkeys(asked)}
    assert [found_in(each) for each in listed] == [expected[each] for each in asked]


@pytest.mark.parametrize("world", ["glue-on-request", "edns-refused", "types-not-implemented", "packet-loss"])
def test_a_name_comes_to_the_same_where_that_depends_on_how_it_is_asked_and_when(world: str) -> None:
    """A parent that answers for glue, servers to be asked in another way, and a network with losses."""
    where = load(world)
    asked = questions_of(where)[:2]
    listed = in_a_list(where, asked, LabNetwork(where, signed=True))
    assert [found_in(each) for each in listed] == [found_in(alone(where, each)) for each in asked]


def test_a_parent_is_surveyed_once_and_each_name_costs_its_own_questions() -> None:
    """Two zones below com: the root and com's keys are asked about once, com about each zone."""
    world = load("textbook")
    network = Counted(world)
    texts = ("www.example.com.", "example.com.", "awsdns-64.com.")
    asked = [Question(name(each), dns.rdatatype.A) for each in texts]
    first, again, other = in_a_list(world, asked, network)
    whole = [each for each in first.steps if each.main or each.purpose is Purpose.DNSKEY]
    assert all(not a.exchange.cached for step in whole for a in step.attempts)
    assert [len(step.attempts) for step in again.steps if step.main] == [26, 26, 8]
    sent = Counter((str(each.question), each.address) for each in network.queries)
    assert sent["www.example.com. A", "198.41.0.4"] == sent[". DNSKEY", "198.41.0.4"] == 1
    assert not sent["example.com. A", "198.41.0.4"] + sent["awsdns-64.com. A", "198.41.0.4"]
    of_root = [a for step in again.steps if step.main and step.id == 1 for a in step.attempts]
    assert {a.exchange.cached for a in of_root} == {asked[0]}
    assert again.stats.queries < first.stats.queries / 2 and other.stats.queries < first.stats.queries
    assert again.stats.queries == sum(
        a.exchange.cached is None for step in again.steps for a in step.attempts
    )


def test_traces_that_begin_together_survey_the_root_once() -> None:
    world = load("textbook")
    network = Counted(world)
    asked = [Question(name(f"x{number}.example.com."), dns.rdatatype.A) for number in range(6)]
    in_a_list(world, asked, network, at_once=6)
    sent = Counter(each.address for each in network.queries if each.question in asked)
    assert sent["198.41.0.4"] == 1


# --- by itself --------------------------------------------------------------------------------------

QUERY = Query(Question(name("www.example.com."), dns.rdatatype.A), "192.0.2.1")
SILENT = Exchange(QUERY, 0.0, 2.0, fault=Fault.TIMEOUT)


class Times:
    """A network in which every query is silent; `asked` are those that were sent."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.asked: list[Query] = []
        self._seconds = seconds

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.asked.append(query)
        start = asyncio.get_running_loop().time()
        await asyncio.sleep(self._seconds)
        return Exchange(query, start, self._seconds, fault=Fault.TIMEOUT)


def heard_of(world: str) -> Exchange:
    """A reply to a walk at the root of a world."""
    step = alone(load(world), load(world).question).steps[0]
    return step.attempts[0].exchange


def test_a_reply_is_known_for_its_ttl_and_a_failure_for_half_a_minute() -> None:
    now = 0.0
    heard = Heard(lambda: now)
    reply = heard_of("textbook")
    assert reply.message is not None
    least = min(r.ttl for r in (*reply.message.authority, *reply.message.additional))
    heard.learn("reply", 0, reply)
    heard.learn("silent", 0, SILENT)
    for seconds, known in ((0.0, True), (FAILURE - 1, True), (FAILURE, False)):
        now = seconds
        assert (heard.reply("silent", 0) is not None) is known
    for seconds, known in ((least - 1, True), (least, False)):
        now = seconds
        assert (heard.reply("reply", 0) is not None) is known


def test_what_was_given_up_is_not_known_and_what_is_known_has_a_bound() -> None:
    heard = Heard(lambda: 0.0)
    heard.learn("given up", 0, replace(SILENT, fault=Fault.ABANDONED))
    assert heard.reply("given up", 0) is None
    for number in range(MOST + 1):
        heard.learn(number, 0, SILENT)
    assert heard.reply(0, 0) is None and heard.reply(1, 0) is not None


def test_what_is_known_has_a_bound_in_octets_too() -> None:
    heard, large = Heard(lambda: 0.0), replace(SILENT, wire=bytes(OCTETS // 4))
    for number in range(8):
        heard.learn(number, 0, large)
        assert heard.reply(0, 0) is not None  # what is used stays
    assert [number for number in range(8) if heard.reply(number, 0) is not None] == [0, 5, 6, 7]


def test_replies_of_equal_octets_share_their_records_but_not_their_ids() -> None:
    reply = dns.message.make_response(dns.message.make_query("www.example.com.", "A"))
    reply.answer = [dns.rrset.from_text("www.example.com.", 300, "IN", "A", "192.0.2.44")]
    one, other = (read_common(number.to_bytes(2) + reply.to_wire()[2:]) for number in (1, 2))
    assert one is not None and other is not None
    heard = Heard(lambda: 0.0)
    for each in (one, other):
        heard.read_once(each)
    assert one.answer[0] is other.answer[0] and (one.id, other.id) == (1, 2)
    assert other.to_wire()[2:] == one.to_wire()[2:]


def test_each_try_of_a_trace_takes_what_came_of_that_try() -> None:
    """Who tries twice what another has tried once sends the second try, which then is known as well."""

    async def tried(heard: Heard, times: int) -> list[bool]:
        found, hearing = [], Hearing(heard, network)
        for _ in range(times):
            known = hearing.known(QUERY, name("com."), Purpose.WALK)
            found.append(known is not None)
            if known is None:
                await hearing.exchange(QUERY, 2.0)
        return found

    async def run() -> list[list[bool]]:
        heard = Heard(asyncio.get_running_loop().time)
        return [await tried(heard, times) for times in (1, 2, 3)]

    network = Times()
    assert clock.run(run()) == [[False], [True, False], [True, True, False]]
    assert len(network.asked) == 3


def test_names_in_other_letters_are_other_queries() -> None:
    async def run() -> None:
        hearing = Hearing(Heard(asyncio.get_running_loop().time), network)
        capital = replace(QUERY, question=replace(QUERY.question, name=name("WWW.example.com.")))
        await asyncio.gather(hearing.exchange(QUERY, 2.0), hearing.exchange(capital, 2.0))

    network = Times()
    clock.run(run())
    assert len(network.asked) == 2


def test_who_waits_for_a_query_under_way_sends_it_when_the_sender_gives_up() -> None:
    async def run() -> Exchange:
        heard = Heard(asyncio.get_running_loop().time)
        first = asyncio.ensure_future(Hearing(heard, network).exchange(QUERY, 2.0))
        second = asyncio.ensure_future(Hearing(heard, network).exchange(QUERY, 2.0))
        third = asyncio.ensure_future(Hearing(heard, network).exchange(QUERY, 2.0))
        await asyncio.sleep(0.5)
        first.cancel()
        assert (await third).cached == QUERY.question
        return await second

    network = Times()
    assert clock.run(run()).start == 0.5
    assert len(network.asked) == 2


def test_a_round_trip_is_that_of_the_exchange_however_long_another_waited_for_it() -> None:
    """The sender had to wait for its turn, and one began to wait for the reply when it was half there."""

    async def run() -> list[Exchange]:
        heard = Heard(asyncio.get_running_loop().time)
        paced = PacedNetwork(Times(), at_once=1)
        other = replace(QUERY, question=replace(QUERY.question, name=name("mail.example.com.")))

        def asked(query: Query) -> asyncio.Future[Exchange]:
            return asyncio.ensure_future(Hearing(heard, paced).exchange(query, 2.0))

        _, *early = map(asked, (other, QUERY, QUERY))
        await asyncio.sleep(1.5)
        return [await each for each in (*early, asked(QUERY))]

    found = clock.run(run())
    assert [(each.start, each.elapsed) for each in found] == [(1.0, 1.0), (1.0, 1.0), (1.5, 1.0)]
    assert [each.cached is None for each in found] == [True, False, False]


def test_what_one_server_has_left_below_a_cut_is_seen_of_each_name() -> None:
    """One server refers all names below the cut, another answers some from what was left there."""
    where = load("answers-below-cut")
    asked = [Question(name(f"mail.{where.question.name.parent()}"), dns.rdatatype.A), where.question]
    listed = in_a_list(where, asked, LabNetwork(where, signed=True))
    assert [found_in(each) for each in listed] == [found_in(alone(where, each)) for each in asked]
    assert any(finding.code == "answers-below-cut" for finding in listed[1].findings or ())

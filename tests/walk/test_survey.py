"""Every address of every server asked at each cut, on the virtual clock."""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from typing import Any

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.paths import shares
from dnstrace.dnssec import parse_anchors
from dnstrace.lab import world as worlds
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import names
from dnstrace.model import (
    ROOT,
    Address,
    Delegation,
    Exchange,
    Fault,
    Kind,
    NameServer,
    Outcome,
    Purpose,
    Query,
    Source,
    Step,
)
from dnstrace.model.limits import ALL_SERVERS, Limits
from dnstrace.network.pacing import AT_ONCE
from dnstrace.walk.survey import ADDRESSES_AT_ONCE
from tests.lab.made import WithoutIpv6Replies
from tests.lab.worlds import FAULTLESS
from tests.replies import name
from tests.scripted import RTT, Scripted, answers, fails, refers, roots

ALL = Settings(all_servers=True)
SEEDS = range(6)
load = cache(worlds.load)


@lru_cache(maxsize=64)  # a trace holds all that it saw
def surveyed(world: str, seed: int = 1, limits: Limits | None = None, **how: Any) -> Trace:
    """The own question of a world, every server asked; validated where the world is about that."""
    found = load(world)
    question, security = found.question, found.expect.security
    anchors = None if security is None else parse_anchors(found.anchors_text, world)
    network = LabNetwork(found, signed=anchors is not None)
    return trace(
        question.name, question.rdtype, network=network, now=found.now, seed=seed, limits=limits,
        settings=Settings(all_servers=True, **how), anchors=anchors,
    )  # fmt: skip


def scripted(servers: dict[str, Any], **how: Any) -> Trace:
    how = {"roots": roots("10.0.0.1"), "seed": 1, "settings": ALL, **how}
    return trace("www.example.com.", network=Scripted(servers), **how)


def walk(found: Trace) -> list[Step]:
    return [step for step in found.steps if step.purpose in (Purpose.WALK, Purpose.ALIAS)]


def asked(step: Step) -> list[str]:
    return [attempt.address for attempt in step.attempts]


def kinds(step: Step) -> Counter[Kind]:
    return Counter(attempt.meaning.kind for attempt in step.attempts)


def told(found: Trace) -> dict[Kind, str]:
    return {share.meaning.kind: str(share.share) for share in shares(found.steps)}


# --- whom it asks -------------------------------------------------------------------------------


@pytest.mark.seeds(6)
def test_the_textbook_asks_every_address_and_waits_for_the_slowest(seed: int) -> None:
    found = surveyed("textbook", seed)
    assert [len(step.attempts) for step in walk(found)] == [26, 26, 8]
    slowest = [max(attempt.exchange.elapsed for attempt in step.attempts) for step in walk(found)]
    lookups = found.stats.duration - sum(slowest)
    assert slowest == [0.036, 0.033, 0.013] and 0 < lookups < 0.125
    assert told(found) == {Kind.ANSWER: "1"}


def test_without_look_ups_it_takes_the_sum_of_the_slowest_round_trips() -> None:
    found = surveyed("in-domain")
    assert found.stats.duration == pytest.approx(0.036 + 0.033 + 0.024, abs=1e-9)
    assert found.stats.queries == 26 + 26 + 4


@pytest.mark.seeds(3)
@pytest.mark.parametrize("world", FAULTLESS)
def test_without_faults_it_takes_its_critical_path_to_the_microsecond(world: str, seed: int) -> None:
    stats = surveyed(world, seed).stats
    assert round(stats.duration, 6) == round(stats.critical_path, 6) > 0


def test_a_look_up_that_another_one_waited_for_is_on_the_critical_path() -> None:
    stats = surveyed("glueless", seed=0).stats  # ns1.example.org is looked up for ns1.example.net
    assert round(stats.duration, 6) == round(stats.critical_path, 6) == 0.18


@pytest.mark.share(6)
@pytest.mark.parametrize("world", names())
def test_a_world_leads_where_it_says(world: str) -> None:
    expect, found = load(world).expect, surveyed(world)
    assert found.outcome == expect.outcome, found.error
    if expect.security is not None:
        assert found.judgement is not None and found.judgement.security == expect.security


@pytest.mark.parametrize("world", ["textbook", "refuses", "silent", "alias-chain", "glueless"])
def test_the_order_is_that_of_the_servers_and_their_addresses_whatever_the_seed(world: str) -> None:
    for seed in SEEDS:
        for step in walk(surveyed(world, seed)):
            order = [address.text for server in step.servers for address in server.addresses]
            assert list(dict.fromkeys(asked(step))) == order


def test_look_ups_ask_one_server_and_find_the_addresses_of_both_families() -> None:
    steps = surveyed("textbook").steps
    beside = [step for step in steps if step.purpose is Purpose.NS_ADDRESS]
    assert len(beside) == 22 and {len(step.attempts) for step in beside} == {1}
    assert not any(step.all_servers for step in beside)
    last = walk(surveyed("textbook"))[-1]
    assert [[a.family for a in server.addresses] for server in last.servers] == [[4, 6]] * 4


def test_an_address_of_two_servers_is_asked_once_under_the_first_name() -> None:
    shared = (Address("10.0.0.1", Source.HINT),)
    found = scripted(
        {"10.0.0.1": answers()},
        roots=Delegation(ROOT, (NameServer(name("a."), shared), NameServer(name("b."), shared))),
    )
    assert [str(attempt.server) for attempt in found.steps[0].attempts] == ["a."]


# --- faults -------------------------------------------------------------------------------------


def test_a_server_that_refuses_stands_beside_one_that_answers() -> None:
    found = surveyed("refuses")
    assert kinds(walk(found)[-1]) == {Kind.REFUSED: 2, Kind.ANSWER: 2}
    assert told(found) == {Kind.ANSWER: "1/2", Kind.REFUSED: "1/2"}


def test_a_silent_server_gets_each_of_its_tries_and_is_waited_for() -> None:
    found = surveyed("silent")
    assert kinds(walk(found)[-1]) == {Kind.TIMEOUT: 6, Kind.ANSWER: 2}
    assert found.stats.duration == pytest.approx(0.036 + 0.033 + 2.0 + 1.0 + 1.0, abs=1e-9)
    assert found.stats.critical_path == pytest.approx(0.036 + 0.033 + 0.024, abs=1e-9)
    assert told(found) == {Kind.ANSWER: "1/2", Kind.TIMEOUT: "1/2"}


def test_a_server_that_was_silent_at_an_earlier_cut_is_tried_once() -> None:
    refer = refers("com.", a="10.0.0.1", b="10.0.0.2")
    network = Scripted({})
    network.servers["10.0.0.1"] = lambda asked: (answers() if len(network.asked) > 4 else refer)(asked)
    found = trace(
        "www.example.com.", network=network, roots=roots("10.0.0.1", "10.0.0.2"), seed=1, settings=ALL
    )
    assert [kinds(step)[Kind.TIMEOUT] for step in walk(found)] == [3, 1]


def test_lame_and_moved_servers() -> None:
    assert told(surveyed("lame")) == {Kind.ANSWER: "1/2", Kind.EMPTY: "1/2"}
    assert told(surveyed("parent-child-differ")) == {Kind.ANSWER: "1/2", Kind.REFUSED: "1/2"}


def test_a_family_without_route_is_one_note_and_counts_as_not_asked() -> None:
    found = surveyed("no-ipv6")
    assert [kinds(step)[Kind.NETWORK_UNREACHABLE] for step in walk(found)] == [1, 0, 0]
    assert [len(step.attempts) for step in walk(found)] == [14, 13, 2]
    assert told(found) == {Kind.ANSWER: "1"}


def test_that_there_is_no_route_is_noted_once_also_where_it_takes_a_moment_to_tell() -> None:
    class NoRoute(LabNetwork):
        async def exchange(self, query: Query, timeout: float) -> Exchange:
            none = Exchange(query, 0.0, 0.001, fault=Fault.NETWORK_UNREACHABLE)
            return (
                await self._timed_out(none)
                if ":" in query.address
                else await super().exchange(query, timeout)
            )

    found = trace("www.example.com.", network=NoRoute(load("in-domain")), seed=1, settings=ALL)
    assert [kinds(step)[Kind.NETWORK_UNREACHABLE] for step in walk(found)] == [1, 0, 0]
    assert asked(walk(found)[0])[1] == "2001:503:ba3e::2:30"


def test_a_family_that_never_replies_is_left_out_from_the_next_cut_on() -> None:
    found = trace("www.example.com.", network=WithoutIpv6Replies(load("in-domain")), seed=1, settings=ALL)
    assert [len(step.attempts) for step in walk(found)] == [13 + 3 * 13, 13, 2]
    assert told(found) == {Kind.ANSWER: "1"}


def test_the_meaning_that_most_have_is_gone_by() -> None:
    servers: dict[str, Any] = {f"10.0.1.{n}": answers("192.0.2.44") for n in (2, 4)}
    servers |= {"10.0.1.1": answers("192.0.2.99"), "10.0.1.3": fails(5)}
    delegated = refers("com.", **{f"ns{n}": f"10.0.1.{n}" for n in range(1, 5)})
    found = [scripted({"10.0.0.1": delegated, **servers}, seed=seed) for seed in range(8)]
    assert {each.answer[0][0].to_text() for each in found} == {"192.0.2.44"}
    assert {each.steps[-1].chosen for each in found} == {1}
    assert found[0].stats.duration == pytest.approx(2 * RTT)


def test_where_none_is_usable_it_goes_on_as_a_walk_does() -> None:
    assert told(surveyed("all-refuse")) == {Kind.REFUSED: "1"}
    assert surveyed("all-refuse").stats.queries == 56
    assert "no address (glue) for it" in surveyed("missing-glue").error


def test_a_server_that_strips_signatures_does_not_make_the_answer_bogus() -> None:
    for seed in SEEDS:
        judgement = surveyed("dnssec-strips-one", seed).judgement
        assert judgement is not None and judgement.security == "secure"


def test_where_names_are_minimised_every_server_is_asked_each_time() -> None:
    found = surveyed("textbook", qmin=True)
    assert told(found) == {Kind.ANSWER: "1"}
    assert {len(step.attempts) for step in walk(found)} == {26, 8}


# --- bounds -------------------------------------------------------------------------------------


@pytest.mark.parametrize("bound", [1, 25, 26, 27, 53, 61])
def test_the_queries_of_a_trace_are_bounded(bound: int) -> None:
    found = surveyed("textbook", limits=Limits(max_queries=bound))
    assert 0 < found.stats.queries <= bound
    assert (found.outcome is Outcome.FAILED) is ("the limit of" in found.error)


@pytest.mark.parametrize("bound", [20, 45, 90])
@pytest.mark.parametrize("world", ["textbook", "in-domain", "alias", "dnssec-good"])
@pytest.mark.parametrize("probe", [False, True])
def test_the_walk_has_enough_queries_to_get_to_its_end(world: str, probe: bool, bound: int) -> None:
    found = surveyed(world, limits=Limits(max_queries=bound), probe=probe)
    assert found.outcome is load(world).expect.outcome and found.stats.queries <= bound
    assert any(step.limited for step in found.steps) is ("the limit of" in found.cut_short)


def test_the_queries_that_suffice_for_every_address_are_spent_on_them() -> None:
    found = surveyed("in-domain", limits=Limits(max_queries=26 + 26 + 4 + 8))
    assert [len(step.attempts) for step in walk(found)] == [26, 26, 4] and not found.cut_short


def test_a_silent_server_above_leaves_the_walk_time_to_ask_every_server_below() -> None:
    com = refers("com.", ns1="10.0.1.1", ns2="10.0.1.2")
    servers = {"10.0.0.1": com, "10.0.1.1": answers(), "10.0.1.2": answers()}
    found = scripted(servers, roots=roots("10.0.0.1", "10.0.0.2"), limits=Limits(deadline=2.0))
    above, below = walk(found)
    assert above.limited and not below.limited and "a deadline of 2 s" in found.cut_short
    assert kinds(below) == {Kind.ANSWER: 2} and 0.9 < found.stats.duration < 1.1


def test_a_delegation_of_many_addresses_is_asked_a_few_at_once() -> None:
    crowd = refers("com.", **{f"ns{n}": f"10.0.1.{n}" for n in range(100)})
    found = scripted({"10.0.0.1": crowd, **{f"10.0.1.{n}": answers() for n in range(100)}})
    starts = Counter(attempt.exchange.start for attempt in found.steps[-1].attempts)
    assert max(starts.values()) == ADDRESSES_AT_ONCE and sum(starts.values()) == 100


def test_there_is_room_for_the_textbook_and_more() -> None:
    assert surveyed("textbook").stats.queries < ALL_SERVERS.max_queries == 1000
    assert surveyed("alias-chain").outcome is Outcome.ANSWER


@pytest.mark.parametrize("deadline", [0.2, 1.0, 2.5])
def test_at_the_deadline_what_was_heard_counts(deadline: float) -> None:
    found = surveyed("silent", limits=Limits(deadline=deadline))
    assert found.outcome is Outcome.ANSWER and found.stats.duration < deadline
    last = walk(found)[-1]
    assert last.limited and kinds(last)[Kind.ANSWER] == kinds(last)[Kind.ABANDONED] == 2


def test_the_deadline_ends_it_with_what_was_asked_in_order() -> None:
    found = surveyed("all-silent", limits=Limits(deadline=1.0))
    assert found.outcome is Outcome.FAILED and "the deadline of 1 s" in found.error
    assert kinds(walk(found)[-1])[Kind.ABANDONED] == 4


def test_no_address_is_asked_more_than_twenty_questions_at_once() -> None:
    """Sixteen names without glue, looked up side by side at one server, two families each."""
    most: Counter[str] = Counter()
    now: Counter[str] = Counter()

    class Crowd(Scripted):
        async def exchange(self, query: Query, timeout: float) -> Exchange:
            now[query.address] += 1
            most[query.address] = max(most[query.address], now[query.address])
            try:
                return await super().exchange(query, timeout)
            finally:
                now[query.address] -= 1

    def serve(question: Any) -> Any:
        beside = refers("com.", **{f"ns{n}__other__net": "" for n in range(16)})
        return answers("10.0.0.2")(question) if str(question.name).endswith("net.") else beside(question)

    network = Crowd({"10.0.0.1": serve, "10.0.0.2": answers()})
    found = trace("www.example.com.", network=network, roots=roots("10.0.0.1"), seed=1, settings=ALL)
    assert found.outcome is Outcome.ANSWER
    assert most["10.0.0.1"] == AT_ONCE

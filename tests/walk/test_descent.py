"""Walks through networks that are broken, hostile or odd, on the virtual clock."""

from __future__ import annotations

from collections import Counter
from typing import Any

import dns.rdatatype
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Cause, Exchange, Fault, Kind, Purpose, Question
from dnstrace.model.limits import Limits
from dnstrace.walk.health import FIRST_PATIENCE
from tests.replies import name, reply
from tests.scripted import RTT, Scripted, answers, fails, refers, roots

ROOT = "10.0.0.1"


def walked(servers: dict[str, Any], qname: str = "www.example.com.", **how: Any) -> Trace:
    how.setdefault("roots", roots(ROOT))
    how.setdefault("seed", 1)
    return trace(qname, network=Scripted(servers), **how)


def kinds(found: Trace) -> list[Kind]:
    return [attempt.meaning.kind for step in found.steps for attempt in step.attempts]


def test_the_plain_walk() -> None:
    found = walked({ROOT: refers("com.", ns="10.0.1.1"), "10.0.1.1": answers()})
    assert found.outcome == "answer" and [str(s.zone) for s in found.steps] == [".", "com."]
    assert found.stats.duration == pytest.approx(2 * RTT) == found.stats.critical_path


# --- failing servers ----------------------------------------------------------------------------


def test_a_server_that_refuses_costs_one_round_trip() -> None:
    servers = {ROOT: refers("com.", a="10.0.1.1", b="10.0.1.2"), "10.0.1.1": fails(5), "10.0.1.2": answers()}
    costs = {round(walked(servers, seed=seed).stats.duration / RTT) for seed in range(8)}
    assert costs == {2, 3}


def test_a_dead_server_costs_one_patience_and_is_kept_in_the_record() -> None:
    servers = {ROOT: refers("com.", a="10.0.1.1", b="10.0.1.2"), "10.0.1.2": answers()}
    found = [walked(servers, seed=seed) for seed in range(8)]
    assert all(each.outcome == "answer" for each in found)
    slow = [each for each in found if each.stats.duration > 3 * RTT]
    assert slow and all(Kind.ABANDONED in kinds(each) for each in slow)
    assert max(each.stats.duration for each in found) <= 0.4 + 2 * RTT


def test_the_first_patience_is_that_of_nothing_measured() -> None:
    for seed in range(8):
        found = walked({"10.0.0.2": answers()}, roots=roots(ROOT, "10.0.0.2"), seed=seed)
        assert found.outcome == "answer"
        assert found.stats.duration in (pytest.approx(RTT), pytest.approx(0.4 + RTT))


def test_all_but_one_of_thirteen_dead_costs_under_a_second() -> None:
    labels = {f"s{number}": f"10.0.1.{number}" for number in range(1, 14)}
    servers = {ROOT: refers("com.", **labels), "10.0.1.7": answers()}
    for seed in range(40):
        found = walked(servers, seed=seed)
        assert found.outcome == "answer" and found.stats.duration < 1.0


def test_a_dead_server_is_learnt_once() -> None:
    """The same two servers serve three zones one below the other; one of them is dead."""

    def chain(question: Question) -> Exchange:
        depth = len([q for q in network.asked if q.address == "10.0.1.2"])
        zones = ["com.", "example.com.", "www.example.com."]
        if depth >= len(zones):
            return answers()(question)  # type: ignore[return-value]
        return refers(zones[depth], a="10.0.1.1", b="10.0.1.2")(question)  # type: ignore[return-value]

    for seed in range(10):
        network = Scripted({ROOT: refers("com.", a="10.0.1.1", b="10.0.1.2"), "10.0.1.2": chain})
        found = trace("x.www.example.com.", network=network, roots=roots(ROOT), seed=seed)
        assert found.outcome == "answer"
        assert sum(query.address == "10.0.1.1" for query in network.asked) <= 1
        assert found.stats.duration <= 0.4 + 4 * RTT + 1e-9


def test_when_nobody_answers_the_reasons_are_told_apart() -> None:
    three = refers("com.", a="10.0.1.1", b="10.0.1.2", c="10.0.1.3")
    found = walked({ROOT: three, "10.0.1.1": fails(5), "10.0.1.2": fails(2)})
    assert found.outcome == "failed" and found.steps[-1].chosen is None
    for reason in ("com", "1 refused", "1 failed (SERVFAIL)", "1 did not answer"):
        assert reason in found.error


def test_what_a_lame_server_offers_is_the_last_resort() -> None:
    lame, good = answers("192.0.2.66", flags="QR RA"), answers()
    both = {ROOT: refers("com.", a="10.0.1.1", b="10.0.1.2"), "10.0.1.1": lame, "10.0.1.2": good}
    for seed in range(6):
        (rrset,) = walked(both, seed=seed).answer
        assert rrset[0].to_text() == "192.0.2.44"
    alone = walked({ROOT: refers("com.", a="10.0.1.1"), "10.0.1.1": lame})
    assert alone.outcome == "answer" and alone.answer[0][0].to_text() == "192.0.2.66"
    assert kinds(alone)[-1] is Kind.LAME


def test_an_empty_reply_does_not_go_before_what_a_lame_server_offers() -> None:
    def empty(question: Question) -> Exchange:
        return reply(str(question), flags="QR AA")

    servers = {
        ROOT: refers("com.", a="10.0.1.1", b="10.0.1.2"),
        "10.0.1.1": empty,
        "10.0.1.2": answers("192.0.2.66", flags="QR RA"),
    }
    for seed in range(6):
        found = walked(servers, seed=seed)
        assert found.outcome == "answer" and found.answer[0][0].to_text() == "192.0.2.66"


def test_a_family_without_route_is_tried_once() -> None:
    def no_route(question: Question) -> Fault:
        return Fault.NETWORK_UNREACHABLE

    six = [f"2001:db8::{number}" for number in range(1, 14)]
    servers = dict.fromkeys(six, no_route) | {ROOT: answers()}
    for seed in range(6):
        found = walked(servers, roots=roots(*six, ROOT), seed=seed)
        assert found.outcome == "answer" and found.stats.duration == pytest.approx(RTT)
        assert kinds(found).count(Kind.NETWORK_UNREACHABLE) <= 1


def test_truncated_replies_are_asked_again_over_tcp() -> None:
    def truncating(question: Question) -> Exchange:
        if network.asked[-1].transport == "udp":
            return reply(str(question), flags="QR AA TC")
        return answers()(question)  # type: ignore[return-value]

    network = Scripted({ROOT: truncating})
    found = trace("example.com.", network=network, roots=roots(ROOT))
    assert (found.outcome, found.stats.tcp, found.stats.queries) == ("answer", 1, 2)


# --- bailiwick ----------------------------------------------------------------------------------


def test_glue_from_outside_the_zone_asked_is_not_used() -> None:
    def poisoning(question: Question) -> Exchange:
        return reply(
            str(question),
            authority=("example.com. 1 NS ns.victim.net.",),
            additional=("ns.victim.net. 1 A 10.6.6.6",),
        )

    def root(question: Question) -> Exchange:
        zone, address = (
            ("com.", "10.0.1.1") if question.name.is_subdomain(name("com.")) else ("net.", "10.0.1.2")
        )
        return refers(zone, ns=address)(question)  # type: ignore[return-value]

    network = Scripted(
        {ROOT: root, "10.0.1.1": poisoning, "10.0.1.2": answers("10.0.1.3"), "10.0.1.3": answers()}
    )
    found = trace("www.example.com.", network=network, roots=roots(ROOT))
    assert found.outcome == "answer"
    assert "10.6.6.6" not in {query.address for query in network.asked}


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "224.0.0.1", "169.254.0.1", "255.255.255.255"])
def test_special_addresses_in_glue_are_never_asked(address: str) -> None:
    network = Scripted({ROOT: refers("com.", ns=address)})
    found = trace("www.example.com.", network=network, roots=roots(ROOT))
    assert found.outcome == "failed"
    assert {query.address for query in network.asked} == {ROOT}


# --- bounds -------------------------------------------------------------------------------------


def test_an_alias_loop_across_zones_is_named() -> None:
    def looping(question: Question) -> Exchange:
        other = "b.test." if question.name == name("a.test.") else "a.test."
        return reply(str(question), flags="QR AA", answer=(f"{question.name} 1 CNAME {other}",))

    found = walked({ROOT: looping}, "a.test.")
    assert found.outcome == "failed" and "loop" in found.error


@pytest.mark.parametrize("links", [1, 10])
def test_an_endless_chain_of_aliases_ends_at_its_bound(links: int) -> None:
    def onward(question: Question) -> Exchange:
        first = int(question.name.labels[0][1:])
        answer = (f"n{number}.test. 1 CNAME n{number + 1}.test." for number in range(first, first + links))
        return reply(str(question), flags="QR AA", answer=tuple(answer))

    found = walked({ROOT: onward}, "n0.test.")
    assert "16 aliases" in found.error and found.stats.queries <= 16 // links + 2


def test_name_servers_that_need_each_other_are_named_as_a_cycle() -> None:
    def root(question: Question) -> Exchange:
        a = question.name.is_subdomain(name("a.test."))
        return (refers("a.test.", ns__b__test="") if a else refers("b.test.", ns__a__test=""))(question)  # type: ignore[return-value]

    found = walked({ROOT: root}, "www.a.test.")
    assert found.outcome == "failed" and found.stats.queries == 2
    assert "ns.a.test needs ns.b.test, which needs ns.a.test" in found.error


def test_a_referral_with_a_thousand_names_costs_the_bound_for_one_delegation() -> None:
    def root(question: Question) -> Exchange:
        if question.name == name("www.victim.test."):
            names = " | ".join(f"n{number}.nowhere.test." for number in range(1000))
            return reply(str(question), authority=(f"victim.test. 1 NS {names}",))
        return reply(str(question), flags="QR AA", rcode=3, authority=(". 1 SOA . . 1 1 1 1 1",))

    found = walked({ROOT: root}, "www.victim.test.")
    assert found.outcome == "failed"
    assert found.stats.queries <= 1 + 2 * Limits().lookups_per_delegation


def test_a_server_that_only_ever_refers_ends_at_the_name() -> None:
    def deeper(question: Question) -> Exchange:
        depth = len(network.asked)
        zone = ".".join(["a"] * depth) + "."
        return refers(zone, ns=ROOT)(question)  # type: ignore[return-value]

    network = Scripted({ROOT: deeper})
    found = trace("a." * 120, network=network, roots=roots(ROOT))
    assert found.outcome == "failed" and found.stats.queries <= 200


def test_the_number_of_queries_is_bounded() -> None:
    found = walked({ROOT: refers("com.", ns="10.0.1.1"), "10.0.1.1": answers()}, limits=Limits(max_queries=1))
    assert found.outcome == "failed" and "1 query" in found.error and found.stats.queries == 1


def test_the_deadline_holds_to_the_millisecond() -> None:
    found = walked({}, limits=Limits(deadline=3.0), settings=Settings(tries=9))
    assert found.outcome == "failed" and "deadline of 3 s" in found.error
    assert found.stats.duration == 3.0
    assert all(step.outcome is not None for step in found.steps)


# --- parent and child ---------------------------------------------------------------------------


def test_glue_that_fails_gives_way_to_the_address_that_the_name_has() -> None:
    def root(question: Question) -> Exchange:
        if question.name.is_subdomain(name("com.")):
            return reply(
                str(question), authority=("com. 1 NS ns.net.",), additional=("ns.net. 1 A 10.0.1.1",)
            )
        return answers("10.0.1.2")(question)  # type: ignore[return-value]

    found = walked({ROOT: root, "10.0.1.1": fails(2), "10.0.1.2": answers()})
    assert found.outcome == "answer" and found.answer[0][0].to_text() == "192.0.2.44"


# --- the rest -----------------------------------------------------------------------------------


def test_priming_replaces_the_hints() -> None:
    def root(question: Question) -> Exchange:
        if question == Question(name("."), dns.rdatatype.NS):
            return reply(
                str(question),
                flags="QR AA",
                answer=(". 1 NS new.root.test.",),
                additional=("new.root.test. 1 A 10.0.0.9",),
            )
        return fails(5)(question)  # type: ignore[return-value]

    found = walked({ROOT: root, "10.0.0.9": answers()}, settings=Settings(prime=True))
    assert [step.purpose for step in found.steps] == [Purpose.PRIME, Purpose.WALK]
    assert found.outcome == "answer"


def test_a_given_server_stands_in_the_place_of_the_root() -> None:
    found = walked({"10.0.7.7": answers()}, server="10.0.7.7")
    assert found.outcome == "answer" and found.steps[0].attempts[0].address == "10.0.7.7"


def test_a_given_server_that_is_a_name_is_looked_up_from_the_root() -> None:
    network = Scripted({ROOT: answers("10.0.7.7"), "10.0.7.7": answers("192.0.2.77")})
    found = trace("www.example.com.", network=network, roots=roots(ROOT), server="ns.test.")
    assert [step.purpose for step in found.steps] == [Purpose.NS_ADDRESS, Purpose.WALK]
    assert found.answer[0][0].to_text() == "192.0.2.77"


def test_minimisation_shows_no_server_more_than_it_must() -> None:
    network = Scripted({ROOT: refers("com.", ns="10.0.1.1"), "10.0.1.1": answers()})
    trace("a.b.example.com.", "MX", network=network, roots=roots(ROOT), settings=Settings(qmin=True))
    asked = [str(query.question) for query in network.asked]
    assert asked == ["com. A", "example.com. A", "b.example.com. A", "a.b.example.com. MX"]


def test_minimisation_asks_for_the_whole_name_where_a_part_of_it_is_wronged() -> None:
    def server(question: Question) -> Exchange:
        if question.name == name("www.ent.test."):
            return answers()(question)  # type: ignore[return-value]
        return reply(str(question), flags="QR AA", rcode=3, authority=(". 1 SOA . . 1 1 1 1 1",))

    found = walked({ROOT: server}, "www.ent.test.", settings=Settings(qmin=True))
    assert found.outcome == "answer"


def test_a_snapshot_is_told_at_each_change() -> None:
    seen: list[Trace] = []
    found = walked({ROOT: answers()}, on_change=seen.append)
    assert seen[0].steps[0].outcome is None and seen[-1].steps == found.steps


def test_a_silent_zone_is_not_asked_for_the_other_family_too() -> None:
    """Nobody there replied: AAAA at the same servers would only take as long again."""
    com, net = refers("com.", ns__example__net=""), refers("net.", ns="10.0.2.1")
    servers = {ROOT: lambda asked: (com if asked.name.is_subdomain(name("com.")) else net)(asked)}
    found = walked(servers)
    asked = {step.question.rdtype.name for step in found.steps if step.purpose is Purpose.NS_ADDRESS}
    assert (found.outcome, asked) == ("failed", {"A"})
    net = refers("net.", ns="10.0.2.1", dead="10.0.2.2")
    servers["10.0.2.1"] = fails(2)  # one of them replied
    steps = walked(servers).steps
    assert {s.question.rdtype.name for s in steps if s.purpose is Purpose.NS_ADDRESS} == {"A", "AAAA"}


@pytest.mark.parametrize(("tcp", "patience"), [(False, FIRST_PATIENCE), (True, 2 * FIRST_PATIENCE)])
def test_whom_is_asked_when_nobody_answers(tcp: bool, patience: float) -> None:
    """One, one more when patience ends, then twice as many after half of it: over TCP twice as late."""
    many = roots(*(f"10.0.0.{number}" for number in range(1, 9)))
    found = walked({}, roots=many, settings=Settings(tcp=tcp, tries=1))
    begun = Counter(round(attempt.exchange.start, 6) for attempt in found.steps[0].attempts)
    assert begun == {round(patience * part, 6): n for part, n in {0: 1, 1: 1, 1.5: 2, 1.75: 4}.items()}


def test_why_no_address_was_found_is_said_of_the_zone_that_would_need_itself() -> None:
    found = walked({ROOT: refers("com.", ns="")})
    assert found.error == "ns.com is inside com itself, and the referral has no address (glue) for it"


def test_each_way_of_asking_names_its_cause() -> None:
    """The cause stands at the attempt that shows it, and once."""
    for cause in Cause:
        world = load(cause)
        asked = world.question
        found = trace(asked.name, asked.rdtype, network=LabNetwork(world), seed=1)
        shown = [(a.address, a.cause) for s in found.steps for a in s.attempts if a.cause]
        assert len(set(shown)) == len(shown) and {each for _, each in shown} == {cause}

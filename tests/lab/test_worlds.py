"""Every world leads where its file says, for any seed, in exactly the time that it must take."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import pytest

from dnstrace import trace
from dnstrace.analysis.resolvers import compared
from dnstrace.lab.misbehaviour import MISBEHAVIOURS
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, names
from dnstrace.model import Outcome
from tests.lab.worlds import FAULTLESS, VALIDATED, load, own, rdata, traced

EXAMPLE = dns.name.from_text("example.com.")


@pytest.mark.seeds(6)
@pytest.mark.parametrize("name", names())
def test_a_world_leads_where_it_says(name: str, seed: int) -> None:
    expect, found = load(name).expect, own(name, seed)
    stats = found.stats
    assert found.outcome == expect.outcome, found.error
    for expected, got in (
        (expect.answer, rdata(found)),
        (expect.queries, stats.queries),
        (expect.tcp, stats.tcp),
        (expect.duration_ms, round(stats.duration * 1000, 3)),
        (expect.critical_path_ms, round(stats.critical_path * 1000, 3)),
    ):
        assert expected in (None, got)
    if expect.security is not None:
        judgement = found.judgement
        assert judgement is not None and judgement.security == expect.security, judgement
        assert (expect.reason or "") in judgement.reason
    differences = tuple(each.difference for each in compared(found))
    assert expect.resolvers in (None, differences) and bool(differences) is bool(load(name).resolvers)


def test_the_reason_is_given_where_a_world_is_not_secure() -> None:
    for expect in (load(name).expect for name in VALIDATED):
        assert (expect.reason is None) is (expect.security == "secure")


@pytest.mark.share(6)
@pytest.mark.parametrize("name", [name for name in names() if name not in VALIDATED])
def test_the_other_worlds_are_the_same_signed_and_below_com_insecure(name: str) -> None:
    world = load(name)
    plain, signed = own(name, 1), traced(world, 1, dnssec=True)
    assert (signed.outcome, rdata(signed)) == (plain.outcome, rdata(plain))
    told = plain.outcome is not Outcome.FAILED and name != "intercepted"  # nothing signed gets through there
    if told and plain.question.name.is_subdomain(EXAMPLE):
        assert signed.judgement is not None and signed.judgement.security == "insecure", signed.judgement


@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", [name for name in VALIDATED if name in FAULTLESS])
def test_validation_adds_no_round_trip(name: str, seed: int) -> None:
    """As long as the walk alone would take, over the same servers; every round trip is as long as another."""
    world = even(load(name))
    question, network = world.question, LabNetwork(world, signed=True)
    alone = trace(question.name, question.rdtype, network=network, now=world.now, seed=seed)
    validated = traced(world, seed)
    assert validated.judgement is not None and alone.judgement is None
    assert validated.stats.queries > alone.stats.queries
    assert round(validated.stats.duration, 9) == round(alone.stats.duration, 9) > 0


def even(world: World) -> World:
    """The world with the same round-trip time everywhere."""
    servers = (replace(server, rtt=dict.fromkeys(server.rtt, 0.02)) for server in world.servers)
    return replace(world, servers=tuple(servers))


@pytest.mark.seeds(6)
@pytest.mark.parametrize("name", FAULTLESS)
def test_without_faults_a_trace_takes_its_critical_path_to_the_microsecond(name: str, seed: int) -> None:
    stats = own(name, seed).stats
    assert round(stats.duration, 6) == round(stats.critical_path, 6) > 0


@pytest.mark.share(6)
@pytest.mark.seeds(6)
@pytest.mark.parametrize("name", names())
def test_the_same_seed_gives_the_same_trace(name: str, seed: int) -> None:
    first, second = own(name, seed), traced(load(name), seed)
    assert [(s.zone, s.question, s.attempts[0].server) for s in first.steps if s.attempts] == [
        (s.zone, s.question, s.attempts[0].server) for s in second.steps if s.attempts
    ]
    assert first.stats == second.stats


def test_there_is_a_world_for_each_misbehaviour() -> None:
    shown = {
        text.partition("=")[0] for name in names() for server in load(name).servers for text in server.does
    }
    assert shown == set(MISBEHAVIOURS)


def test_different_seeds_choose_different_servers() -> None:
    world = load()
    chosen = {traced(world, seed).steps[0].attempts[0].address for seed in range(30)}
    assert len(chosen) > 10


def test_the_textbook_is_the_textbook() -> None:
    found = traced(load(), 1)
    walked = [str(step.zone) for step in found.steps if step.purpose == "walk"]
    assert walked == [".", "com.", "example.com."]
    looked_up = [step for step in found.steps if step.purpose == "ns-address"]
    assert [str(step.zone) for step in looked_up] == ["com.", "awsdns-64.com."]
    (answer,) = found.answer
    assert answer.to_text() == "www.example.com. 300 IN A 192.0.2.44"
    last = found.steps[2].meaning
    assert last is not None and last.authoritative

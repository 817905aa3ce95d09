"""Every world leads where its file says, for any seed, in exactly the time that it must take."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace import Trace, trace
from dnstrace.lab.misbehaviour import MISBEHAVIOURS
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, names

SEEDS = range(6)
FAULTLESS = [
    name
    for name in names()
    if load(name).expect.outcome != "failed" and not any(server.does for server in load(name).servers)
]


def traced(world: World, seed: int) -> Trace:
    question = world.question
    return trace(question.name, question.rdtype, network=LabNetwork(world), now=world.now, seed=seed)


def rdata(found: Trace) -> tuple[str, ...]:
    """The data of the whole chain, signatures left out."""
    data = (rrset for rrset in found.answer if rrset.rdtype != dns.rdatatype.RRSIG)
    return tuple(item.to_text() for rrset in data for item in rrset)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", names())
def test_a_world_leads_where_it_says(name: str, seed: int) -> None:
    world = load(name)
    expect, found = world.expect, traced(world, seed)
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


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", FAULTLESS)
def test_without_faults_a_trace_takes_its_critical_path_to_the_microsecond(name: str, seed: int) -> None:
    stats = traced(load(name), seed).stats
    assert round(stats.duration, 6) == round(stats.critical_path, 6) > 0


@pytest.mark.parametrize("name", names())
def test_the_same_seed_gives_the_same_trace(name: str) -> None:
    world = load(name)
    first, second = traced(world, 7), traced(world, 7)
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
    chosen = {traced(world, seed).steps[0].attempts[0].exchange.query.address for seed in range(30)}
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

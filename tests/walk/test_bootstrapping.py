"""Which signals are asked for, of whom, and how they are validated."""

from __future__ import annotations

import pytest

from dnstrace import Trace
from dnstrace.analysis.signals import signals
from dnstrace.dnssec import Security
from dnstrace.lab.world import load
from dnstrace.model import Delegation, NameServer, Outcome, Probe
from dnstrace.walk.bootstrapping import asked_of
from tests.checks.checking import checked, walked
from tests.replies import name

SIGNED = ("dnssec-bootstrap", "dnssec-bootstrap-insecure")


def asked(found: Trace) -> set[str]:
    return {str(question.name) for question in signals(found)}


def test_both_types_are_asked_for_at_each_name_server_outside_the_zone() -> None:
    found = signals(checked(load("dnssec-bootstrap")))
    assert sorted((str(each.name).split("_signal.")[1], each.rdtype.name) for each in found) == [
        ("ns1.example.net.", "CDNSKEY"),
        ("ns1.example.net.", "CDS"),
        ("ns1.example.org.", "CDNSKEY"),
        ("ns1.example.org.", "CDS"),
    ]


@pytest.mark.parametrize(
    "world",
    ["dnssec-cds", "dnssec-island", "dnssec-nsec-insecure-child", "textbook"],
)
def test_none_is_asked_for_unless_the_zone_asks_for_its_first_ds_records(world: str) -> None:
    """Of the worlds, in this order: DS records; keys, but no CDS records; no keys, twice."""
    assert not asked(checked(load(world)))


def test_a_walk_without_check_asks_for_none() -> None:
    assert not asked(walked("dnssec-bootstrap"))


def test_of_many_name_servers_a_few_are_asked() -> None:
    servers = tuple(NameServer(name(f"ns{number}.example.net."), ()) for number in range(40))
    inside = NameServer(name("ns.example.com."), ())
    found = asked_of(Delegation(name("example.com."), (inside, *servers)))
    assert len(found) == 6 and inside.name not in found


@pytest.mark.parametrize("world", SIGNED)
def test_a_signal_is_judged_by_the_chain_of_its_own_zone(world: str) -> None:
    found = checked(load(world))
    assert found.judgement is not None
    shown = {
        (str(step.zone), found.judgement.steps[step.id].security)
        for step in found.steps
        if step.probe is Probe.SIGNAL and step.outcome is Outcome.ANSWER
    }
    second = Security.SECURE if world == "dnssec-bootstrap" else Security.INSECURE
    assert shown == {("example.net.", Security.SECURE), ("example.org.", second)}


def test_what_a_signal_shows_leaves_the_verdict_on_the_answer_alone() -> None:
    for world in SIGNED:
        before, after = walked(world).judgement, checked(load(world)).judgement
        assert before is not None and after is not None
        assert (before.security, before.reason) == (after.security, after.reason)

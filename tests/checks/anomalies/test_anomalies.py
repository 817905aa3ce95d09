"""Anomalies are collected completely: attempts, differences, probes, names, look-ups, paths."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import dns.flags
import pytest

from dnstrace import Settings, trace
from dnstrace.analysis.paths import shares
from dnstrace.checks.anomalies.anomalies import anomalies
from dnstrace.checks.readings.anomaly import Sort
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import Exchange, Probe, Query, Transport
from tests.checks.checking import checked, made_of
from tests.checks.documented import checked_world

SHOWN = {
    "servfail": {Sort.UNUSABLE, Sort.PATHS},
    "no-edns": {Sort.ANOTHER_WAY},
    "answers-differ": {Sort.DATA, Sort.PATHS},
    "ent-nxdomain": {Sort.EXISTENCE, Sort.NAME},
    "missing-glue": {Sort.LOOKUP},
    "child-on-one": {Sort.CUT},
}
"""Sorts that a world has, among others."""


@pytest.mark.parametrize("world", SHOWN)
def test_a_world_has_its_anomalies(world: str) -> None:
    assert SHOWN[world] <= {each.sort for each in anomalies(Evidence(checked_world(world)))}


@pytest.mark.share(4)
@pytest.mark.parametrize("world", names())
def test_every_attempt_that_was_not_usable_is_in_one(world: str) -> None:
    """Every address that gave something unusable in a step is shown, with that step."""
    if load(world).expect.findings is None:
        return
    found = checked_world(world)
    shown = {
        (step, reply.address)
        for each in anomalies(Evidence(found))
        if each.sort in (Sort.UNUSABLE, Sort.ANOTHER_WAY)
        for step in each.steps
        for reply in each.replies
    }
    for step in (
        s for s in found.steps if not s.at_resolver and s.probe not in (Probe.REHEARSAL, Probe.SIGNAL)
    ):
        for attempt in step.attempts:
            assert attempt.meaning.usable or (step.id, attempt.address) in shown


@pytest.mark.share(4)
@pytest.mark.parametrize("world", names())
def test_every_path_that_fails_is_in_one(world: str) -> None:
    if load(world).expect.findings is None:
        return
    found = checked_world(world)
    ends = shares(found.steps)
    failing = [share for share in ends if not share.meaning.usable]
    shown = [each for each in anomalies(Evidence(found)) if each.sort is Sort.PATHS]
    assert len(shown) >= (len(failing) if len(ends) > 1 else 0)


class OtherOverTcp(LabNetwork):
    """A world whose replies over TCP lack the AA flag."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        found = await super().exchange(query, timeout)
        if query.transport is not Transport.TCP or found.message is None:
            return found
        message = copy(found.message)
        message.flags &= ~dns.flags.AA
        return replace(found, message=message, wire=message.to_wire())


def test_a_probe_that_is_answered_unlike_the_plain_query_is_one() -> None:
    world = load("in-domain")
    found = trace(
        world.question.name,
        settings=Settings(all_servers=True, probe=True),
        network=OtherOverTcp(world),
        now=world.now,
        seed=1,
    )
    probes = [each for each in anomalies(Evidence(found)) if each.sort is Sort.PROBE]
    assert len(probes) == 4 and "tcp probe" in probes[0].what
    assert {each.code for each in found.findings or ()} == {"no-tcp"}


def test_what_one_question_denies_and_another_shows_is_one() -> None:
    (name,) = (e for e in anomalies(Evidence(checked_world("ent-nxdomain"))) if e.sort is Sort.NAME)
    assert "NXDOMAIN for b.example.com" in name.what and "a.b.example.com A" in name.what
    assert {str(server) for server in name.servers} == {"ns2.example.com."}


def test_servers_that_strip_signatures_explain_the_paths_that_have_them_though_they_are_more() -> None:
    """Each of the two has its own fault, and both have more addresses than the one that signs."""
    ns3 = "@ NS ns3\nns3 A 203.0.113.33\n"
    servers = {
        "ns1.example.com.": {"does": ["strips-signatures"]},
        "ns2.example.com.": {"does": ["no-edns"]},
        "ns3.example.com.": {"addresses": ["203.0.113.33"]},
    }
    zones = {
        "com.": {"add": "example NS ns3.example.com.\nns3.example A 203.0.113.33\n"},
        "example.com.": {"add": ns3},
    }
    found = checked(made_of("_signed", servers=servers, zones=zones)).findings or ()
    assert {"signature-missing", "no-edns"} <= {each.code for each in found}
    assert not [each.message for each in found if each.code == "unexplained"]

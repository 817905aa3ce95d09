"""Servers whose replies are so large that the trace could not keep all."""

from __future__ import annotations

import pytest

from dnstrace import Settings, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Outcome
from dnstrace.model.findings import Level
from dnstrace.model.limits import CHECKED
from dnstrace.model.structs import replace
from tests.checks.documented import assert_fires, found

CHECK = Settings(all_servers=True, probe=True, families=frozenset({4, 6}))


def test_the_rule_names_the_servers_and_what_they_sent() -> None:
    assert_fires("replies-too-large", "huge", "in-domain")
    first, second = found("replies-too-large", "huge")
    assert {str(each.server) for each in (first, second)} == {"ns1.example.com.", "ns2.example.com."}
    assert "of more than 4,096 octets on average" in first.message and first.level is Level.WARNING


@pytest.mark.parametrize("octets", [2**13, 2**14, 2**15])
def test_a_sound_zone_that_reaches_the_limit_has_no_fault_and_the_limit_is_named(octets: int) -> None:
    limits = replace(CHECKED, octets=octets)
    world = load("dnssec-good")
    network = LabNetwork(world, signed=True)
    asked = world.question
    found = trace(
        asked.name, asked.rdtype, settings=CHECK, network=network, now=world.now, limits=limits, seed=1
    )
    assert found.cut_short == f"the limit of {octets:,} octets of replies is reached"
    assert not found.findings and found.unapplied
    assert found.outcome in (Outcome.ANSWER, Outcome.FAILED)


def test_no_server_is_blamed_where_another_limit_was_reached() -> None:
    world, limits = load("huge"), replace(CHECKED, max_queries=6)
    asked, network = world.question, LabNetwork(world)
    cut = trace(
        asked.name, asked.rdtype, settings=CHECK, network=network, now=world.now, limits=limits, seed=1
    )
    assert cut.cut_short == "the limit of 6 queries is reached" and not cut.findings

"""Remedies are rehearsed before they are shown, and only those that hold are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dns.name
import pytest

from dnstrace import trace, trace_async
from dnstrace.api import Knowledge, report
from dnstrace.clock import run
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load
from dnstrace.model import Probe, Settings, Trace
from dnstrace.model.findings import Blame, Finding
from dnstrace.model.limits import CHECKED, Limits
from dnstrace.model.tracing import Tracing
from dnstrace.network.recording import RecordingNetwork
from dnstrace.record import load as load_record
from dnstrace.record import save
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.roots import root_hints
from tests.checks.checking import checked, checked_by_name, made_of

PARENT = {"example NS ns1.example.com.", "example NS ns2.example.com.", "ns2.example A 198.51.100.53"}
ZONE = """
@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns2 A 198.51.100.53
www 300 A 192.0.2.44
"""


def world(parent: str, zone: str, **servers: str) -> World:
    """example.com with two name servers of its own, at these addresses."""
    addresses = {name: text.split("/") for name, text in servers.items()}
    there = {f"{name}.example.com.": {"addresses": found, "rtt": 20} for name, found in addresses.items()}
    return made_of(
        "_internet",
        servers=there,
        zones={
            "com.": {"add": "\n".join((*sorted(PARENT), parent))},
            "example.com.": {"text": ZONE + zone, "servers": sorted(there)},
        },
    )


def only(trace: Trace, code: str) -> Finding:
    (found,) = [finding for finding in trace.findings or () if finding.code == code]
    return found


def test_a_remedy_that_holds_says_what_it_was_seen_to_lead_to() -> None:
    addresses = {"ns1": "192.0.2.53/203.0.113.53", "ns2": "198.51.100.53"}
    found = only(
        checked(world("ns1.example A 192.0.2.53", "ns1 A 203.0.113.53", **addresses)), "glue-differs"
    )
    assert found.records == ("ns1.example.com. 172800 IN A 203.0.113.53",)
    assert found.rehearsed == "with this, 2 of 2 paths give 192.0.2.44, insecure" and not found.unrehearsed


def test_a_dead_address_is_never_registered_and_the_zone_that_has_it_is_to_change() -> None:
    """The glue works and the address in the zone does not: it is the zone that is wrong."""
    addresses = {"ns1": "192.0.2.53", "ns2": "198.51.100.53"}
    trace = checked(world("ns1.example A 192.0.2.53", "ns1 A 203.0.113.9", **addresses))
    found = only(trace, "glue-differs")
    assert found.blame is Blame.HOST and found.records == ("ns1.example.com. 3600 IN A 192.0.2.53",)
    assert found.remedy is not None and found.remedy.where == dns.name.from_text("example.com.")
    assert not any("203.0.113.9" in record for each in trace.findings or () for record in each.records)
    assert found.rehearsed == "with this, 2 of 2 paths give 192.0.2.44, insecure"


def test_where_neither_address_works_none_is_recommended() -> None:
    trace = checked(world("ns1.example A 192.0.2.9", "ns1 A 203.0.113.9", ns2="198.51.100.53"))
    found = only(trace, "glue-differs")
    assert not found.records and "make ns1.example.com answer" in found.cure


def test_what_a_remedy_needs_is_asked_and_recorded_as_probes() -> None:
    asked = [s for s in checked_by_name("parent-child-differ").steps if s.probe == "rehearsal"]
    assert asked and all(attempt.exchange.message for step in asked for attempt in step.attempts)
    fresh = {attempt.address for step in asked for attempt in step.attempts}
    assert {"203.0.113.53", "203.0.113.54"} <= fresh
    assert not [s for s in checked_by_name("textbook").steps if s.probe == "rehearsal"]


def test_a_remedy_that_does_not_hold_is_dropped_and_its_finding_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The DS records to publish are of a key that the zone does not have; the finding itself stays."""
    wrong = "example.com. 172800 IN DS 4242 13 2 " + "0123456789ABCDEF" * 4
    monkeypatch.setattr("dnstrace.checks.rules.security.to_publish", lambda cut: (wrong,))
    found = only(checked(replace(load("dnssec-missing-key"), name="other")), "ds-without-dnskey")
    assert (found.cure, found.records, found.remedy, found.rehearsed) == ("", (), None, "")
    assert found.blame is Blame.REGISTRAR


def traced(world: World, limits: Limits) -> Trace:
    tracing = Tracing(
        settings=Settings(all_servers=True, probe=True),
        anchors=parse_anchors(world.anchors_text, world.name),
        limits=limits,
        now=world.now,
        seed=1,
    )
    asked = world.question
    return trace(asked.name, asked.rdtype, tracing=tracing, network=LabNetwork(world, signed=True))


def test_without_budget_a_remedy_is_not_rehearsed_and_that_is_said() -> None:
    whole = traced(load("parent-child-differ"), CHECKED)
    before = sum(len(step.attempts) for step in whole.steps if step.probe != "rehearsal")
    found = only(traced(load("parent-child-differ"), replace(CHECKED, max_queries=before)), "glue-differs")
    assert found.records and found.unrehearsed == f"the limit of {before} queries is reached"


def test_a_replay_has_the_same_steps_and_findings(tmp_path: Path) -> None:
    for name in ("parent-child-differ", "dnssec-missing-key", "glue"):
        world = load(name)
        network = RecordingNetwork(LabNetwork(world, signed=True))
        tracing = Tracing(
            settings=Settings(all_servers=True, probe=True),
            anchors=parse_anchors(world.anchors_text, world.name),
            now=world.now,
            seed=3,
        )
        question = world.question
        seen = trace(question.name, question.rdtype, tracing=tracing, network=network)
        save(tmp_path / name, report(seen), tracing, network.course)
        record = load_record(tmp_path / name)
        again = trace(question.name, question.rdtype, tracing=record.tracing, network=record.network)
        assert again.findings == seen.findings and any(each.rehearsed for each in seen.findings or ())
        received = {kept.exchange.wire for kept in network.course.kept if kept.exchange is not None}
        asked = [a for step in seen.steps if step.probe is Probe.REHEARSAL for a in step.attempts]
        assert asked or name == "dnssec-missing-key"
        assert all(attempt.exchange.wire in received for attempt in asked), "as it was received"
        assert [(s.question, len(s.attempts), s.probe) for s in again.steps] == [
            (s.question, len(s.attempts), s.probe) for s in seen.steps
        ]


def test_remedies_for_one_delegation_are_rehearsed_together() -> None:
    found = [finding.rehearsed for finding in checked_by_name("glue").findings or () if finding.rehearsed]
    assert found == ["with these 5 changes, 7 of 7 paths give 192.0.2.44, insecure"] * 5


def test_a_walk_that_began_at_a_known_cut_is_rehearsed_from_there() -> None:
    """As with many names, where an earlier one has led to the servers of com."""
    world = load("parent-child-differ")
    question = world.question
    shared = Knowledge(Cuts(root_hints()), Health(frozenset({4, 6})))

    async def two() -> list[Trace]:
        tracing = Tracing(settings=Settings(all_servers=True, probe=True), now=world.now, seed=1)
        network = LabNetwork(world)
        first = await trace_async("com", "NS", tracing=tracing, network=network, knowledge=shared)
        again = await trace_async(question.name, "A", tracing=tracing, network=network, knowledge=shared)
        return [first, again]

    _, found = run(two())
    assert next(step for step in found.steps if step.main).zone == dns.name.from_text("com.")
    assert only(found, "ns-differs").rehearsed == "with these 2 changes, 3 of 3 paths give 192.0.2.44"
    assert dns.name.root not in {step.zone for step in found.steps if step.probe == "rehearsal"}

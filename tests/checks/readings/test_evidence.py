"""A recorded trace as the rules see it: cut by cut."""

from __future__ import annotations

import gc

import dns.name

from dnstrace import Settings, trace
from dnstrace.api import report
from dnstrace.checks import findings
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import ROOT, Probe
from dnstrace.model.structs import replace
from tests.checks.checking import walked
from tests.checks.documented import checked_world

ZONE = dns.name.from_text("example.com.")


def cut_of(world: str) -> Cut:
    cut = Evidence(checked_world(world)).cut(ZONE)
    assert cut is not None
    return cut


def test_the_cuts_are_those_on_the_path_from_the_root_down() -> None:
    zones = [cut.zone.to_text() for cut in Evidence(checked_world("textbook")).cuts]
    assert zones == [".", "com.", "example.com."]


def test_a_zone_that_the_walk_did_not_pass_has_no_cut() -> None:
    assert Evidence(checked_world("textbook")).cut(dns.name.from_text("example.org.")) is None


def test_a_cut_knows_its_parent_and_its_delegation() -> None:
    cut, root = cut_of("textbook"), Evidence(checked_world("textbook")).cut(ROOT)
    assert cut.parent == ZONE.parent()
    assert cut.delegation is not None and len(cut.delegation.servers) == 4
    assert root is not None and root.parent is None and root.delegation is None


def test_only_addresses_that_answer_for_the_zone_serve_it() -> None:
    cut = cut_of("refuses")
    assert cut.serving == {"198.51.100.53", "2001:db8:2::53"}
    assert len(cut.probe(Probe.SOA)) == 2 and len(cut.probe(Probe.SOA, all_servers=True)) == 4


def test_servers_and_addresses_that_the_zone_alone_lists_are_heard_by_their_probes() -> None:
    cut = cut_of("parent-child-differ")
    walked_to = {reply.address for reply in cut.replies}
    assert {reply.address for reply in cut.everyone} - walked_to == {"203.0.113.53", "203.0.113.54"}
    assert sorted(name.to_text() for name in cut.child) == [
        "ns1.example.com.", "ns2.example.com.", "ns3.example.com.",
    ]  # fmt: skip


def test_without_a_check_nothing_was_probed() -> None:
    cut = Evidence(walked("refuses")).cut(ZONE)
    assert cut is not None and not cut.probed and not cut.probed_replies()


def test_a_reading_is_made_once_and_kept() -> None:
    cut, made = cut_of("textbook"), []

    def reading(each: Cut) -> int:
        made.append(each)
        return len(made)

    assert [cut.once(reading), cut.once(reading)] == [1, 1] and made == [cut]


def test_a_step_for_less_of_a_name_is_no_look_up_that_ended() -> None:
    """With minimised queries (RFC 9156): of the name 192.0.2.53, 53 is asked for first."""
    loaded = load("ns-names")
    asked, settings = loaded.question, Settings(qmin=True, all_servers=True)
    found = trace(asked.name, asked.rdtype, network=LabNetwork(loaded), settings=settings, seed=1)
    lookups = Evidence(found).lookups
    assert dns.name.from_text("192.0.2.53") in lookups and dns.name.from_text("53") not in lookups


def test_no_check_leaves_what_only_the_garbage_collector_can_take_away() -> None:
    """Of many names that would be megabytes: the evidence and its cuts refer to each other."""
    traces = [checked_world(world) for world in ("dnssec-good", "lame", "dnssec-cut-denied")]
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for each in traces:
            assert report(replace(each, findings=findings(each)))
        gc.collect()
        assert not {type(each) for each in gc.garbage if type(each).__module__.startswith("dnstrace.checks.")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()

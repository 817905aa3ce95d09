"""Hostile networks: the walk ends within its bounds, to the microsecond, and what it ends in can be shown."""

from __future__ import annotations

import json
import re
import struct
import tracemalloc
from functools import cache
from typing import Any

import dns.name
import pytest
from rich.cells import cell_len

from dnstrace import Settings, Trace, trace
from dnstrace.api import report
from dnstrace.dnssec.anchors import root_anchors
from dnstrace.message.reading import read_reply
from dnstrace.message.wire import query_wire
from dnstrace.model import Fault, Outcome, Query, Question
from dnstrace.model.counting import counted
from dnstrace.model.limits import Limits, limits_for
from dnstrace.render.document import document
from dnstrace.render.tree import tree
from tests.cli.running import run
from tests.hostile_networks import (
    ALL,
    CROWD,
    LABELS,
    ROOT,
    WORLDS,
    Counted,
    Heavy,
    addresses,
    filled,
    hostile,
    types,
)
from tests.render.looks import look
from tests.render.validating import VALIDATOR
from tests.replies import name
from tests.scripted import RTT, roots

USUAL = Limits()
FEW_QUERIES = (1, 2, 5, 20)
DEADLINES = (0.001, 0.05, 0.5, 3.0)
"""Seconds."""

HOW = {
    "usual": Settings(),
    "minimised": Settings(qmin=True, prime=True),
    "over TCP": Settings(tcp=True),
    "all servers": Settings(all_servers=True),
    "one try": Settings(tries=1, timeout=0.3, families=frozenset({4})),
}
FOLDED = (
    r"more name servers? without usable glue: [a-z ]+, (?P<queries>\d+) quer|(?P<addresses>\d+) addresses of"
)
"""The lines for look-ups that went alike, and for addresses that failed alike."""
MEMORY = 5_000_000
"""Octets that a trace of 100 queries may take at its peak when the replies are small."""


def walked(which: str, limits: Limits | None = None, settings: Settings = HOW["usual"], **how: Any) -> Trace:
    limits = limits or limits_for(settings)
    asked, network, begin = hostile(which)
    counted = Counted(network)
    how = {"roots": begin, "limits": limits, "settings": settings, "seed": 1, **how}
    found = trace(asked.name, asked.rdtype, network=counted, **how)
    assert counted.sent == found.stats.queries <= limits.max_queries
    assert found.stats.duration <= limits.deadline
    assert found.outcome is not None and all(step.outcome is not None for step in found.steps)
    return found


@cache
def usual(which: str) -> Trace:
    return walked(which)


def not_shown(found: Trace, drawn: str) -> set[tuple[int, str]]:
    """The step and address of queries, of those to a single server, that a tree does not have."""
    single = (step for step in found.steps if not step.all_servers)
    asked = ((step.id, attempt.address) for step in single for attempt in step.attempts)
    return {(step, address) for step, address in asked if address not in drawn}


def check_shown(found: Trace) -> None:
    """The tree is drawn, fits, and has every server asked but those folded; the JSON is valid.

    Where look-ups that went alike are folded, the tree counts their queries, where failures are, their
    addresses; and the longer one has all.
    """
    judged = report(found)
    drawn = look(tree(judged), 80)
    assert max(map(cell_len, drawn.splitlines())) <= 80
    counts = [int(each[each.lastgroup or 0]) for each in re.finditer(FOLDED, look(tree(judged), 300))]
    assert len(not_shown(found, drawn)) <= sum(counts)
    if counts:
        assert not not_shown(found, look(tree(judged, verbose=True), 80))
    VALIDATOR.validate(json.loads(json.dumps(document(judged), allow_nan=False)))


# --- every one of them ----------------------------------------------------------------------------


@pytest.mark.share(8)
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("which", ALL)
def test_a_walk_ends_within_the_usual_bounds_and_can_be_shown(which: str, how: str) -> None:
    check_shown(walked(which, settings=HOW[how]))


@pytest.mark.share(6)
@pytest.mark.parametrize("which", ALL)
def test_so_does_one_that_is_validated(which: str) -> None:
    found = walked(which, anchors=root_anchors())
    assert found.judgement is not None or found.outcome == "failed"
    check_shown(found)


@pytest.mark.share(5)
@pytest.mark.parametrize("which", ALL)
def test_not_one_query_more_is_sent_than_allowed(which: str) -> None:
    for most in FEW_QUERIES:
        found = walked(which, Limits(max_queries=most))
        assert found.stats.queries == min(most, usual(which).stats.queries)
        if found.outcome != usual(which).outcome:
            limit = counted(most, "query", "queries")
            assert found.outcome == "failed" and f"the limit of {limit} is reached" in found.error
        check_shown(found)


@pytest.mark.share(5)
@pytest.mark.parametrize("which", ALL)
def test_the_deadline_holds_to_the_nanosecond(which: str) -> None:
    for deadline in DEADLINES:
        found = walked(which, Limits(deadline=deadline))
        left = usual(which).stats.duration > deadline
        assert found.stats.duration == pytest.approx(min(deadline, usual(which).stats.duration), abs=1e-9)
        assert (found.outcome, found.error) == (
            (Outcome.FAILED, f"the deadline of {deadline:g} s is reached")
            if left
            else (usual(which).outcome, usual(which).error)
        )
        check_shown(found)


@pytest.mark.parametrize("option", ["--max-queries=5", "--deadline=0.05"])
@pytest.mark.parametrize("world", WORLDS)
def test_the_command_holds_them_too(world: str, option: str) -> None:
    ran = run("--lab", world, option, "--json")
    found = json.loads(ran.out)
    VALIDATOR.validate(found)
    assert found["stats"]["queries"] <= 5 or found["stats"]["duration_ms"] <= 50
    assert ran.status in (0, 1, 3) and (ran.status == 3) == (found["outcome"] == "failed")
    drawn = run("--lab", world, option).out
    assert drawn.endswith("\n") and "Traceback" not in drawn


# --- what single ones cost ------------------------------------------------------------------------


def test_a_delegation_at_each_of_127_labels_is_followed_to_the_last() -> None:
    found = usual("label-by-label")
    assert found.outcome == "answer" and found.stats.queries == LABELS + 1
    assert found.stats.duration == pytest.approx((LABELS + 1) * RTT)


def test_a_crowd_costs_what_is_allowed_for_one_delegation() -> None:
    """NXNSAttack: one look-up each, of one query, since a name that does not exist has no AAAA either."""
    found = usual("crowd")
    (crowded,) = (step for step in found.steps if len(step.servers) == CROWD)
    looked_up = [step for step in found.steps if step.parent == crowded.id]
    assert len({step.question.name for step in looked_up}) == USUAL.lookups_per_delegation
    assert found.stats.queries <= USUAL.lookups_per_delegation + 8


def test_a_crowd_of_the_silent_costs_its_victim_no_more_than_a_few_queries_each() -> None:
    found = usual("crowd-of-the-silent")
    sent = [a for step in found.steps for a in step.attempts if a.address == "203.0.113.1"]
    assert len(sent) <= USUAL.lookups_per_delegation * Settings().tries * 2


def test_whoever_refers_without_end_is_left_at_the_limit() -> None:
    found = usual("maze")
    assert found.error == f"the limit of {USUAL.max_queries} queries is reached"
    assert found.stats.duration == pytest.approx(USUAL.max_queries * RTT)


def test_endless_crowds_use_up_the_look_ups_and_no_more() -> None:
    found = usual("endless-crowds")
    begun = {(s.parent, s.question.name) for s in found.steps if s.purpose == "ns-address"}
    assert found.outcome == "failed" and len(begun) <= USUAL.lookups * 2 + USUAL.depth


def test_a_cycle_is_spelt_out() -> None:
    assert usual("address-cycle").error.count(" needs ") == 2


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("maze", "the limit of 200 queries"),
        ("endless-aliases", "the limit of 16 aliases"),
        ("endless-crowds", "the limit of 64 name server look-ups"),
        ("crowd", "the limit of 16"),
        ("endless", "the limit of 8 nested"),
    ],
)
def test_the_bound_that_ended_it_is_in_the_picture(which: str, words: str) -> None:
    assert words in " ".join(look(tree(report(usual(which))), 200).split())


# --- memory ---------------------------------------------------------------------------------------


def peak(which: str) -> int:
    """Octets that a trace takes at its peak, beyond the network itself."""
    asked, network, begin = hostile(which)
    trace(
        asked.name, asked.rdtype, network=network, roots=begin, limits=Limits(max_queries=1), seed=1
    )  # zones are read
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        trace(asked.name, asked.rdtype, network=network, roots=begin, limits=Limits(max_queries=100), seed=1)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("which", ["maze", "crowd", "crowd-with-glue", "endless-crowds", "all-drip"])
def test_memory_is_bounded(which: str) -> None:
    assert peak(which) < MEMORY


@pytest.mark.parametrize("filling", [addresses, types])
def test_the_largest_replies_end_the_walk_before_they_fill_the_memory(filling: Any) -> None:
    """65,535 octets each, every record an RRset of its own in the worse case."""
    octets = 2**16
    tracemalloc.start()
    try:
        limits = Limits(octets=octets)
        found = trace("a." * 10, network=Heavy(filling), roots=roots(ROOT), limits=limits, seed=1)
        _, highest = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.error == f"the limit of {octets:,} octets of replies is reached"
    assert octets <= found.stats.bytes_in < octets + 2**16
    assert highest < 200 * found.stats.bytes_in


# --- work -----------------------------------------------------------------------------------------


def octets_of_names_made(wire: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many octets of names are made and checked, label by label, while `wire` is read."""
    made = 0
    check = dns.name._validate_labels

    def counting(labels: Any) -> None:
        nonlocal made
        made += sum(len(label) + 1 for label in labels)
        check(labels)

    monkeypatch.setattr(dns.name, "_validate_labels", counting)
    assert read_reply(wire) is Fault.MALFORMED
    return made


@pytest.mark.parametrize("octets", [600, 1222, 4096, 16_000, 65_500])
def test_names_that_expand_out_of_proportion_are_not_read(
    octets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each record of 16 octets points to a name of 120 labels: unbounded, 65,500 octets take 16 s of CPU."""
    asked = query_wire(Query(Question(name("a." * 120), dns.rdatatype.A), ROOT, edns=None), 0)
    record = b"\xc0\x0c" + struct.pack("!HHIH", dns.rdatatype.NS, 1, 300, 4) + b"\1%c\xc0\x0c"
    count = (octets - len(asked)) // len(record)
    records = b"".join(record % (n % 250) for n in range(count))
    wire = b"".join((asked[:2], b"\x80\0\0\1", count.to_bytes(2), bytes(4), asked[12:], records))
    assert octets_of_names_made(wire, monkeypatch) < 400 * octets


@pytest.mark.parametrize("filling", [addresses, types])
def test_the_largest_honest_replies_are_read(filling: Any) -> None:
    asked = query_wire(Query(Question(name("a." * 10), dns.rdatatype.A), ROOT, edns=None), 0)
    wire = filled(asked, b"", 0, filling)
    assert len(wire) > 60_000 and isinstance(read_reply(wire), dns.message.Message)

"""What is recommended for removal: all of it together leaves a zone with a name server that works."""

from __future__ import annotations

from collections import defaultdict

import pytest

from dnstrace.checks.readings.beside import beside
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import load, names
from dnstrace.model import Name, Trace
from dnstrace.model.naming import plain
from tests.checks.checking import checked
from tests.checks.listings import world
from tests.made_delegations import made, traced
from tests.replies import name

BATCHES, EACH = 40, 5
WITHDRAWN = {"internal-delegation"}
"""The delegation as a whole is a mistake, and is removed."""


def _offer(server: Name) -> str:
    return f"remove {plain(server)} from the NS records"


def removed(trace: Trace) -> dict[Name, set[Name]]:
    """By zone, the name servers whose NS records some fix removes, or offers to remove."""
    found: dict[Name, set[Name]] = defaultdict(set)
    for each in trace.findings or ():
        if each.zone is not None and each.server is not None and _offer(each.server) in each.cure:
            found[each.zone].add(each.server)
        for record in () if each.remedy is None else each.remedy.remove:
            owner, _, _, rdtype, *rest = record.split()
            if rdtype == "NS":
                found[name(owner)].add(name(rest[0]))
    return found


def assert_one_is_left(trace: Trace) -> None:
    evidence = Evidence(trace)
    off_path = {each.zone: each for each in beside(evidence)}
    for zone, gone in removed(trace).items():
        cut = evidence.cut(zone) or off_path[zone]
        assert cut.delegation is not None
        listed = set(cut.child) or {each.name for each in cut.delegation.servers}
        serving = cut.serving | {r.address for r in cut.everyone if zone in off_path and r.meaning.usable}
        works = {reply.server for reply in cut.everyone if reply.address in serving}
        assert listed & works - gone, f"{zone}: {sorted(gone)}"


@pytest.mark.share(4)
@pytest.mark.parametrize("world_name", sorted({*names()} - WITHDRAWN))
def test_in_every_world_one_is_left(world_name: str) -> None:
    assert_one_is_left(checked(load(world_name)))


@pytest.mark.seeds(BATCHES)
def test_with_two_faults_at_a_time_one_is_left(seed: int) -> None:
    for number in range(seed * EACH, (seed + 1) * EACH):
        assert_one_is_left(traced(made(number), 1))


@pytest.mark.parametrize("does", ["refuses", "lame", "silent", "servfail", "upward", "no-aa"])
def test_where_none_works_nothing_is_removed(does: str) -> None:
    found = checked(world("ns1 ns2", ns1=does, ns2="refuses"))
    assert found.findings and not any("remove" in each.cure for each in found.findings)


@pytest.mark.parametrize("name_", sorted(WITHDRAWN))
def test_a_delegation_is_only_withdrawn_as_a_whole(name_: str) -> None:
    trace = checked(load(name_))
    ((zone, gone),) = removed(trace).items()
    cut = Evidence(trace).cut(zone)
    assert cut is not None and cut.delegation is not None and not cut.serving
    assert gone == {each.name for each in cut.delegation.servers}


def test_a_server_that_may_have_the_key_of_the_ds_records_is_not_removed() -> None:
    trace = checked(load("dnssec-no-dnskey-one-silent"))
    assert any("bring ns2.example.com back first" in each.cure for each in trace.findings or ())
    assert removed(trace) == {}


def test_where_one_works_those_that_do_not_may_be_removed() -> None:
    found = checked(world("ns1 ns2 ns3", parent="ns1 ns2 ns3", ns2="refuses", ns3="lame"))
    assert removed(found) == {name("example.com."): {name("ns2.example.com."), name("ns3.example.com.")}}

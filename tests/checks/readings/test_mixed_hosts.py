"""Which servers are of one host, and which are of hosts that know nothing of each other."""

from __future__ import annotations

import pytest

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.mixed_hosts import child_sets, mixture
from tests.checks.checking import checked, made_of
from tests.checks.documented import checked_world
from tests.replies import name


@pytest.mark.parametrize("world", ["soa-stale", "ns-disjoint", "ns-sets-differ", "parent-child-differ"])
def test_copies_that_know_of_each_other_are_of_one_host(world: str) -> None:
    cut = Evidence(checked_world(world)).cut(name("example.com."))
    assert cut is not None and child_sets(cut) and not mixture(cut)


@pytest.mark.parametrize("octets", ["0", "2 0561"])
def test_ns_records_that_are_malformed_name_no_server(octets: str) -> None:
    """Any octets may stand in the place of a name, and are kept as they are."""
    servers = ["ns1.example.com.", "ns2.example.com."]
    zones = {"example.com.": {"add": f"@ NS \\# {octets}\n", "servers": servers}}
    trace = checked(made_of("in-domain", zones=zones))
    assert "record-malformed" in {each.code for each in trace.findings or ()}
    cut = Evidence(trace).cut(name("example.com."))
    assert cut is not None and {*cut.child} | {each for names in child_sets(cut) for each in names} <= {
        name(server) for server in servers
    }

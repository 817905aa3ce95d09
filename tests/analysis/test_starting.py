"""What is found at a server that was given by its address names it as others do, or by that address."""

from __future__ import annotations

import pytest

from dnstrace import Trace, trace
from dnstrace.dnssec import Security, parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import ROOT
from dnstrace.model.structs import replace
from tests.checks.checking import made_of

HIDDEN = {
    "servers": {"hidden.example.com.": {"addresses": ["203.0.113.7"], "does": ["lowers-case", "no-edns"]}},
    "zones": {"example.com.": {"servers": ["ns1.example.com.", "ns2.example.com.", "hidden.example.com."]}},
}


def _said(found: Trace) -> set[str]:
    """The servers that findings name; the root's name stands for none of them."""
    assert found.findings
    assert not any(
        f.server == ROOT or f.message.startswith(". ") or " of .," in f.cure for f in found.findings
    )
    return {str(each.server) for each in found.findings}


@pytest.mark.parametrize(("world", "servers"), [("lowers-case", {"ns1"}), ("no-edns", {"ns1", "ns2"})])
def test_a_server_given_by_address_has_the_name_that_its_zone_knows_it_by(
    world: str, servers: set[str]
) -> None:
    found = trace("www.example.com", "MX", lab=world, server="192.0.2.53", check=True, seed=1)
    assert _said(found) == {f"{each}.example.com." for each in servers}


def test_a_server_that_nobody_lists_is_named_by_its_address() -> None:
    network = LabNetwork(made_of("in-domain", **HIDDEN))
    found = trace("www.example.com", "MX", network=network, server="203.0.113.7", check=True, seed=1)
    assert _said(found) == {"203.0.113.7."}


def test_the_trace_itself_stays_as_it_was_recorded() -> None:
    """Only what is found names the server: a trace has what was known when it was asked."""
    found = trace("www.example.com", lab=load("in-domain"), server="192.0.2.53", check=True, seed=1)
    assert {attempt.server for step in found.steps if step.given for attempt in step.attempts} == {ROOT}


@pytest.mark.parametrize("address", ["192.0.2.53", "2001:db8:1::53"])
def test_how_many_servers_a_zone_has_is_not_known_from_the_one_given(address: str) -> None:
    """Its name servers are not known here: the one given refuses the query for them."""
    servers = {"ns1.example.com.": {"does": ["no-apex-ns=REFUSED example.com."]}}
    world = made_of("in-domain", servers=servers)
    found = trace("www.example.com", "MX", network=LabNetwork(world), server=address, check=True, seed=1)
    spread = {"no-ipv4", "too-few-servers", "one-network"}
    assert not spread & {each.code for each in found.findings or ()}


def test_a_starting_server_that_strips_signatures_is_not_taken_for_one_without_the_keys() -> None:
    """As forwarders in homes do. Another trust anchor would not help."""
    world = made_of("dnssec-good", servers={"a.root-servers.net.": {"does": ["strips-signatures"]}})
    found = trace(
        "www.example.com",
        network=LabNetwork(world, signed=True),
        server="198.41.0.4",
        anchors=replace(parse_anchors(world.anchors_text, world.name), own=False),
        now=world.now,
        seed=1,
    ).judgement
    assert found is not None and found.security is Security.INDETERMINATE
    has = "has the keys of the root zone that are trusted, but no valid signature of them"
    assert found.reason == f"the starting server 198.41.0.4 {has}"

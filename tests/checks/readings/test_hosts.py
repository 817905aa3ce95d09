"""What is known about the hosts of name servers."""

from __future__ import annotations

import json

import dns.name
import pytest

from dnstrace import trace
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.hosts import host_of, named
from dnstrace.model.limits import Limits
from tests.checks.documented import checked_world
from tests.cli.running import run


def cut_of(world: str) -> Cut:
    cut = Evidence(checked_world(world)).cut(dns.name.from_text("example.com."))
    assert cut is not None
    return cut


def test_a_host_inside_the_zone_has_the_addresses_that_the_zone_gives() -> None:
    host = host_of(cut_of("parent-child-differ"), dns.name.from_text("ns1.example.com."))
    assert host.addresses == ("203.0.113.53",)
    assert host.denied == {6} and not host.absent and host.steps


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("gone.example.net.", (True, True, False, False)),
        ("text.example.net.", (True, False, False, False)),
        ("three.example.net.", (False, False, True, False)),
        ("ns.example.org.", (False, False, False, True)),
    ],
)
def test_a_host_without_an_address_of_its_own_says_why(name: str, state: tuple[bool, ...]) -> None:
    host = host_of(cut_of("ns-names"), dns.name.from_text(name))
    assert (host.absent, host.nxdomain, host.alias, bool(host.failed)) == state


def test_the_name_servers_are_those_of_the_parent_then_those_of_the_zone_alone() -> None:
    names = [name.to_text() for name in named(cut_of("parent-child-differ"))]
    assert names[-1] == "ns3.example.com." and set(names[:-1]) == {"ns1.example.com.", "ns2.example.com."}


def test_of_a_host_that_nobody_looked_up_nothing_is_known() -> None:
    host = host_of(cut_of("textbook"), dns.name.from_text("nobody.example.net."))
    assert not host.addresses and not host.absent and not host.steps


@pytest.mark.parametrize("milliseconds", range(90, 114, 2))
def test_a_look_up_that_the_deadline_ended_did_not_fail_because_of_its_servers(milliseconds: int) -> None:
    limits = Limits(deadline=milliseconds / 1000, max_queries=1000, lookups=128)
    assert trace("www.example.com", lab="textbook", check=True, seed=1, limits=limits).findings == ()


@pytest.mark.parametrize(
    "words",
    [
        ("textbook", "@205.251.200.0", "example.com", "MX"),
        ("textbook", "@205.251.200.0", "nowhere.example.com"),
        ("textbook", "@192.5.6.30", "www.example.com"),
        ("in-domain", "@192.0.2.53", "example.com", "MX"),
    ],
)
def test_a_server_given_to_start_from_says_nothing_of_hosts_in_other_zones(words: tuple[str, ...]) -> None:
    """It refuses to look them up, as a name server should."""
    made = run("--lab", *words, "--check", "--json")
    assert made.status in (0, 1)
    assert json.loads(made.out)["findings"] == []

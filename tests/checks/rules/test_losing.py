"""A network that loses packets: it is named, and no server is blamed for it."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.lab.world import load
from dnstrace.model import Outcome
from dnstrace.model.findings import Blame, Level
from dnstrace.model.structs import replace
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires
from tests.troubled import SERVERS, Limiting, in_trouble, limits_rate, loses, traced_over


def test_the_rule_fires_where_several_zones_lose_packets() -> None:
    assert_fires("packet-loss", "packet-loss", "unreliable-silent")


@pytest.mark.seeds(50)
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3])
def test_a_healthy_zone_has_no_other_fault_over_such_a_network(share: float, seed: int) -> None:
    found = in_trouble("dnssec-good", loses(share, seed))
    assert found.outcome is Outcome.ANSWER
    assert found.judgement is not None and found.judgement.security == "secure"
    said = {(each.code, each.level, each.blame) for each in found.findings or ()}
    assert said <= {("packet-loss", Level.NOTICE, Blame.NETWORK)} and (said or share < 0.1)


@pytest.mark.parametrize("name", ["www.example.org.", "org.", "www.example.net.", "nothing.com."])
def test_no_server_of_any_zone_has_a_fault_over_a_network_that_loses_half_of_all_packets(name: str) -> None:
    world = load("packet-loss")
    found = checked(replace(world, question=replace(world.question, name=dns.name.from_text(name))))
    said = {each.code for each in found.findings or ()}
    assert "packet-loss" in said and said <= {"packet-loss", "domain-not-delegated"}


@pytest.mark.seeds(10)
def test_what_is_dead_is_still_found(seed: int) -> None:
    dead = {"ns1.example.com.", "c.root-servers.net."}
    found = in_trouble(
        made_of("in-domain", servers={each: {"does": ["silent"]} for each in dead}), loses(0.2, seed)
    )
    said = [each for each in found.findings or () if each.level is not Level.NOTICE]
    assert {(each.code, str(each.server)) for each in said} == {("unreachable", each) for each in dead}


@pytest.mark.seeds(6)
@pytest.mark.parametrize("share", [0.02, 0.05, 0.1])
def test_edns_that_is_dropped_is_still_found(share: float, seed: int) -> None:
    """All queries with EDNS that get no reply count: no single question would tell it from chance."""
    said = {(each.code, each.level) for each in in_trouble("drops-edns", loses(share, seed)).findings or ()}
    assert said - {("packet-loss", Level.NOTICE)} == {("drops-edns", Level.ERROR)}


@pytest.mark.seeds(6)
@pytest.mark.parametrize("most", [5, 10, 20])
def test_a_server_that_limits_its_rate_has_no_other_fault(most: int, seed: int) -> None:
    what, slip = (("lost", 0), ("lost", 1), ("lost", 2), ("lost", 3), ("REFUSED", 0), ("SERVFAIL", 0))[seed]
    found = in_trouble("in-domain", limits_rate(most, what, slip, SERVERS))
    assert found.outcome is Outcome.ANSWER
    said = {each.code for each in found.findings or () if each.level is not Level.NOTICE}
    assert said <= {"unreliable", "stopped-answering"}


@pytest.mark.seeds(8)
@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_one_that_limits_replies_that_are_alike_drops_no_type_no_edns_and_no_size(
    most: int, seed: int
) -> None:
    asked = ("www.example.com. A", "nx.example.com. A", "example.com. A", "www.example.com. MX")[seed % 4]
    world = made_of(("in-domain", "dnssec-good")[seed // 4], question=asked)
    slip, among = (seed + most) % 4, SERVERS if seed % 2 else frozenset(sorted(SERVERS)[:2])
    for of_zone in (False, True):
        found = traced_over(world, lambda network: Limiting(network, most, slip, of_zone, among))  # noqa: B023
        said = {(each.code, each.level) for each in found.findings or ()}
        assert said <= {("unreliable", Level.NOTICE)}, of_zone


@pytest.mark.parametrize("does", ["silent=HTTPS", "silent=SOA", "silent=NS"])
def test_one_that_drops_a_type_and_limits_nothing_still_does(does: str) -> None:
    found = checked(made_of("in-domain", servers={"ns1.example.com.": {"does": [does]}}))
    assert [(each.code, str(each.server)) for each in found.findings or ()] == [
        ("type-fails", "ns1.example.com.")
    ]

"""A network that loses packets: it is named, and no server is blamed for it."""

from __future__ import annotations

import pytest

from dnstrace.model import Outcome
from dnstrace.model.findings import Blame, Level
from tests.checks.checking import made_of
from tests.checks.documented import assert_fires
from tests.troubled import SERVERS, in_trouble, limits_rate, loses


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


@pytest.mark.seeds(10)
def test_what_is_dead_is_still_found(seed: int) -> None:
    dead = {"ns1.example.com.", "c.root-servers.net."}
    found = in_trouble(
        made_of("in-domain", servers={each: {"does": ["silent"]} for each in dead}), loses(0.2, seed)
    )
    said = [each for each in found.findings or () if each.level is not Level.NOTICE]
    assert {(each.code, str(each.server)) for each in said} == {("unreachable", each) for each in dead}


@pytest.mark.seeds(6)
@pytest.mark.parametrize("most", [5, 10, 20])
def test_a_server_that_limits_its_rate_has_no_other_fault(most: int, seed: int) -> None:
    what, slip = (("lost", 0), ("lost", 1), ("lost", 2), ("lost", 3), ("REFUSED", 0), ("SERVFAIL", 0))[seed]
    found = in_trouble("in-domain", limits_rate(most, what, slip, SERVERS))
    assert found.outcome is Outcome.ANSWER
    said = {each.code for each in found.findings or () if each.level is not Level.NOTICE}
    assert said <= {"unreliable", "stopped-answering"}

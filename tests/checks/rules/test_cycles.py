"""The rules on zones that need each other, or one more each time, to be found."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.model import Settings
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("cyclic-dependency", "address-cycle", "glueless"),
    ("referral-endless", "endless", "glueless"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_cycle_is_described_zone_by_zone() -> None:
    (finding,) = found("cyclic-dependency", "address-cycle")
    assert "example.com needs ns1.example.net, example.net needs ns1.example.com, and" in finding.message


def test_a_cycle_is_found_beside_a_name_server_that_does_not_answer() -> None:
    """Only that one has an address; nothing is left unexplained of the others."""
    dead = {"ns3.example.com.": {"addresses": ["192.0.2.77"], "does": ["silent"]}}
    glue = {"com.": {"add": "example NS ns3.example.com.\nns3.example A 192.0.2.77\n"}}
    world = made_of("address-cycle", servers=dead, zones=glue)
    found = {each.code: each for each in checked(world).findings or ()}
    assert found.keys() == {"unreachable", "cyclic-dependency"}
    cycle = found["cyclic-dependency"]
    assert cycle.message.startswith(
        "only ns3.example.com can be found, which gives no usable answer: example.com needs ns1.example.net,"
    )
    assert cycle.cure == "give example.com another name server inside itself, with glue in its parent zone"


def test_a_cycle_in_one_family_only_is_not_reported() -> None:
    glue = {
        zone: {"add": f"example NS ns2.example.{zone}\nns2.example AAAA 2001:db8::{number}\n"}
        for number, zone in enumerate(("com.", "net."), 1)
    }
    network, ipv4 = LabNetwork(made_of("address-cycle", zones=glue)), frozenset({4})
    found = trace("www.example.com.", network=network, settings=Settings(probe=True, families=ipv4), seed=1)
    assert (found.outcome, found.findings) == ("failed", ())
    assert found.error.startswith("only IPv6 addresses are known for the name servers of example.")
    assert found.error.endswith(", and they are not asked: IPv6 is switched off")


def test_referrals_without_end_are_for_whoever_makes_them() -> None:
    (finding,) = found("referral-endless", "endless")
    assert "www.example.com needs x1.example.com, which needs x2.example.com, which" in finding.message
    assert finding.blame is Blame.PARENT and str(finding.operator) == "example.com."


def test_a_chain_through_zones_of_several_registrants_ends_at_the_zone_that_needs_it() -> None:
    """Each domain of the chain has its name server in the next one; none has glue."""
    chain = [f"z{number}.com." for number in range(9)]
    delegations = "".join(f"{zone} NS ns.{after}\n" for zone, after in pairwise(chain))
    world = made_of("in-domain", question="www.z0.com. A", zones={"com.": {"add": delegations}})
    (finding,) = (each for each in checked(world).findings or () if each.code == "referral-endless")
    assert (str(finding.zone), finding.blame) == ("z0.com.", Blame.HOST)
    assert finding.cure == "give z0.com a name server inside itself, with glue in its parent zone"

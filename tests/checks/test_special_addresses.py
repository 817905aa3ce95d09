"""The rule on name servers at addresses that are not for the public."""

from __future__ import annotations

import pytest

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.model import Settings
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires

CODE = "ns-address-special"


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, "ns-names", "in-domain")


def test_in_a_private_tree_private_addresses_are_right() -> None:
    hidden = made_of("ns-names", servers={})
    found = trace(
        "www.example.com",
        network=LabNetwork(hidden),
        server="10.0.0.53",
        settings=Settings(probe=True),
        seed=1,
    )
    assert CODE not in {finding.code for finding in found.findings or ()}


@pytest.mark.parametrize("listed_above", [False, True])
def test_an_internal_server_that_only_the_zone_lists_makes_room_for_those_of_the_parent(
    listed_above: bool,
) -> None:
    """Such as a domain controller: its public address is no use to anybody."""
    zones = {
        "com.": {"add": "example NS dc.example.com.\ndc.example A 10.0.0.5\n" if listed_above else ""},
        "example.com.": {
            "add": "@ NS dc\ndc A 10.0.0.5\n",
            "servers": ["ns1.example.com.", "ns2.example.com."],
        },
    }
    found = checked(made_of("in-domain", zones=zones)).findings or ()
    (finding,) = [each for each in found if each.code == CODE]
    instead = "list ns1.example.com and ns2.example.com instead of dc.example.com in the NS records"
    assert finding.cure.startswith(instead) is not listed_above
    assert (finding.blame is Blame.HOST and bool(finding.rehearsed)) is not listed_above

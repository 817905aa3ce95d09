"""The rule on zones that need each other to be found."""

from __future__ import annotations

import pytest

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.model import Settings
from tests.checks.checking import made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("cyclic-dependency", "address-cycle", "glueless"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_cycle_is_described_zone_by_zone() -> None:
    (finding,) = found("cyclic-dependency", "address-cycle")
    assert "example.com needs ns1.example.net, example.net needs ns1.example.com, and" in finding.message


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

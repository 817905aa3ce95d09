"""The rule on name servers that share an address."""

from __future__ import annotations

import pytest

from dnstrace.checks import Level
from dnstrace.lab.world import read
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_fires, found

RULES = [
    ("same-address", "same-address", "in-domain"),
    ("same-address", "one-ipv4-address", "one-network"),
    ("same-address", "one-address", "ipv6-only"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (
            "same-address",
            "ns2.example.com and ns3.example.com have the same addresses 198.51.100.53 and 2001:db8:2::53 in"
            " the delegation and in the zone itself",
        ),
        (
            "one-ipv4-address",
            "the name servers of example.com have only one IPv4 address in the delegation and in the zone"
            " itself: 192.0.2.53",
        ),
    ],
)
def test_the_message_says_which_address_where(world: str, message: str) -> None:
    (finding,) = found("same-address", world)
    assert (finding.level, finding.message) == (Level.WARNING, message)
    assert finding.cure and finding.remedy is not None


def test_an_address_that_nobody_reaches_is_the_only_finding() -> None:
    text = read("in-domain")["zones"]["example.com."]["text"]
    delegation = read("in-domain")["zones"]["com."]["add"]
    zones = {
        "com.": {"add": delegation.replace("198.51.100.53", "10.1.2.3")},
        "example.com.": {"text": text.replace("198.51.100.53", "10.1.2.3")},
    }
    servers = {"ns2.example.com.": {"addresses": ["10.1.2.3", "2001:db8:2::53"], "rtt": 20}}
    world = made_of("_internet", servers={**read("in-domain")["servers"], **servers}, zones=zones)
    assert told(checked(world).findings or ()) == ["ns-address-special example.com. ns2.example.com."]

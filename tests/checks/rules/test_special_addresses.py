"""The rule on name servers at addresses that are not for the public."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.model import Settings
from dnstrace.model.findings import Blame, Level
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


@pytest.mark.parametrize("address", ["127.0.0.2", "fe80::1", "::", "224.0.0.53"])
def test_in_a_private_tree_an_address_that_leads_to_no_other_host_is_wrong(address: str) -> None:
    """It is not asked there either, and nothing else would explain why the walk ends."""
    rdtype = "AAAA" if ":" in address else "A"
    zones = {"com.": {"add": f"example NS ns1.example.com.\nns1.example {rdtype} {address}\n"}}
    servers = {"a.gtld-servers.net.": {"addresses": ["10.0.0.53"]}}
    world = made_of("_internet", zones=zones, servers=servers, question="www.example.com. A")
    found = trace("www.example.com", network=LabNetwork(world), server="10.0.0.53", check=True, seed=1)
    (finding,) = (each for each in found.findings or () if each.code == CODE)
    assert finding.level is Level.ERROR
    assert finding.message.startswith(
        f"ns1.example.com has an address that cannot be reached from other machines: {address} ("
    )
    assert finding.cure == "change the glue for ns1.example.com to its real address"
    assert "unexplained" not in {each.code for each in found.findings or ()}


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


SPECIAL_GLUE = "example NS ns1.example\nexample NS ns2.example\nns1.example A 10.0.0.1\nns2.example A "


@pytest.mark.parametrize(
    ("other", "fix", "seen"),
    [
        ("198.51.100.53", "192.0.2.53 and 2001:db8:1::53", "with this, 3 of 3 paths give 192.0.2.44"),
        ("192.168.0.1", "its public address", ""),
    ],
)
def test_special_glue_is_changed_to_the_addresses_of_the_zone_if_these_are_known(
    other: str, fix: str, seen: str
) -> None:
    """The zone itself is right, as far as it can be reached."""
    hosts = {"ns1.example.com.": ["192.0.2.53", "2001:db8:1::53"], "ns2.example.com.": ["198.51.100.53"]}
    own = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nwww 300 A 192.0.2.44\n"
    head = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n"
    world = made_of(
        "_internet",
        servers={name: {"addresses": addresses} for name, addresses in hosts.items()},
        zones={"com.": {"add": SPECIAL_GLUE + other}, "example.com.": {"text": head + own}},
    )
    findings = checked(world).findings or ()
    first = next(each for each in findings if each.code == "ns-address-special")
    assert (first.server, first.blame) == (dns.name.from_text("ns1.example.com."), Blame.REGISTRAR)
    assert first.cure == f"change the glue for ns1.example.com to {fix}"
    assert first.rehearsed.startswith(seen) and bool(first.rehearsed) is bool(seen)

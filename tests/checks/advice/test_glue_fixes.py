"""Which of the zone and its parent is to change, where their addresses differ."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame
from dnstrace.lab.world import World, read
from tests.checks.checking import checked, made_of
from tests.troubled import in_trouble

FIXES = {
    "a family is missing in the zone": ("ns2 AAAA 2001:db8:2::53\n", ""),
    "two servers share an address in the zone": ("ns2 A 198.51.100.53", "ns2 A 192.0.2.53"),
}


@pytest.mark.parametrize(("of", "to"), FIXES.values(), ids=FIXES)
def test_a_zone_is_fixed_where_the_glue_is_better(of: str, to: str) -> None:
    text = read("in-domain")["zones"]["example.com."]["text"].replace(of, to)
    world = made_of("in-domain", zones={"example.com.": {"text": text}})
    found = [each for each in checked(world).findings or () if each.code == "glue-differs"]
    (finding,) = [each for each in found if str(each.server) == "ns2.example.com."]
    assert finding.remedy is not None and finding.blame is Blame.HOST and finding.rehearsed
    assert {record.split()[-1] for record in finding.remedy.change} == {"198.51.100.53", "2001:db8:2::53"}


_KEPT = "2001:db8:1::53"


def _moved() -> World:
    """A name server that moved, but not at its IPv6 address, which its own zone lacks."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    moved = text.replace("ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\n", "ns1 A 192.0.2.54\n")
    servers = {"ns1.example.com.": {"addresses": ["192.0.2.54", _KEPT], "rtt": 15}}
    return made_of("in-domain", servers=servers, zones={"example.com.": {"text": moved}})


def test_glue_of_another_family_stays_if_it_works() -> None:
    (finding,) = [each for each in checked(_moved()).findings or () if each.code == "unreachable"]
    assert finding.remedy is not None and not finding.remedy.remove
    assert finding.cure == "change the glue for ns1.example.com to 192.0.2.54"
    assert finding.rehearsed == "with these 2 changes, 4 of 4 paths give 192.0.2.44, insecure"


def test_glue_of_another_family_stays_if_it_cannot_be_asked_from_here() -> None:
    found = in_trouble(_moved(), lambda each: "no-route" if each.query.address == _KEPT else "")
    (finding,) = [each for each in found.findings or () if each.code == "unreachable"]
    assert finding.remedy is not None and finding.remedy.change and not finding.remedy.remove


_HOSTED = """
@ 900 SOA ns1.provider.com. hostmaster 2026011501 7200 900 1209600 300
@ NS ns1.provider.com.
@ NS ns2.provider.com.
www 300 A 192.0.2.44
"""
_PROVIDER = """
@ 900 SOA ns1 hostmaster 2026011501 7200 900 1209600 300
@ NS ns1
@ NS ns2
"""
_DELEGATED = "example NS ns1.provider.com.\nexample NS ns2.provider.com.\nprovider NS ns1.provider.com.\n"


def _hosted(glue: str, own: str, more: str = "", zone: str = "") -> World:
    """Name servers of a provider, whose domain is in the same registry: `glue` and `own` addresses."""
    servers = {"ns1.provider.com.": "192.0.2.53", "ns2.provider.com.": "198.51.100.53"}
    return made_of(
        "_internet",
        servers={server: {"addresses": [text], "rtt": 15} for server, text in servers.items()}
        | {"ns3.provider.com.": {"addresses": ["203.0.113.53"], "rtt": 15}},
        zones={
            "com.": {"add": f"{_DELEGATED}provider NS ns2.provider.com.\n{more}{glue}"},
            "example.com.": {"text": _HOSTED + zone},
            "provider.com.": {"text": _PROVIDER + own},
        },
    )


_NS2, _OWN2 = "ns2.provider A 198.51.100.53\n", "ns2 A 198.51.100.53\n"
_NS1, _OWN1 = "ns1.provider A 192.0.2.53\n", "ns1 A 192.0.2.53\n"
_OLD = "ns3.provider A 203.0.113.99\n"
_NS3 = "example NS ns3.provider.com.\n"
_HOLDERS = {
    "an old address beside the new one": (
        _hosted(f"{_NS1}ns1.provider A 192.0.2.99\n{_NS2}", _OWN1 + _OWN2),
        "change the glue for ns1.provider.com to 192.0.2.53",
        "fix this at the registrar of provider.com",
    ),
    "an address in the provider's zone that does not serve it": (
        _hosted(_NS1 + _NS2, f"{_OWN1}ns1 A 192.0.2.99\n{_OWN2}"),
        "change the addresses of ns1.provider.com in its own zone to 192.0.2.53",
        "the operator of provider.com, the zone of the name server, needs to fix this",
    ),
    "a server that only the parent lists, at no address that works": (
        _hosted(_NS1 + _NS2 + _OLD, f"{_OWN1}{_OWN2}ns3 A 203.0.113.98\n", _NS3),
        "remove ns3.provider.com from the NS records of example.com in com",
        "fix this at the registrar of example.com",
    ),
    "a server at no address that works": (
        _hosted(_NS1 + _NS2 + _OLD, f"{_OWN1}{_OWN2}ns3 A 203.0.113.98\n", _NS3, "@ NS ns3.provider.com.\n"),
        "make ns3.provider.com answer at one of these addresses",
        "the operator of provider.com, the zone of the name server, needs to fix this",
    ),
}


@pytest.mark.parametrize(("world", "cure", "who"), _HOLDERS.values(), ids=_HOLDERS)
def test_who_can_change_addresses_is_whose_domain_the_server_is_in(world: World, cure: str, who: str) -> None:
    found = {each.code: each for each in checked(world).findings or ()}
    for code in ("glue-differs", "unreachable"):
        assert found[code].cure.startswith(cure) and found[code].who == who, code


def test_an_address_where_a_server_answers_is_not_to_be_removed_at_once() -> None:
    """It has other zones there, whose name server it is: this one may be what is missing."""
    zones = {
        "com.": {"add": f"{_DELEGATED}provider NS ns2.provider.com.\n{_NS1}{_NS2}"},
        "example.com.": {"text": _HOSTED},
        "provider.com.": {
            "text": f"{_PROVIDER}{_OWN1}ns1 A 192.0.2.98\n{_OWN2}",
            "servers": ["ns1.provider.com.", "ns2.provider.com.", "also.provider.com."],
        },
    }
    at = {"ns1": "192.0.2.53", "ns2": "198.51.100.53", "also": "192.0.2.98"}
    servers = {f"{label}.provider.com.": {"addresses": [text], "rtt": 15} for label, text in at.items()}
    found = {
        each.code: each for each in checked(made_of("_internet", servers=servers, zones=zones)).findings or ()
    }
    assert found.keys() == {"glue-differs", "refuses"}
    for each in found.values():
        assert each.cure.startswith("have ns1.provider.com serve example.com at 192.0.2.98 too; or, ")
        assert not each.records and each.remedy is not None and not each.remedy.change

"""What to do about servers that alone have a fault."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.lab.world import World
from dnstrace.model.findings import Finding
from tests.checks.checking import checked, made_of
from tests.checks.documented import found
from tests.checks.versions import APEX
from tests.replies import name

_SOA = "@ 900 SOA ns1 hostmaster {} 7200 900 1209600 300\nwww A 192.0.2.44\nalias CNAME www\n"
_DOES = ((1, "cname-and-data"), (2, "alternates=2026011600"))
_BOTH = 'alias TXT "text"\n'


def _versions(ns1: int, ns2: int) -> World:
    """A world in which ns1 has a version with a CNAME record and another, and ns2 one with the first only."""
    first, second = ({"text": _SOA.format(serial) + APEX, "servers": [f"{host}.example.com."]}
                     for host, serial in (("ns1", ns1), ("ns2", ns2)))  # fmt: skip
    first["text"] = f"{first['text']}{_BOTH}"
    zones = {"example.com.": first, "example.com. other": second}
    return made_of("in-domain", question="alias.example.com. TXT", zones=zones)


def _found(world: World) -> Finding:
    (finding,) = (each for each in checked(world).findings or () if each.code == "alias-beside-data")
    return finding


_AS_NS2 = (
    "make ns1.example.com answer as ns2.example.com does: load example.com there again; if that does not"
    " help, upgrade the software"
)


def test_a_server_that_adds_an_alias_alone_is_to_answer_as_the_others_do() -> None:
    finding = _found(made_of("in-domain", servers={"ns1.example.com.": {"does": ["cname-and-data"]}}))
    assert finding.cure == _AS_NS2 and finding.unrehearsed == "a server has to be changed first"
    assert finding.remedy is not None and finding.remedy.servers == (name("ns1.example.com."),)


@pytest.mark.parametrize(("ns1", "ns2", "alone"), [(1, 1, True), (1, 2, True), (2, 1, False)])
def test_the_zone_changes_where_its_newest_version_has_the_fault(ns1: int, ns2: int, alone: bool) -> None:
    assert (_found(_versions(ns1, ns2)).cure == _AS_NS2) is alone


def test_where_all_servers_do_it_the_zone_changes() -> None:
    (finding,) = found("alias-beside-data", "cname-and-data")
    assert finding.cure == "remove the CNAME record of www.example.com, or all its other records"


def test_a_server_with_several_machines_is_no_example() -> None:
    servers = {f"ns{number}.example.com.": {"does": [does]} for number, does in _DOES}
    assert "make ns1" not in _found(made_of("in-domain", servers=servers)).cure


@pytest.mark.parametrize(("alone", "fix"), [(True, "make ns1.example.com answer as"), (False, "replace")])
def test_an_alias_at_the_apex_of_one_copy_is_not_the_zones(alone: bool, fix: str) -> None:
    alias = {"text": f"{_SOA.format(1)}{APEX}@ CNAME www\n", "servers": ["ns1.example.com."]}
    sound = {"text": f"{_SOA.format(1)}{APEX}@ A 192.0.2.44\n", "servers": ["ns2.example.com."]}
    zones = {"example.com.": alias, "example.com. other": sound if alone else {**sound, **_text(alias)}}
    findings = checked(made_of("in-domain", question="example.com. A", zones=zones)).findings or ()
    (finding,) = (each for each in findings if each.code == "alias-at-apex")
    assert finding.cure.startswith(fix)


def _text(zone: dict[str, Any]) -> dict[str, Any]:
    return {"text": zone["text"]}

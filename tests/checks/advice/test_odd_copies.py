"""What to do about servers that alone have a fault."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks.advice.remedies import RELOAD
from dnstrace.lab.world import World
from dnstrace.model.findings import Finding
from tests.checks.checking import checked, made_of
from tests.checks.documented import found
from tests.checks.versions import APEX, SOA, of_four
from tests.replies import name

_DOES = ((1, "alternates=2026011600"), (2, "cname-and-data"))
_ALONE = "alias CNAME www\n"
_BOTH = f'{_ALONE}alias TXT "text"\n'


def _versions(ns1: int, ns2: int) -> World:
    """A world in which ns2 has a version with a CNAME record and another, and ns1 one with the first only."""
    first, second = (
        {"text": f"{SOA.format('ns1', serial)}{APEX}{more}", "servers": [f"{host}.example.com."]}
        for host, serial, more in (("ns1", ns1, _ALONE), ("ns2", ns2, _BOTH))
    )
    zones = {"example.com.": first, "example.com. other": second}
    return made_of("in-domain", question="alias.example.com. TXT", zones=zones)


def _found(world: World, code: str = "alias-beside-data") -> Finding:
    (finding,) = (each for each in checked(world).findings or () if each.code == code)
    return finding


_AS_NS1 = (
    "make ns2.example.com answer as ns1.example.com does: load example.com there again; if that does not"
    " help, upgrade the software"
)
_ONE_OF_THEM = "remove the CNAME record of alias.example.com, or all its other records"
_FIND_OUT = f"{RELOAD}; if the zone itself is at fault, {_ONE_OF_THEM}"


def _as(odd: str, others: str) -> str:
    return f"make {odd} answer as {others} do: load"


def test_a_server_that_adds_an_alias_alone_is_to_answer_as_the_others_do() -> None:
    finding = _found(made_of("in-domain", servers={"ns2.example.com.": {"does": ["cname-and-data"]}}))
    assert finding.cure == _AS_NS1 and finding.unrehearsed == "a server has to be changed first"
    assert finding.remedy is not None and finding.remedy.servers == (name("ns2.example.com."),)


@pytest.mark.parametrize(("ns1", "ns2", "fix"), [(1, 1, _AS_NS1), (2, 1, _AS_NS1), (1, 2, _FIND_OUT)])
def test_a_secondary_follows_the_primary_unless_that_is_behind(ns1: int, ns2: int, fix: str) -> None:
    assert _found(_versions(ns1, ns2)).cure == fix


_NS1, _NS2, _NS3, _NS4 = (f"ns{number}.example.com" for number in range(1, 5))


@pytest.mark.parametrize(
    ("odd", "mname", "fix"),
    [
        ("4", "ns1", _as(_NS4, f"{_NS1}, {_NS2} and {_NS3}")),
        ("4", "hidden", _as(_NS4, f"{_NS1}, {_NS2} and {_NS3}")),
        ("34", "ns1", _as(f"{_NS3} and {_NS4}", f"{_NS1} and {_NS2}")),
        ("123", "ns1", _ONE_OF_THEM),
        ("123", "hidden", _ONE_OF_THEM),
        ("12", "ns1", _ONE_OF_THEM),
        ("1", "ns1", _FIND_OUT),
        ("234", "ns1", _FIND_OUT),
        ("34", "hidden", _FIND_OUT),
    ],
)
def test_few_servers_follow_many_and_no_primary_its_secondaries(odd: str, mname: str, fix: str) -> None:
    sound = "".join(str(number) for number in range(1, 5) if str(number) not in odd)
    made = _found(of_four({sound: _ALONE, odd: _BOTH}, mname))
    assert made.cure.startswith(fix) and RELOAD not in made.cure[len(fix) :]
    servers = {"make": odd, "find": "1234"}.get(made.cure[:4], "")
    assert made.remedy is not None
    assert {str(each)[2] for each in made.remedy.servers} == {*servers}


def test_servers_that_differ_from_each_other_are_no_example() -> None:
    assert _found(of_four({"13": _ALONE, "2": "alias CNAME ns1\n", "4": _BOTH})).cure == _FIND_OUT


@pytest.mark.parametrize(
    ("added", "mname"),
    [
        ({"123": "", "4": _BOTH}, "ns1"),
        ({"1": "", "2": _ALONE, "34": _BOTH}, "ns1"),
        ({"1": "", "2": _ALONE, "34": _BOTH}, "hidden"),
        ({"1": "", "23": _ALONE, "4": _BOTH}, "ns1"),
    ],
)
def test_servers_that_have_none_of_the_data_are_no_example(added: dict[str, str], mname: str) -> None:
    """These copies may have lost the name, and nothing says that they are right."""
    assert _found(of_four(added, mname)).cure == _FIND_OUT


def test_only_servers_of_the_newest_version_are_an_example() -> None:
    made = _found(of_four({"12": _ALONE, "3": _ALONE, "4": _BOTH}, serials={"12": 2}))
    assert made.cure.startswith(_as(_NS4, f"{_NS1} and {_NS2}"))


def test_the_newest_version_is_an_example_for_any_number_of_servers() -> None:
    made = _found(of_four({"4": _ALONE, "123": _BOTH}, "hidden", serials={"4": 2}))
    assert made.cure.startswith(f"make {_NS1}, {_NS2} and {_NS3} answer as {_NS4} does: load")


def test_the_zone_changes_where_its_newest_version_has_the_fault() -> None:
    assert _found(of_four({"123": _ALONE, "4": _BOTH}, "hidden", serials={"4": 2})).cure == _ONE_OF_THEM


def test_where_all_servers_do_it_the_zone_changes() -> None:
    (finding,) = found("alias-beside-data", "cname-and-data")
    assert finding.cure == "remove the CNAME record of www.example.com, or all its other records"


def test_a_server_with_several_machines_is_no_example() -> None:
    servers = {f"ns{number}.example.com.": {"does": [does]} for number, does in _DOES}
    assert "make ns2" not in _found(made_of("in-domain", servers=servers)).cure


@pytest.mark.parametrize(("alone", "fix"), [(True, "make ns2.example.com answer as"), (False, "replace")])
def test_an_alias_at_the_apex_of_one_copy_is_not_the_zones(alone: bool, fix: str) -> None:
    text = f"{SOA.format('ns1', 1)}{APEX}"
    alias = {"text": f"{text}@ CNAME www\n", "servers": ["ns2.example.com."]}
    sound = {"text": f"{text}@ A 192.0.2.44\n", "servers": ["ns1.example.com."]}
    zones = {"example.com.": {**sound, **({} if alone else _text(alias))}, "example.com. other": alias}
    made = made_of("in-domain", question="example.com. A", zones=zones)
    assert _found(made, "alias-at-apex").cure.startswith(fix)


def _text(zone: dict[str, Any]) -> dict[str, Any]:
    return {"text": zone["text"]}

"""The worlds that there are, and finding one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.lab.world import DEFAULT, load, names, summaries
from tests.lab.made import APEX, misbehaving, world


def test_the_default_world_is_first_and_files_for_inclusion_are_none() -> None:
    assert names()[0] == DEFAULT == load().name
    assert list(names()[1:]) == sorted(names()[1:])
    assert not any(name.startswith("_") for name in names())


def test_every_world_has_a_title_of_one_line() -> None:
    assert [name for name, _ in summaries()] == list(names())
    assert all(title and "\n" not in title and len(title) < 100 for _, title in summaries())


@pytest.mark.parametrize(("asked", "near"), [("textbok", "textbook"), ("alia", "alias"), ("zzz", DEFAULT)])
def test_an_unknown_world_is_answered_with_the_nearest(asked: str, near: str) -> None:
    with pytest.raises(UnknownWorld) as error:
        load(asked)
    assert str(error.value).startswith(f"the lab has no world called '{asked}': ")
    assert near in str(error.value)


@pytest.mark.parametrize("name", ["_internet", "../world", ""])
def test_a_file_that_is_no_world_is_not_loaded(name: str) -> None:
    with pytest.raises(UnknownWorld):
        load(name)


@pytest.mark.parametrize("name", names())
def test_every_world_can_be_read_and_its_zones_are_served_at_addresses(name: str) -> None:
    found = load(name)
    found.check()
    served = {id(zone) for server in found.servers if server.rtt for zone in server.zones}
    assert {id(zone) for zone in found.zones} <= served


def test_the_default_world_holds_what_the_design_says() -> None:
    found = load()
    by_zone = {str(zone.origin): 0 for zone in found.zones}
    for server in found.servers:
        for zone in server.zones:
            by_zone[str(zone.origin)] += 1
    assert by_zone | {".": 13, "com.": 13, "net.": 13, "org.": 6, "uk.": 8, "co.uk.": 8} == by_zone
    assert by_zone | dict.fromkeys(("awsdns-64.com.", "awsdns-65.net."), 4) == by_zone
    assert by_zone | dict.fromkeys(("awsdns-66.org.", "awsdns-67.co.uk.", "example.com."), 4) == by_zone
    assert all(len(server.rtt) == 2 for server in found.servers)


def test_checking_reads_every_zone_and_misbehaviour() -> None:
    broken = world(zones={"example.": {"text": APEX}, "a.example.": {"text": "@ NS ns.example.\nx A y"}})
    with pytest.raises(WorldError, match=r"test.toml: zone a.example.: 'x A y' is not a record"):
        broken.check()
    with pytest.raises(WorldError, match=r"unknown misbehaviour 'sulks': .*silent"):
        misbehaving("sulks").check()


def test_who_is_at_an_address() -> None:
    found = world()
    assert set(found.addresses) == {"192.0.2.1", "2001:db8::1"}
    assert {str(server.name) for server in found.addresses.values()} == {"ns.example."}


def test_the_lab_is_light() -> None:
    heavy = {"rich", "typer", "cryptography", "dns.zone", "dns.zonefile", "socket", "dnstrace.lab.serve"}
    code = "import sys, dnstrace.lab.network as n; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert heavy & set(modules.split()) <= {"socket"}  # asyncio imports it

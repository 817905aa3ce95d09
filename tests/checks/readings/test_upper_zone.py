"""The zone above one that is on the same servers."""

from __future__ import annotations

import pytest

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import parent_text
from dnstrace.checks.readings.upper_zone import delegating, upper_zone
from dnstrace.lab.world import World, load
from tests.checks.checking import checked, made_of, walked_in
from tests.replies import name

SOA_NS = "@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n@ NS ns1.example.com.\n@ NS ns2.example.com.\n"


def above(world: World, zone: str) -> str:
    cut = Evidence(checked(world)).cut(name(zone))
    assert cut is not None
    return str(upper_zone(cut))


@pytest.mark.parametrize(("signed", "upper"), [(True, "dept.example.com."), (False, "example.com.")])
def test_it_is_the_one_that_has_the_ds_records_or_else_the_one_asked(signed: bool, upper: str) -> None:
    """Three zones on the same servers: the walk asked for the highest, and the lowest answered."""
    own = {"sign": {"algorithm": 13}} if signed else {}
    dept = {"add": "lab NS ns1.example.com.\nlab NS ns2.example.com.\n", **own}
    lab = {"text": f"{SOA_NS}www A 192.0.2.3\n", **own}
    zones = {"example.com.": own, "dept.example.com.": dept, "lab.dept.example.com.": lab}
    world = made_of("parent-and-child", question="www.lab.dept.example.com. A", zones=zones)
    assert above(world, "lab.dept.example.com.") == upper
    assert checked(world).findings == ()


def test_a_ds_record_without_a_signature_is_of_the_unsigned_zone_between() -> None:
    """It is on the servers of a signed zone above; no validator asks whether it has a key."""
    dept = {"add": f"lab NS ns1.example.com.\nlab NS ns2.example.com.\nlab DS 4711 13 2 {'ab' * 32}\n"}
    lab = {"text": f"{SOA_NS}www A 192.0.2.3\n", "sign": {"algorithm": 13}}
    zones = {
        "example.com.": {"sign": {"algorithm": 13}},
        "dept.example.com.": dept,
        "lab.dept.example.com.": lab,
    }
    world = made_of("parent-and-child", question="www.lab.dept.example.com. A", zones=zones)
    assert above(world, "lab.dept.example.com.") == "dept.example.com."
    assert checked(world).findings == ()


def test_a_zone_with_a_referral_to_it_has_none() -> None:
    assert above(load("in-domain"), "example.com.") == "None"


NS2: dict[str, dict[str, object]] = {"ns2.example.com.": {"addresses": ["198.51.100.53", "2001:db8:2::53"]}}
COM = """@ 900 SOA a.root-servers.net. h 1 7200 900 1209600 300
@ NS a.root-servers.net.
@ NS b.root-servers.net.
example NS ns1.example
example NS ns2.example
ns1.example A 192.0.2.53
ns2.example A 192.0.2.54
"""


def of_root(**sign: object) -> World:
    """The servers of the root have com too; it delegates example.com, with the old address of ns2."""
    servers = [f"{each}.root-servers.net." for each in "abcdefghijklm"]
    zones = {"com.": {"text": COM, "servers": servers, **sign}, ".": sign}
    return made_of("in-domain", zones=zones, servers=NS2)


@pytest.mark.parametrize("sign", [{"sign": {"algorithm": 13}}, {}], ids=["signed", "unsigned"])
def test_servers_of_the_root_may_have_the_zone_that_delegates(sign: dict[str, object]) -> None:
    """No referral led to com: its servers, which are those of the root, refer to what it delegates."""
    trace = checked(of_root(**sign))
    (dead,) = (each for each in trace.findings or () if each.is_error)
    assert dead.code == "unreachable" and "change the glue" in dead.cure and dead.rehearsed
    assert dead.remedy is not None and dead.remedy.where == name("com.")
    (differs,) = (each for each in trace.findings or () if each.code == "glue-differs")
    assert differs.message.startswith("com has 192.0.2.54, ")


def test_where_nothing_shows_which_zone_delegates_none_is_named() -> None:
    found = Evidence(walked_in(of_root(), signed=False)).cut(name("example.com."))
    assert found is not None and (found.parent, delegating(found)) == (name("."), None)
    assert parent_text(found) == "the parent zone"

"""The zone above one that is on the same servers."""

from __future__ import annotations

import pytest

from dnstrace.checks.evidence import Evidence
from dnstrace.checks.upper_zone import upper_zone
from dnstrace.lab.world import World, load
from tests.checks.checking import checked, made_of
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


def test_a_zone_with_a_referral_to_it_has_none() -> None:
    assert above(load("in-domain"), "example.com.") == "None"

"""Names that only look like the apex of a zone."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace import Trace
from dnstrace.analysis.apexes import unsure, without_false_apexes
from dnstrace.lab.world import load
from dnstrace.model import Probe, Question
from dnstrace.model.structs import replace
from tests.checks.checking import checked, made_of, walked_in
from tests.replies import name

WWW, APEX = "www.example.com. AAAA", "dept.example.com. AAAA"


def asked(world_name: str, text: str, *servers: str) -> Trace:
    """A trace with `--check`, in a world in which these servers deny like that."""
    owner, rdtype = text.split()
    does = {f"{each}.example.com.": {"does": ["denies-as-apex"]} for each in servers}
    world = made_of(world_name, servers=does)
    return checked(replace(world, question=Question(name(owner), dns.rdatatype.from_text(rdtype))))


@pytest.mark.parametrize("servers", [("ns1",), ("ns1", "ns2")])
@pytest.mark.parametrize("text", [WWW, "www.example.com. A", "none.example.com. A", "example.com. MX"])
def test_a_name_that_is_made_an_apex_stays_in_its_zone(text: str, servers: tuple[str, ...]) -> None:
    found = asked("in-domain", text, *servers)
    assert found.findings == ()
    assert {step.zone for step in found.steps if step.probe is Probe.SOA} == {name("example.com.")}


def test_a_zone_below_on_the_same_servers_is_one() -> None:
    found = asked("parent-and-child", APEX)
    assert found.findings == () and without_false_apexes(found) is found
    assert name("dept.example.com.") in {step.zone for step in found.steps if step.probe is Probe.SOA}


def test_nothing_is_asked_where_the_zone_is_known() -> None:
    assert unsure(walked_in(load("nodata")).steps) == []

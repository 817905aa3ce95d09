"""Worlds to which a remedy was applied."""

from __future__ import annotations

import dns.name
import dns.rdatatype

from dnstrace.lab.world import load
from tests.checks.checking import checked, checked_by_name
from tests.lab.mended import applied


def test_a_world_with_nothing_left_to_remedy_has_no_finding() -> None:
    world, trace = load("refuses"), checked_by_name("refuses")
    (finding,) = trace.findings or ()
    assert finding.remedy is not None
    assert checked(applied(world, finding, finding.remedy)).findings == ()


def test_records_change_in_the_zone_that_the_remedy_names() -> None:
    world, trace = load("parent-child-differ"), checked_by_name("parent-child-differ")
    finding = next(each for each in trace.findings or () if each.code == "glue-differs")
    assert finding.remedy is not None
    after = applied(world, finding, finding.remedy)
    name = dns.name.from_text("ns1.example.com.")
    rrsets = {str(zone.origin): zone.rrset(name, dns.rdatatype.A) for zone in after.zones}
    glue, own = rrsets["com."], rrsets["example.com."]
    assert glue is not None and own is not None and set(glue) == set(own)

"""Which of the zone and its parent is to change, where their addresses differ."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame
from dnstrace.lab.world import read
from tests.checks.checking import checked, made_of

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

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.analysis.across import across
from dnstrace.lab.world import load, names
from dnstrace.model.across import Where
from dnstrace.model.places import Failure
from tests.analysis.places import compared, told
from tests.places.lab import TOKYO, seen

SEVERAL = [each for each in names() if str(load(each).question) == "www.example.com. A"][::9]


def test_what_all_places_agree_on_is_said_once_and_what_differs_by_place() -> None:
    found = compared("in-domain", "intercepted", "in-domain")
    assert told(found.differing)["an interceptor answers for the root"] == ["tokyo"]
    answers = {text: places for text, places in told(found.differing).items() if " A is " in text}
    assert sorted(answers.values()) == [["here", "office"], ["tokyo"]]
    same = compared("in-domain", "in-domain")
    assert not same.differing
    assert "www.example.com A is 192.0.2.44" in told(same.agreed)


def test_a_place_without_a_trace_takes_no_part() -> None:
    found = compared("in-domain", "-", "in-domain")
    assert [each.name for each in (row.place for row in found.rows)] == ["here", "office"]
    assert isinstance(found.seen[1], Failure)
    assert not found.differing


def test_findings_are_those_of_all_places_with_who_sees_them() -> None:
    found = compared("in-domain", "intercepted", check=True)
    by_code = {each.finding.code: [place.name for place in each.places] for each in found.findings}
    assert by_code["intercepted"] == ["tokyo"]
    levels = [each.finding.level for each in found.findings]
    assert levels == sorted(levels, key=["error", "warning", "notice"].index)


@pytest.mark.parametrize("world", SEVERAL)
def test_a_place_differs_in_nothing_from_one_that_saw_the_same(world: str) -> None:
    found = seen(world)
    both = across([found, replace(found, place=TOKYO)])
    assert not both.differing
    assert both.where in (Where.NOWHERE, Where.EVERYWHERE, Where.SEVERAL)


@pytest.mark.parametrize("world", SEVERAL)
def test_where_the_fault_is_does_not_depend_on_the_order_of_the_places(world: str) -> None:
    one, other = seen("in-domain"), replace(seen(world), place=TOKYO)
    assert across([one, other]).where is across([other, one]).where


def test_a_fix_is_shown_for_what_every_place_sees_and_for_a_network() -> None:
    """A server that is silent at one place only must not be taken out of the zone for it."""
    one = compared("in-domain", "silent", check=True, dnssec=False)
    assert not [each for each in one.findings if each.finding.cure or each.finding.records]
    both = compared("silent", "silent", check=True, dnssec=False)
    assert [each for each in both.findings if each.finding.cure]
    network = compared("in-domain", "intercepted", check=True, dnssec=False)
    assert [each.finding.code for each in network.findings if each.finding.cure] == ["intercepted"]

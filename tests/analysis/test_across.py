from __future__ import annotations

from dnstrace.model.places import Failure
from tests.analysis.places import compared, told


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

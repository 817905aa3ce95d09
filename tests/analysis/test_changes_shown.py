"""A rehearsal of several changes says how many of them are not shown."""

from __future__ import annotations

from dnstrace.analysis.accepting import accepting
from dnstrace.analysis.changes_shown import as_shown
from dnstrace.api import report
from dnstrace.cli.line.ignoring import ignore
from dnstrace.model.findings import Blame, Finding, Level, Rehearsal, Remedy
from dnstrace.model.structs import replace
from dnstrace.render.narrowed import narrowed
from tests.checks.checking import checked
from tests.checks.listings import world
from tests.findings import finding

_LED_TO = "2 of 2 paths give 192.0.2.44, insecure"


def _of(code: str, text: str, level: Level = Level.ERROR) -> Finding:
    remedy = Remedy(Blame.HOST, add=(text,))
    seen = Rehearsal(_LED_TO, changes=3)
    found = finding(code=code, level=level)
    return replace(found, remedy=remedy, rehearsed=seen.text, rehearsal=seen)


def test_changes_that_are_not_shown_are_said_to_be_others() -> None:
    one, same, other, third = (_of(code, text) for code, text in zip("abcd", "xxyz", strict=True))
    every = (one, same, other, third)
    assert as_shown(every, every) == every
    assert {each.rehearsed for each in as_shown((one, other), (one, other))} == {
        f"with these 2 changes and 1 change not shown here, {_LED_TO}"
    }
    assert {each.rehearsed for each in as_shown((one, same), (one, same))} == {
        f"with this and 2 changes not shown here, {_LED_TO}"
    }


def test_changes_are_left_out_in_more_than_one_way() -> None:
    """As with --ignore and --level."""
    one, other, third = (_of(code, code) for code in "abc")
    shown = as_shown((one, other), (one, other))
    assert as_shown(shown, shown) == shown
    assert [each.rehearsed for each in as_shown(shown[:1], shown[:1])] == [
        f"with this and 2 changes not shown here, {_LED_TO}"
    ]
    assert as_shown([third], [third]) == as_shown(as_shown([third], [third]), [third])


def test_one_change_stays_as_it_is() -> None:
    seen = Rehearsal(_LED_TO)
    alone = replace(_of("a", "x"), rehearsed=seen.text, rehearsal=seen)
    assert as_shown([alone], [alone]) == (alone,) and alone.rehearsed == f"with this, {_LED_TO}"


def test_a_change_whose_finding_is_ignored_is_not_counted_with_those_that_are_shown() -> None:
    trace = checked(world("ns1 ns2 ns9.example.com"))
    before = {each.code: each.rehearsed for each in trace.findings or ()}
    assert set(before.values()) == {f"with these 2 changes, {_LED_TO}"}
    (left,) = accepting(trace, [ignore("ns-differs")]).findings or ()
    assert left.rehearsed == f"with this and 1 change not shown here, {_LED_TO}"


def test_a_change_of_a_finding_below_the_level_is_not_counted_either() -> None:
    """In the list and in the verdict."""
    trace = checked(world("ns1 ns2 ns9.example.com"))
    first, *others = trace.findings or ()
    judged = report(replace(trace, findings=(replace(first, level=Level.ERROR), *others)))
    shown = narrowed(judged, "error")
    assert shown.verdict is not None
    for each in (*(shown.trace.findings or ()), *shown.verdict.claims):
        assert each.rehearsed == f"with this and 1 change not shown here, {_LED_TO}"

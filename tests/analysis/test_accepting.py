"""Findings that are accepted stand apart from those that count."""

from __future__ import annotations

from dataclasses import replace

from dnstrace.analysis.accepting import accepting
from dnstrace.api import report
from dnstrace.cli.line.ignoring import ignore
from dnstrace.lab.world import load
from dnstrace.model.findings import Level
from tests.checks.checking import checked, walked
from tests.findings import finding


def test_each_finding_is_either_counted_or_accepted() -> None:
    warning = finding(code="refuses", level=Level.WARNING)
    trace = replace(walked("in-domain"), findings=(finding(), warning))
    ignores = [ignore("refuses x"), ignore("*@example.com"), ignore("no-udp"), ignore("* until 2020-01-01")]
    for several in (ignores[:1], ignores[:2], ignores[1:], ignores[2:], ignores):
        found = accepting(trace, several)
        accepted = tuple(each.finding for each in found.accepted)
        assert {*(found.findings or ()), *accepted} == {finding(), warning}
        assert all(each.ignore in several and each.ignore.until is None for each in found.accepted)
        assert [each.ignore for each in found.ignores] == several
    assert [each.ignore for each in accepting(trace, ignores).accepted] == [ignores[1], ignores[0]]
    assert [(each.expired, each.findings) for each in accepting(trace, ignores).ignores] == [
        (False, 1),
        (False, 2),
        (False, 0),
        (True, 2),
    ]


def test_without_a_check_nothing_is_accepted() -> None:
    trace = walked("in-domain")
    assert accepting(trace, [ignore("*")]) is trace and accepting(checked(load("lame")), []) is checked(
        load("lame")
    )


def test_the_verdict_is_about_what_counts_but_names_why_there_is_no_answer() -> None:
    lame, failed = checked(load("lame")), checked(load("all-refuse"))
    assert report(lame).verdict is not None
    accepted = report(accepting(lame, [ignore("*")]))
    assert accepted.verdict is None and not accepted.reservation
    before, after = report(failed).verdict, report(accepting(failed, [ignore("*")])).verdict
    assert before is not None and after is not None
    assert after.text == before.text.partition("; found: ")[0] and after.reproduce == before.reproduce

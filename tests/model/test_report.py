"""A report is made in one place, and every output shows what is in it: none judges again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from dnstrace import trace
from dnstrace.api import report
from dnstrace.checks import CATALOGUE, applied
from dnstrace.cli.remarks import remarks
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Settings, Trace
from dnstrace.model.findings import Blame, Explanation, Verdict
from dnstrace.model.report import Report
from dnstrace.render.document import to_json
from dnstrace.render.html_page import html_page
from dnstrace.render.tree import tree
from tests.render.looks import look

CHECKED = Settings(all_servers=True, probe=True)


@cache
def judged(world: str, settings: Settings = Settings()) -> Report:
    found = load(world)
    asked = found.question
    made = trace(
        asked.name, asked.rdtype, network=LabNetwork(found), now=found.now, seed=1, settings=settings
    )
    return report(made)


def test_of_a_healthy_trace_that_was_not_checked() -> None:
    found = judged("textbook")
    assert found.verdict is None
    assert (found.rules, found.explanations, found.reconciliation) == (0, {}, ())
    assert (found.resolvers, found.shares) == ((), ())
    assert found.life == 300 and [str(each.what) for each in found.lives] == ["delegation", "answer"]


def test_of_a_trace_that_was_checked() -> None:
    found = judged("glue", CHECKED)
    assert found.trace.findings and found.verdict is not None
    assert found.verdict.text.startswith(found.trace.findings[0].message)
    assert set(found.explanations) == {finding.code for finding in found.trace.findings}
    assert all(each.title == CATALOGUE[code].title for code, each in found.explanations.items())
    assert found.rules == len(applied(found.trace)) < len(CATALOGUE)  # it was not validated
    assert [str(zone.zone) for zone in found.reconciliation] == ["example.com."]
    assert sum(share.share for share in found.shares) == 1


def test_what_is_under_way_or_was_stopped_has_no_verdict() -> None:
    failed = judged("all-refuse")
    assert failed.verdict is not None
    for stopped in (replace(failed.trace, outcome=None), replace(failed.trace, interrupted=True)):
        assert report(stopped).verdict is None


def drawn(made: Report) -> str:
    return look(tree(made), 200)


def said(made: Report) -> str:
    return "\n".join(remarks(made))


OUTPUTS: list[Callable[[Report], str]] = [drawn, to_json, html_page, said]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize(("world", "settings"), [("all-refuse", Settings()), ("glue", CHECKED)])
def test_each_output_shows_the_verdict_that_it_is_given(
    output: Callable[[Report], str], world: str, settings: Settings
) -> None:
    made = replace(judged(world, settings), verdict=Verdict("somebody made this up", Blame.NOBODY))
    assert "somebody made this up" in output(made)
    assert judged(world, settings).verdict is not None
    without = output(replace(made, verdict=None))
    assert "somebody made this up" not in without and "verdict</" not in without.lower()


def healthy(world: str) -> Trace:
    found = judged(world, CHECKED).trace
    return replace(found, findings=())


def test_what_the_rules_are_and_say_is_taken_from_the_report() -> None:
    made = replace(report(healthy("textbook")), rules=7)
    assert "7 rules found nothing wrong" in drawn(made)
    assert "7 rules found nothing wrong." in html_page(made)
    found = judged("glue", CHECKED)
    other = dict.fromkeys(found.explanations, Explanation("Made up", {"Which means": "nothing"}))
    assert "<summary>Made up</summary><dl><dt>Which means</dt>" in html_page(
        replace(found, explanations=other)
    )


@pytest.mark.parametrize("output", [drawn, to_json, html_page])
def test_what_is_not_in_the_report_is_not_shown(output: Callable[[Report], str]) -> None:
    whole = judged("glue", CHECKED)
    for field in ("reconciliation", "lives", "shares"):
        assert output(replace(whole, **{field: ()})) != output(whole)  # type: ignore[arg-type]

"""What the formats show of a trace."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from dnstrace.analysis.expectations import judge, parse
from dnstrace.api import report
from dnstrace.checks import CATALOGUE
from dnstrace.lab.world import load
from dnstrace.model import Outcome
from dnstrace.model.findings import Explanation, Level
from dnstrace.model.policy import Policy
from dnstrace.render.formats.entries import EXPLAINED, entry, explained
from tests.checks.checking import checked, walked
from tests.render.formats.made import FAILED, LAME, NOTED, PLAIN, WARNED, found, stopped


def test_a_walk_without_problems() -> None:
    assert (PLAIN.question, PLAIN.outcome, PLAIN.answer) == ("www.example.com A", "answer", ("192.0.2.44",))
    assert not PLAIN.problems and not PLAIN.fails and PLAIN.life == 300
    assert PLAIN.checked == "no rule was applied: --check was not given"


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("error", [True, False, False]),
        ("warning", [True, True, False]),
        ("notice", [True] * 3),
        ("never", [False] * 3),
    ],
)
def test_findings_fail_a_run_from_the_level_that_was_set(fail_on: str, failing: list[bool]) -> None:
    problems = found(LAME, WARNED, NOTED, fail_on=fail_on).problems
    assert [problem.fails for problem in problems] == failing
    assert [problem.level for problem in problems] == [*Level]
    assert problems[0].title == "lame-server example.com ns1.example.com"
    assert problems[0].advice == (
        "fix: configure example.com on ns1.example.com",
        "who: the operator of example.com",
    )


def test_what_is_accepted_is_there_and_does_not_count() -> None:
    made = found(LAME, WARNED, ignores=("lame-server until 2030-01-01 It is replaced.",))
    assert [problem.code for problem in made.problems] == ["refuses", "lame-server"]
    assert [problem.code for problem in made.counting] == ["refuses"] and not made.fails
    assert made.problems[1].accepted == "until 2030-01-01: It is replaced."


def test_how_a_trace_ends_is_a_problem_unless_it_is_expected() -> None:
    (problem,) = FAILED.problems
    assert problem.code == "no-answer" and problem.fails and "refuses to answer" in problem.message
    failed = walked("all-refuse")
    expected = replace(failed, expectations=tuple(judge(failed, each) for each in parse("outcome=failed")))
    assert not entry(report(expected), Policy()).problems
    assert [problem.code for problem in stopped().problems] == ["interrupted"]
    assert entry(report(walked("dnssec-expired")), Policy()).problems[0].code == "bogus-answer"


def test_a_negative_answer_fails_a_run_of_one_name_as_the_exit_status_does() -> None:
    missing = report(replace(walked("in-domain"), outcome=Outcome.NXDOMAIN))
    (alone,), (listed,) = (entry(missing, Policy(), each).problems for each in (True, False))
    assert alone.fails and not listed.fails and (alone.level, listed.level) == (Level.ERROR, Level.NOTICE)


def test_expectations_and_resolvers() -> None:
    trace = walked("in-domain")
    judged = tuple(judge(trace, each) for each in parse("a=192.0.2.44,a=192.0.2.45"))
    made = entry(report(replace(trace, expectations=judged)), Policy("never"))
    assert made.expected == (("a=192.0.2.44", True), ("a=192.0.2.45", False)) and made.fails
    assert [each.message for each in made.problems] == ["not as expected: a=192.0.2.45: found 192.0.2.44"]
    asked = report(checked(load("resolver-servfail")))
    none = [each for each in entry(asked, Policy()).problems if each.code == "no-resolver-answers"]
    assert none[0].fails and none[0].message == "none of 5 resolvers has an answer"
    assert not entry(asked, Policy("never")).fails


def test_every_code_has_an_explanation_and_none_is_that_of_a_finding() -> None:
    assert not EXPLAINED.keys() & CATALOGUE.keys()
    known = {"lame-server": Explanation("It is lame.", {})}
    assert explained(known).keys() == {"lame-server", *EXPLAINED}


def test_when_signatures_expire() -> None:
    signed = entry(report(checked(load("dnssec-good"))), Policy())
    assert (
        signed.expires is not None and signed.expires > signed.started.timestamp() and PLAIN.expires is None
    )
    assert signed.checked.endswith(" rules applied")


def test_entries_are_sent_between_processes() -> None:
    for made in (
        PLAIN,
        FAILED,
        found(LAME, NOTED, ignores=("open-transfer until 2030-01-01 It is public.",)),
    ):
        assert pickle.loads(pickle.dumps(made)) == made

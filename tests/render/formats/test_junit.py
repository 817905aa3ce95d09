"""JUnit's XML, read by a library for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from dnstrace.analysis.expectations import judge, parse
from dnstrace.render.formats.entries import Entry
from dnstrace.render.formats.junit import junit
from tests.checks.checking import walked
from tests.render.formats.made import FAILED, LAME, NOTED, PLAIN, WARNED, found, hostile, named

TestCase.__test__ = TestSuite.__test__ = False  # they are no tests of pytest

_SUITE = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}


def suites(entries: Sequence[Entry]) -> list[TestSuite]:
    """The suites of a document whose counts are true, with nothing but what JUnit has."""
    text = junit(entries)
    assert text.isascii()
    document = JUnitXml.fromstring(text.encode())
    counts = document.tests, document.failures, document.errors, document.skipped
    document.update_statistics()
    assert counts == (document.tests, document.failures, document.errors, document.skipped)
    found = list(document)
    for suite in found:
        counted = suite.tests, suite.failures, suite.errors, suite.skipped
        suite.update_statistics()
        assert counted == (suite.tests, suite.failures, suite.errors, suite.skipped)
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites" and {each.tag for each in root} <= {"testsuite"}
    assert all(set(suite.attrib) == _SUITE and {case.tag for case in suite} == {"testcase"} for suite in root)
    return found


def cases(entry: Entry) -> dict[str, list[Any]]:
    """The results of each case: none if it passed."""
    (suite,) = suites([entry])
    assert suite.name == entry.question and all(case.classname == entry.question for case in suite)
    return {case.name: list(case.result) for case in suite}


def test_a_name_without_problems_passes() -> None:
    assert cases(PLAIN) == {"answer": []} and cases(found()) == {"answer": [], "check": []}


def test_a_finding_fails_passes_or_is_skipped() -> None:
    of_cases = cases(found(LAME, WARNED, NOTED, ignores=("open-transfer until 2030-01-01 It is public.",)))
    (failure,) = of_cases["lame-server example.com ns1.example.com"]
    assert isinstance(failure, Failure) and failure.type == "lame-server"
    assert failure.message == LAME.message and LAME.cure in failure.text and LAME.records[0] in failure.text
    assert of_cases["refuses example.com ns2.example.com"] == []
    (skipped,) = of_cases["open-transfer example.com"]
    assert isinstance(skipped, Skipped) and skipped.message == "accepted until 2030-01-01: It is public."


def test_one_case_has_all_that_is_said_of_one_server() -> None:
    (failure,) = cases(found(LAME, replace(LAME, message="again")))["lame-server example.com ns1.example.com"]
    assert failure.text.count("error lame-server: ") == 2 and failure.message == LAME.message


def test_the_answer_and_what_is_expected_are_cases() -> None:
    assert [each.type for each in cases(FAILED)["answer"]] == ["no-answer"]
    trace = walked("in-domain")
    met = tuple(judge(trace, each) for each in parse("a=192.0.2.45,ttl>=10"))
    of_cases = cases(found(expectations=met))
    assert [each.message for each in of_cases["expect a=192.0.2.45"]] == [
        "not as expected: a=192.0.2.45: found 192.0.2.44"
    ]
    assert of_cases["expect ttl>=10"] == []


def test_many_names_are_many_suites() -> None:
    assert [suite.name for suite in suites([PLAIN, named("a.example", FAILED)])] == [
        "www.example.com A",
        "a.example A",
    ]
    assert suites([]) == []


@given(hostile())
def test_hostile_text_is_read_as_it_is(entry: Entry) -> None:
    problem, accepted = entry.problems
    of_cases = cases(entry)
    (failure,), (skipped,) = of_cases[problem.title], of_cases[accepted.title]
    assert failure.message == problem.message and skipped.message == f"accepted {accepted.accepted}"
    assert all(text in failure.text for text in (*problem.advice, *problem.records))

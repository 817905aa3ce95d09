"""JUnit's XML: a test suite for each question, a test case for each thing that was looked at.

The first case is the answer; then each expectation, and each finding by code, zone and server, so that a CI
system can follow it from run to run. A finding that makes the run fail is a failure, one that does not is
text of a case that passed, and one that is accepted is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import NamedTuple
from xml.etree import ElementTree

from dnstrace.render.formats.entries import (
    BOGUS,
    INTERRUPTED,
    NEGATIVE,
    NO_ANSWER,
    NO_RESOLVER,
    UNEXPECTED,
    UNREAD,
    Entry,
    Problem,
)

_OF_THE_ANSWER = {NO_ANSWER, NEGATIVE, BOGUS, INTERRUPTED, UNREAD}


class _Case(NamedTuple):
    name: str
    problems: Sequence[Problem] = ()
    said: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return any(problem.fails for problem in self.problems)

    @property
    def skipped(self) -> bool:
        return bool(self.problems) and not any(problem.counts for problem in self.problems)


def junit(entries: Sequence[Entry]) -> str:
    """The test report of a run."""
    suites = [(entry, _cases(entry)) for entry in entries]
    cases = [case for _, each in suites for case in each]
    root = ElementTree.Element("testsuites", {"name": "dnstrace", **_counts(cases)})
    for entry, each in suites:
        root.append(_suite(entry, each))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, "us-ascii", xml_declaration=False).decode("ascii")  # for any terminal
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.failed for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.skipped for case in cases)),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }


def _cases(entry: Entry) -> list[_Case]:
    return [*_of_the_answer(entry), *_of_expectations(entry), *_of_findings(entry)]


def _of_the_answer(entry: Entry) -> Iterator[_Case]:
    wrong = [problem for problem in entry.problems if problem.code in _OF_THE_ANSWER]
    yield _Case("answer", wrong, "\n".join(entry.answer) or entry.outcome, entry.seconds)
    if entry.resolvers:
        without = [problem for problem in entry.problems if problem.code == NO_RESOLVER]
        yield _Case("resolvers", without, f"{entry.failing} of {entry.resolvers} have no answer")


def _of_expectations(entry: Entry) -> Iterator[_Case]:
    unmet = iter([problem for problem in entry.problems if problem.code == UNEXPECTED])
    for text, met in entry.expected:
        yield _Case(f"expect {text}", [] if met else [next(unmet)])


def _of_findings(entry: Entry) -> Iterator[_Case]:
    """A case for each finding, and one for the rules, which says how many found nothing."""
    other = {*_OF_THE_ANSWER, UNEXPECTED, NO_RESOLVER}
    by_title: dict[str, list[Problem]] = {}
    for problem in entry.problems:
        if problem.code not in other:
            by_title.setdefault(problem.title, []).append(problem)
    if entry.rules:
        yield _Case("check", said=entry.checked)
    yield from (_Case(title, problems) for title, problems in by_title.items())


def _suite(entry: Entry, cases: Sequence[_Case]) -> ElementTree.Element:
    began = entry.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite = ElementTree.Element(
        "testsuite", {"name": entry.question, **_counts(cases), "timestamp": began, "hostname": "localhost"}
    )
    suite.extend([_case(entry, case) for case in cases])
    return suite


def _case(entry: Entry, case: _Case) -> ElementTree.Element:
    made = ElementTree.Element(
        "testcase", {"classname": entry.question, "name": case.name, "time": f"{case.seconds:.3f}"}
    )
    counting = [problem for problem in case.problems if problem.counts]
    if case.failed:
        worst = next(problem for problem in counting if problem.fails)
        said = {"type": worst.code, "message": worst.message}
        ElementTree.SubElement(made, "failure", said).text = _text(counting)
    elif case.skipped:
        ElementTree.SubElement(made, "skipped", {"message": f"accepted {case.problems[0].accepted}"})
    if said_too := _text(case.problems) if case.problems and not case.failed else case.said:
        ElementTree.SubElement(made, "system-out").text = said_too
    return made


def _text(problems: Sequence[Problem]) -> str:
    return "\n\n".join(
        "\n".join((f"{each.level.value} {each.code}: {each.message}", *each.advice, *each.records))
        for each in problems
    )

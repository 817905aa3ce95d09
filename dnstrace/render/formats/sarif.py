"""SARIF 2.1.0 (OASIS), for code scanning: a run, its rules, and a result for each problem.

A result needs a place in a file for GitHub and others to show it. That is the line of the name in the list of
names, where there is one; otherwise a file of the name of the question stands for it, which does not exist.
The zone and the server are its logical location.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from dnstrace import __version__
from dnstrace.model.findings import Level
from dnstrace.render.formats.entries import INTERRUPTED, Entry, Problem

if TYPE_CHECKING:
    from dnstrace.model.documents import Document
    from dnstrace.model.findings import Explanation


_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/dnstrace/dnstrace"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTICE: "note"}
_ESCAPED = str.maketrans({"{": "{{", "}": "}}", "[": r"\[", "]": r"\]"})  # sections 3.11.5 and 3.11.6


def sarif(entries: Sequence[Entry], explanations: Mapping[str, Explanation], file: str = "") -> str:
    """The log of a run. `file` is the list of names, by the path that was given, if there is one."""
    results = [(entry, problem) for entry in entries for problem in entry.problems]
    rules = _rules((problem for _, problem in results), explanations)
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "dnstrace",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": _HOME,
                "rules": rules,
            }
        },
        "invocations": [_invocation(entries)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(entry, each, places[each.code], file) for entry, each in results],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rules(problems: Iterable[Problem], explanations: Mapping[str, Explanation]) -> list[Document]:
    """The rules that found something, in the order in which they did."""
    firsts: dict[str, Problem] = {}
    for problem in problems:
        firsts.setdefault(problem.code, problem)
    return [_rule(problem, explanations[code]) for code, problem in firsts.items()]


def _rule(problem: Problem, known: Explanation) -> Document:
    described = known.sections.get("What it is", known.title)
    more = [f"{head}: {text}" for head, text in known.sections.items()] or [known.title]
    return {
        "id": problem.code,
        "name": "".join(word.capitalize() for word in problem.code.split("-")),
        "shortDescription": _message(known.title),
        "fullDescription": _message(described[:1].upper() + described[1:]),
        "help": _message("\n\n".join(more)),
        "defaultConfiguration": {"level": _LEVELS[problem.level]},
        "properties": {"tags": ["dns"]},
    }


def _invocation(entries: Sequence[Entry]) -> Document:
    stopped = any(problem.code == INTERRUPTED for entry in entries for problem in entry.problems)
    began = [entry.started.astimezone(UTC) for entry in entries]
    start = {"startTimeUtc": min(began).strftime("%Y-%m-%dT%H:%M:%SZ")} if began else {}
    unchecked = [entry for entry in entries if not entry.rules or entry.unapplied or entry.reservation]
    notes = [
        {"level": "note", "message": _message(f"{entry.question}: {entry.checked}")} for entry in unchecked
    ]
    return {"executionSuccessful": not stopped, **start, "toolExecutionNotifications": notes}


def _result(entry: Entry, problem: Problem, rule: int, file: str) -> Document:
    advice = [*problem.advice, *problem.records]
    found = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "kind": "fail",
        "level": _LEVELS[problem.level],
        "message": _message("\n".join((f"{entry.question}: {problem.message}", *advice))),
        "locations": [_location(entry, problem, file)],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(entry, problem)},
    }
    if problem.accepted:
        why = {"kind": "external", "status": "accepted", "justification": problem.accepted}
        found["suppressions"] = [why]
    return found


def _location(entry: Entry, problem: Problem, file: str) -> Document:
    listed = bool(file) and entry.line is not None
    of_name = f"{quote(entry.name, safe='')}/{entry.type}"  # in which no name leads elsewhere
    physical = {
        "artifactLocation": {"uri": _uri(file) if listed else of_name},
        "region": {"startLine": (entry.line or 1) if listed else 1},
    }
    where = "@".join(filter(None, (problem.zone, problem.server))) or entry.name
    return {
        "physicalLocation": physical,
        "logicalLocations": [{"fullyQualifiedName": where, "kind": "resource"}],
    }


def _uri(path: str) -> str:
    """The URI of a file, relative to where dnstrace was run unless its path is absolute."""
    found = Path(path)
    return found.as_uri() if found.is_absolute() else quote(found.as_posix())


def _fingerprint(entry: Entry, problem: Problem) -> str:
    """The same for the same problem in every run, whatever its message says of times and serials."""
    what = "\0".join((entry.question, problem.code, problem.zone, problem.server)).lower()
    return f"{hashlib.sha256(what.encode()).hexdigest()[:16]}:1"


def _message(text: str) -> Document:
    return {"text": text.translate(_ESCAPED)}

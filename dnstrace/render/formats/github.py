"""Workflow commands of GitHub Actions: an annotation for each problem, on the line of its name in the list.

The runner reads them from the log of a step, so that nothing has to be uploaded. Of each level it shows the
first ten of a step, so the errors come first. What is accepted is shown only where debug logging is on.
Text from the network cannot end a command or begin one: a line end in it is `%0A`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dnstrace.model.findings import Level
from dnstrace.render.formats.entries import Entry, Problem
from dnstrace.render.text import count_text

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTICE: "notice"}
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_ESCAPED = str.maketrans(_IN_TEXT)
_ESCAPED_IN_PROPERTIES = str.maketrans(_IN_TEXT | {":": "%3A", ",": "%2C"})


def github(entries: Sequence[Entry], file: str = "") -> str:
    """The commands of a run. `file` is the list of names, by the path that was given, if there is one."""
    found = [(entry, problem) for entry in entries for problem in entry.problems]
    lines = [*_of_level(found, file), *_of_accepted(found)]
    if not any(problem.counts for _, problem in found):
        lines.append(
            _command("notice", f"{count_text(len(entries), 'name')}: nothing found", title="dnstrace")
        )
    return "".join(f"{line}\n" for line in lines)


def _of_level(found: Sequence[tuple[Entry, Problem]], file: str) -> Iterator[str]:
    for level, command in _COMMANDS.items():
        for entry, problem in found:
            if problem.level is level and problem.counts:
                place = {"file": file, "line": str(entry.line)} if file and entry.line is not None else {}
                text = "\n".join((f"{entry.question}: {problem.message}", *problem.advice, *problem.records))
                yield _command(command, text, **place, title=problem.title)


def _of_accepted(found: Sequence[tuple[Entry, Problem]]) -> Iterator[str]:
    for entry, problem in found:
        if not problem.counts:
            yield _command("debug", f"{entry.question}: {problem.title}: accepted {problem.accepted}")


def _command(command: str, text: str, **properties: str) -> str:
    said = ",".join(f"{key}={value.translate(_ESCAPED_IN_PROPERTIES)}" for key, value in properties.items())
    return f"::{command}{' ' if said else ''}{said}::{text.translate(_ESCAPED)}"

"""Workflow commands, read by the rules of the runner of GitHub Actions."""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from dnstrace.render.formats.entries import Entry
from dnstrace.render.formats.github import github
from tests.render.formats.made import FAILED, LAME, NOTED, PLAIN, WARNED, found, hostile, named

_COMMAND = re.compile(r"::(?P<name>[a-z]+)(?: (?P<properties>.*?))?::(?P<text>.*)")  # ends at the first `::`
_UNESCAPED = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))  # in this order


class Command(NamedTuple):
    """What the runner takes from a line."""

    name: str
    properties: dict[str, str]
    text: str


def read(document: str) -> list[Command]:
    """Every line, which has to be a command: a line end is what StreamReader takes for one."""
    assert document.endswith("\n")
    return [_command(line) for line in re.split(r"\r\n|\n|\r", document)[:-1]]


def _command(line: str) -> Command:
    said = _COMMAND.fullmatch(line)
    assert said is not None, line
    pairs = (each.split("=", 1) for each in (said["properties"] or "").split(",") if each)
    return Command(said["name"], {key: _plain(value) for key, value in pairs}, _plain(said["text"]))


def _plain(text: str) -> str:
    for escaped, character in _UNESCAPED:
        text = text.replace(escaped, character)
    return text


def test_errors_come_first_each_on_the_line_of_its_name() -> None:
    entries = [
        found(NOTED)._replace(line=1),
        found(WARNED, LAME)._replace(line=2),
        found(LAME, ignores=("lame-server until 2030-01-01 It moves.",))._replace(line=3),
    ]
    error, warning, notice, accepted = read(github(entries, "zones/a,b:c.txt"))
    assert [each.name for each in (error, warning, notice, accepted)] == [
        "error",
        "warning",
        "notice",
        "debug",
    ]
    assert error.properties == {
        "file": "zones/a,b:c.txt",
        "line": "2",
        "title": "lame-server example.com ns1.example.com",
    }
    assert error.text.startswith("www.example.com A: ns1.example.com does not serve example.com\n")
    assert error.text.endswith("example.com. 300 IN NS ns2.example.com.")
    assert notice.properties["line"] == "1" and "It moves." in accepted.text


def test_names_that_were_typed_have_no_line_and_no_fault_is_said_too() -> None:
    assert list(read(github([FAILED]))[0].properties) == ["title"]
    assert read(github([PLAIN, named("a.example", PLAIN)])) == [
        Command("notice", {"title": "dnstrace"}, "2 names: nothing found")
    ]


@given(
    st.lists(hostile(), min_size=1, max_size=2), st.text(max_size=20).filter(lambda text: "\0" not in text)
)
def test_no_text_ends_a_command_or_begins_one(entries: list[Entry], file: str) -> None:
    listed = [entry._replace(line=number) for number, entry in enumerate(entries, 1)]
    commands = read(github(listed, file))
    problems = [problem for entry in listed for problem in entry.problems]
    assert len(commands) == len(problems)
    assert {each.properties.get("file", "") for each in commands if each.name != "debug"} == {file}
    for command, entry in zip(commands, listed, strict=False):
        if command.name == "error":
            assert command.properties["title"] in {problem.title for problem in entry.problems}
            assert any(problem.message in command.text for problem in entry.problems)

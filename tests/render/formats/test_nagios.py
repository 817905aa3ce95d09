"""The line of a plugin, by the guidelines: one line, a state, performance data."""

from __future__ import annotations

import re

from hypothesis import given

from dnstrace.render.formats.entries import Entry
from dnstrace.render.formats.nagios import State, nagios, state, unknown
from tests.render.formats.made import FAILED, LAME, NOTED, PLAIN, WARNED, found, hostile, named, stopped

_DATUM = r"[a-z]+=\d+(?:\.\d+)?s?;;;0"  # 'label'=value[UOM];[warn];[crit];[min];[max]
_LINE = re.compile(rf"DNSTRACE (OK|WARNING|CRITICAL|UNKNOWN): ([^|\n]+)(?: \|((?: {_DATUM})+))?\n")


def read(line: str) -> tuple[State, str, dict[str, str]]:
    """The state, the text and the performance data of a line."""
    said = _LINE.fullmatch(line)
    assert said is not None, line
    data = dict(datum.split("=") for datum in (said[3] or "").split())
    return State[said[1]], said[2], {label: value.partition(";")[0] for label, value in data.items()}


def test_the_state_is_that_of_the_worst_problem() -> None:
    states = {
        State.OK: [PLAIN, found(NOTED), found(), found(LAME, fail_on="never"), found(LAME, ignores=("*",))],
        State.WARNING: [found(WARNED), found(NOTED, WARNED)],
        State.CRITICAL: [FAILED, found(LAME), found(WARNED, fail_on="warning"), found(WARNED, LAME)],
        State.UNKNOWN: [stopped()],
    }
    for expected, entries in states.items():
        for entry in entries:
            assert state([entry]) is expected and read(nagios([entry]))[0] is expected
            assert state([PLAIN, entry]) is expected and read(nagios([PLAIN, entry]))[0] is expected
    assert state([stopped(), FAILED]) is State.CRITICAL
    assert state([PLAIN], "2 lines could not be traced") is state([]) is State.UNKNOWN
    assert read(nagios([]))[:2] == (State.UNKNOWN, "no name was traced")


def test_one_name() -> None:
    text, data = read(nagios([PLAIN]))[1:]
    assert text == "www.example.com A: 192.0.2.44"
    assert data == {"time": "0.053s", "queries": "3", "ttl": "300s"}
    text, data = read(nagios([found(NOTED, WARNED, LAME)]))[1:]
    assert text == (
        "www.example.com A: ns1.example.com does not serve example.com; also refuses, open-transfer"
    )
    assert (data["errors"], data["warnings"], data["notices"]) == ("1", "1", "1")


def test_many_names() -> None:
    text, data = read(
        nagios([PLAIN, named("a.example", found(WARNED)), named("b.example", found(LAME, NOTED))])
    )[1:]
    assert text == "2 of 3 names: b.example A (lame-server, open-transfer), a.example A (refuses)"
    assert data == {"names": "3", "ok": "1", "warning": "1", "critical": "1", "unknown": "0"}
    assert read(nagios([PLAIN, PLAIN]))[1] == "2 names without faults"
    assert "and 95 more" in read(nagios([named(f"n{number}", FAILED) for number in range(100)]))[1]


def test_what_could_not_be_run() -> None:
    assert read(unknown("no name to trace")) == (State.UNKNOWN, "no name to trace", {})


@given(hostile())
def test_hostile_text_stays_in_its_line_and_before_the_performance_data(entry: Entry) -> None:
    for entries in ([entry], [PLAIN, entry]):
        assert read(nagios(entries))[0] is State.CRITICAL and len(nagios(entries)) < 4096

"""The map of a trace: its stages, the state of each server, and the result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.model import Outcome
from dnstrace.render.delegation_map import delegation_map
from dnstrace.render.layout import TIMES
from dnstrace.render.map_stages import Line, Mark
from tests.checks.checking import checked, walked
from tests.render import traces


def test_a_walk_is_a_stage_for_each_zone_and_one_for_the_answer() -> None:
    drawn = delegation_map(report(traces.plain()))
    assert (drawn.title, drawn.summary) == ("www.example.com. A", "answer, 3 queries, 41 ms")
    assert [stage.title for stage in drawn.stages] == [
        "user", "browser", "resolver", ". (the root)", "com.", "example.com.", "www.example.com.",
        "resolver", "web server 192.0.2.44", "browser",
    ]  # fmt: skip
    assert [stage.arrow for stage in drawn.stages] == [
        "", "① types www.example.com", "② asks it", "③ asks",
        f"④ asks one: NS {TIMES}3, TTL 2d, 2 with glue, DS",
        f"⑤ asks one: NS {TIMES}2, TTL 2d, glue", "⑥ is answered", "⑦ returns it",
        "⑧ browser requests www.example.com", "⑨ sends the page",
    ]  # fmt: skip
    assert drawn.stages[6].lines == (Line("5m A 192.0.2.44"),) and not drawn.stages[6].is_zone


def test_many_servers_that_were_not_asked_are_one_line() -> None:
    root = delegation_map(report(traces.plain())).stages[3]
    assert root.lines == (
        Line("a.root-servers.net. 198.41.0.4, 12 ms", Mark.GOOD),
        Line("12 other servers: not asked", Mark.QUIET),
    )


@pytest.mark.parametrize(
    ("world", "line"),
    [
        ("refuses", Line("ns1.example.com. refused", Mark.BAD)),
        ("answers-differ", Line("ns2.example.com. different answer", Mark.WARNING)),
        ("in-domain", Line("ns2.example.com. same answer")),
    ],
)
def test_each_server_shows_its_state(world: str, line: Line) -> None:
    stages = delegation_map(report(checked(load(world)))).stages
    zone = next(stage for stage in stages if stage.title == "example.com.")
    assert line in zone.lines


def test_findings_colour_their_zone() -> None:
    zone = delegation_map(report(checked(load("refuses")))).stages[5]
    assert zone.mark is Mark.BAD and Line("error: refuses", Mark.BAD) in zone.lines


def test_look_ups_stand_beside_the_zone_that_needed_them() -> None:
    zone = delegation_map(report(walked("textbook"))).stages[5]
    assert zone.beside and zone.beside[0][0].text.endswith(" looked up")


@pytest.mark.parametrize(
    ("world", "title", "line"),
    [
        ("nxdomain", "nowhere.example.com.", "NXDOMAIN, no such name"),
        ("nodata", "www.example.com.", "NODATA, no AAAA records"),
    ],
)
def test_a_negative_answer_is_the_last_stage_before_the_cache(world: str, title: str, line: str) -> None:
    last = delegation_map(report(walked(world))).stages[-2]
    assert (last.title, last.lines[0].text, last.mark) == (title, line, Mark.WARNING)


def test_a_trace_in_progress_has_no_result() -> None:
    drawn = delegation_map(report(replace(traces.interrupted(), outcome=None)))
    assert all(stage.is_zone for stage in drawn.stages[3:]) and drawn.summary.startswith("in progress, ")
    assert delegation_map(report(replace(traces.plain(), outcome=Outcome.FAILED))).summary.startswith(
        "failed, "
    )


def test_a_walk_that_fails_has_each_number_once() -> None:
    arrows = [stage.arrow[:1] for stage in delegation_map(report(walked("all-silent"))).stages]
    assert arrows == ["", "①", "②", "③", "④", "⑤", "", "⑥"]

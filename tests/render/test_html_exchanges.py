"""The table of exchanges: what was answered alike is one row, and nothing else is."""

from __future__ import annotations

import re

from dnstrace.lab.world import load
from dnstrace.render.html_exchanges import exchanges
from tests.checks.checking import checked
from tests.render import traces


def test_each_step_has_one_place_and_each_exchange_one_bar() -> None:
    for trace in (checked(load("parent-child-differ")), traces.plain()):
        drawn = exchanges(trace)
        asked = [step for step in trace.steps if step.attempts]
        places = re.findall(r'id="step-(\d+)"', drawn)
        assert sorted(map(int, places)) == [step.id for step in asked]
        bars = drawn.partition("<tbody>")[2].count("<rect")
        assert bars == sum(len(step.attempts) for step in asked)


def test_servers_that_answered_otherwise_have_a_row_of_their_own() -> None:
    rows = exchanges(checked(load("parent-child-differ"))).split("<tr>")
    (refused,) = (row for row in rows if "walk at example.com" in row and ">refused<" in row)
    assert "ns1.example.com" in refused and "ns2.example.com" not in refused


def test_nothing_asked_is_no_table_and_names_are_escaped() -> None:
    for make in traces.ALL.values():
        assert "<script" not in exchanges(make())

from __future__ import annotations

import io
import json
from importlib import import_module

import pytest

from dnstrace.api import report
from dnstrace.cli.choosing import choose
from dnstrace.cli.environment import Environment
from dnstrace.cli.line.forms import FORMATS, Output
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.output import FORMS, NEEDS
from dnstrace.model import Trace
from tests.render.traces import international, nodata, plain


def printed(form: str, trace: Trace | None = None, *words: str, **variables: str) -> str:
    chosen = choose(parse(["x", *words]), {})
    there = Environment(io.StringIO(), io.StringIO(), variables)
    return FORMS[Output(form)](report(trace or plain()), chosen.shown, there)


def test_every_form_has_its_function_and_its_modules() -> None:
    assert set(NEEDS) == set(Output) == {*FORMS, *FORMATS}
    for modules in NEEDS.values():
        for module in modules:
            import_module(module)


def test_json_is_one_object_and_jsonl_one_line() -> None:
    whole, line = printed("json"), printed("jsonl")
    assert json.loads(whole) == json.loads(line)
    assert len(whole.splitlines()) > 10
    assert line.count("\n") == 1
    assert line.endswith("}\n")


def test_short_is_the_data_or_nothing() -> None:
    assert printed("short") == "192.0.2.44\n"
    assert printed("short", nodata()) == ""


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_the_tree_fits_the_width_and_is_plain_without_a_terminal(columns: int) -> None:
    tree = printed("tree", international(), COLUMNS=str(columns))
    assert max(map(len, tree.splitlines())) <= columns
    assert "\x1b" not in tree


def test_the_tree_is_coloured_verbose_and_in_ascii_where_chosen() -> None:
    assert "\x1b[" in printed("tree", None, "--color=always")
    assert "└" in printed("tree")
    assert printed("tree", None, TERM="dumb").isascii()
    assert len(printed("tree", None, "-v")) > len(printed("tree"))

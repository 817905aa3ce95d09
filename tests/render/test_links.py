"""Links on the codes of findings."""

from __future__ import annotations

import tomllib
from pathlib import Path

from rich.text import Text

from dnstrace.api import report
from dnstrace.render.links import HOME, link_to, linked
from dnstrace.render.tree import tree
from tests.checks.checking import checked_by_name
from tests.render.looks import look

ROOT = Path(__file__).parents[2]


def test_they_lead_to_the_project_and_to_a_heading_of_its_readme() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    assert urls["Homepage"] == HOME
    assert link_to("lame-server") == f"{HOME}/blob/main/README.md#all-findings:~:text=lame%2Dserver"
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "\n### All findings\n" in readme and "| `lame-server` |" in readme


def test_codes_are_linked_and_words_are_not() -> None:
    for text in ("✗ error refuses: ns1 refuses", "    dnstrace --explain refuses"):
        (span,) = linked(Text(text)).spans
        assert text[span.start : span.end] == "refuses" and link_to("refuses") in str(span.style)
    assert not linked(Text("the server refuses: an error: all of them")).spans


def test_the_tree_has_them_on_request_only() -> None:
    found = report(checked_by_name("parent-child-differ"))
    assert link_to("ns-differs") in look(tree(found, links=True), 80, color=True)
    assert "\x1b]8;" not in look(tree(found), 80, color=True)
    assert "\x1b]8;" not in look(tree(found, links=True), 80)

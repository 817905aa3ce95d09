"""The sections of the HTML page, without a browser."""

from __future__ import annotations

import re

from rich.text import Text

from dnstrace import Trace
from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.render.html_page import html_page
from dnstrace.render.html_parts import inline, steps_text, tree_list
from dnstrace.render.layout import Node
from tests.checks.checking import checked, walked
from tests.render import traces


def rows_of(trace: Trace) -> list[str]:
    """The rows of the exchanges, without what marks up their text but for the class that says failed."""
    table = (
        html_page(report(trace))
        .partition('id="exchanges"')[2]
        .partition("<tbody>")[2]
        .partition("</tbody>")[0]
    )
    rows = table.replace("<br>", " ").replace('"bad">', '">FAILED ').split("</tr>")
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in rows if row]


def test_to_decline_what_a_probe_asks_is_no_failure() -> None:
    rows = rows_of(checked(load("textbook")))
    declined = [row for row in rows if re.search("probe (edns-version|recursion|transfer)", row)]
    assert len(declined) == 3 and all("8 addresses of 4 servers" in row for row in declined)
    assert all(re.search("refused|bad version", row) for row in declined)
    assert not [row for row in rows if "FAILED" in row]


def test_what_failed_and_what_was_asked_again_is_marked() -> None:
    rows = rows_of(checked(load("drops-edns")))
    without = [row for row in rows if "192.0.2.53" in row and "probe" not in row]
    assert "FAILED timeout" in without[0] and "again, without EDNS" in without[-1], without
    assert any("FAILED timeout" in row and "try 2" in row for row in rows)
    assert [row for row in rows_of(walked("truncated")) if "truncated" in row and "FAILED" not in row]


def test_the_chain_of_trust_names_keys_and_their_ends() -> None:
    text = (
        html_page(report(checked(load("dnssec-good")))).partition('id="dnssec"')[2].partition("</section>")[0]
    )
    for said in ("matches the trust anchor", "DS 33677 (ECDSAP256SHA256, SHA-256)", "signs keys"):
        assert said in text
    assert re.search(r"www\.example\.com\. A.*, signed by key \d+ of example\.com until 2026-01-29", text)


def test_styles_become_classes_and_text_is_escaped() -> None:
    text = Text.assemble(("<b>", "red bold"), " & ", ("quiet", "dim"))
    assert inline(text) == (
        '<span class="bad strong">&lt;b&gt;</span> &amp; <span class="quiet">quiet</span>'
    )


def test_a_branch_is_open_unless_it_is_closed_and_a_leaf_does_not_fold() -> None:
    leaf = Node(Text("leaf"))
    opened, closed = Node(Text("open"), [leaf]), Node(Text("closed"), [leaf], closed=True)
    drawn = tree_list([[opened, closed]])
    assert "<details open><summary>open</summary>" in drawn
    assert "<details><summary>closed</summary>" in drawn
    assert drawn.count("<li>leaf</li>") == 2


def test_steps_link_to_their_exchanges_and_agree_in_number() -> None:
    trace = traces.plain()
    assert steps_text(trace, [2]) == 'step <a href="#step-2">2</a>'
    assert steps_text(trace, [1, 9]) == 'steps <a href="#step-1">1</a>, 9'
    assert steps_text(trace, [1, 2], 1) == (
        'steps <a href="#step-1">1</a>, <a href="#step-2" tabindex="-1">2</a>'
    )

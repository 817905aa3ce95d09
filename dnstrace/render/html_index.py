"""The index of the pages of many names: the totals, the bad names with links to their pages, the others."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from dnstrace import __version__
from dnstrace.render.html_head import html_head
from dnstrace.render.text import harmless

_HEADS = ("Name", "Outcome", "Answer", "What is wrong")


class Row(NamedTuple):
    """A name: the question, its outcome, the answer and what is wrong in words, and the file of its page."""

    question: str
    outcome: str
    said: tuple[str, str]
    page: str = ""


def html_index(
    heading: str, totals: Sequence[str], bad: Sequence[Row], others: Sequence[Row], left: int
) -> str:
    """The index, as HTML in UTF-8; `left` is the number of further names that are in order."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            html_head("Many names"),
            "<body>",
            f"<header><h1>{_count(len(bad))} bad</h1><p>{_text(heading)}</p></header>",
            "<main>",
            *_totals(totals),
            *_bad_names(bad),
            *_other_names(others, left),
            "</main>",
            f"<footer><p>Traced by dnstrace {escape(__version__)}.</p></footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _count(count: int) -> str:
    return f"{count:,} name is" if count == 1 else f"{count:,} names are"


def _text(text: str) -> str:
    return escape(harmless(text))


def _totals(totals: Sequence[str]) -> list[str]:
    if not totals:
        return []
    items = "".join(f"<li>{_text(line)}</li>" for line in totals)
    return [
        '<section aria-labelledby="h-totals"><h2 id="h-totals">Totals</h2>',
        f"<ul>{items}</ul></section>",
    ]


def _bad_names(bad: Sequence[Row]) -> list[str]:
    if not bad:
        return []
    table = _table("h-bad", bad)
    return [f'<section aria-labelledby="h-bad"><h2 id="h-bad">Bad names</h2>{table}</section>']


def _other_names(others: Sequence[Row], left: int) -> list[str]:
    """The other names, folded: those with warnings first."""
    if not others:
        return []
    rows = sorted(others, key=lambda row: not row.said[1])
    more = f"<p>And {left:,} more.</p>" if left > 0 else ""
    summary = f"<summary>{len(others) + max(left, 0):,} other names</summary>"
    table = _table("h-others", rows)
    head = '<section aria-labelledby="h-others"><h2 id="h-others">Names without errors</h2>'
    return [f"{head}<details>{summary}{table}{more}</details></section>"]


def _table(labelled: str, rows: Sequence[Row]) -> str:
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    body = "".join(map(_row, rows))
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{labelled}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Row) -> str:
    name = _text(row.question)
    linked = f'<a href="{escape(row.page)}">{name}</a>' if row.page else name
    answer, wrong = _text(row.said[0]), "<br>".join(map(_text, row.said[1].split("  ")))
    cells = f'<td>{_text(row.outcome)}</td><td class="free">{answer}</td><td class="free">{wrong}</td>'
    return f'<tr><th scope="row">{linked}</th>{cells}</tr>'

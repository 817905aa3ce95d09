"""What several places saw as one page: the table, what differs, and a tab for each place with its trace.

The page has no script. The tabs are a choice of one of several, which the style sheet obeys; printed, all are
shown. What comes from a place or from the network is escaped as everywhere on a page.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model.across import Where
from dnstrace.model.places import Failure, PlaceTrace
from dnstrace.render.html_head import html_head
from dnstrace.render.html_page import footer, page_header, parts_of_page, section
from dnstrace.render.places import (
    agreed_texts,
    failure_text,
    missing_text,
    seen_by,
    statement_text,
    table_cells,
)
from dnstrace.render.text import harmless, name_text
from dnstrace.render.wording import BAD, GOOD, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model import Question
    from dnstrace.model.across import Across
    from dnstrace.model.places import Seen

_CLASSES = {BAD: "bad", GOOD: "good", WARNING: "warning"}
_IDS = re.compile(r' (id|for|aria-labelledby|aria-describedby)="([^"]+)"')
_LINKS = re.compile(r'(href="#|url\(#)')
_GOOD = {Where.NOWHERE, Where.PARTLY}


def html_places(across: Across, question: Question) -> str:
    """The page, as HTML in UTF-8."""
    title = f"{name_text(question.name)} {dns.rdatatype.to_text(question.rdtype)}"
    sections = {
        "places": ("By place", _table(across)),
        "differs": ("Differs", _list(map(statement_text, across.differing))),
        "agreed": ("The same from all places", _list(agreed_texts(across)) if len(across.rows) > 1 else ""),
        "findings": ("Findings", _findings(across)),
        "traces": ("The traces", _tabs(across)),
    }
    first = next((each for each in across.seen if isinstance(each, PlaceTrace)), None)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            html_head(title),
            "<body>",
            '<a class="skip" href="#main">Skip to the details</a>',
            _header(across, title),
            '<main id="main" tabindex="-1">',
            *(section(key, *part) for key, part in sections.items() if part[1]),
            "</main>",
            "" if first is None else footer(first.report.trace),
            "</body>",
            "</html>",
            "",
        ]
    )


def _header(across: Across, title: str) -> str:
    verdict = f"<p>{escape(harmless(across.verdict) + missing_text(across))}</p>"
    if across.where not in _GOOD:
        verdict = f'<div class="verdict"><h2>Verdict</h2>{verdict}</div>'
    return f"<header>\n<h1>{escape(title)}</h1>\n{verdict}\n</header>"


def _table(across: Across) -> str:
    heads, rows = table_cells(across)
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in ("from", *heads))
    body = "".join(
        f'<tr><th scope="row">{escape(harmless(place.name))}</th>'
        + "".join(f'<td class="{_CLASSES.get(style, "")}">{escape(text)}</td>' for text, style in cells)
        + "</tr>"
        for place, cells in rows
    )
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    scroll = f'<div class="scroll" tabindex="0" role="group" aria-labelledby="h-places">{table}</div>'
    failed = (failure_text(each) for each in across.seen if isinstance(each, Failure))
    return scroll + "".join(f'<p class="bad">{escape(text)}</p>' for text in failed)


def _list(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def _findings(across: Across) -> str:
    return "".join(
        f'<article class="finding"><h3>{each.finding.level.value} {escape(each.finding.code)}, '
        f"{escape(seen_by(across, each.places))}</h3>"
        f"<p>{escape(harmless(each.finding.message))}</p></article>"
        for each in across.findings
    )


def _tabs(across: Across) -> str:
    tabs = "".join(_tab(number, each) for number, each in enumerate(across.seen))
    return f'<div class="tabs" role="group" aria-labelledby="h-traces">{tabs}</div>'


def _tab(number: int, seen: Seen) -> str:
    chosen, name = ("" if number else " checked"), escape(harmless(seen.place.name))
    if isinstance(seen, Failure):
        body = f'<p class="bad">{escape(failure_text(seen))}</p>'
    else:
        parts = parts_of_page(seen.report)
        head = (
            page_header(seen.report, harmless(seen.place.text))
            .replace("<h1>", "<h2>")
            .replace("</h1>", "</h2>")
        )
        body = _own_ids("\n".join([head, *(section(key, *part) for key, part in parts.items())]), number)
    label = f'<label><input type="radio" name="place"{chosen}> {name}</label>'
    return f'{label}<div class="panel">{body}</div>'


def _own_ids(html: str, number: int) -> str:
    """The HTML of one trace with ids of its own. Text is escaped, so that no quotation mark is in it."""
    prefix = f"p{number}-"

    def own(found: re.Match[str]) -> str:
        ids = " ".join(prefix + each for each in found[2].split())
        return f' {found[1]}="{ids}"'

    return _LINKS.sub(lambda found: found[1] + prefix, _IDS.sub(own, html))

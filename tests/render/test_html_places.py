from __future__ import annotations

import re
from html.parser import HTMLParser

from dnstrace.model.places import Failure
from dnstrace.render.html_places import html_places
from tests.analysis.places import compared
from tests.places.lab import request


class Read(HTMLParser):
    """The ids of a page and what refers to them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("aria-labelledby", "aria-describedby", "for"):
                self.wanted += (value or "").split()
            elif name == "href" and (value or "").startswith("#"):
                self.wanted.append((value or "")[1:])


def test_each_place_has_a_tab_and_every_reference_stays_within_its_trace() -> None:
    html = html_places(compared("dnssec-good", "intercepted", "-", check=True), request().question)
    read = Read(html)
    assert html.count('type="radio"') == 3 and html.count("checked") >= 1
    assert len(read.ids) == len(set(read.ids))
    assert not set(read.wanted) - set(read.ids)
    assert "script" not in read.tags
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(read.ids)


def test_what_a_place_says_is_text() -> None:
    found = compared("in-domain", "-")
    nasty = Failure(found.seen[1].place, '<script>alert("x")</script>\x1b[2J')
    from dataclasses import replace

    html = html_places(replace(found, seen=(found.seen[0], nasty)), request().question)
    assert "<script" not in html and "\x1b" not in html
    assert "&lt;script&gt;" in html

"""The index of many pages: all names in order, the bad ones linked, nothing that could run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from dnstrace.render.html_index import Row, html_index

EVIL = '<img src=x onerror="alert(1)">\x1b[2J\u202e'


class Reader(HTMLParser):
    """Which elements there are, what is linked, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links, self.tags, self.text = list[str](), set[str](), ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for key, value in attrs if tag == "a" and key == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_bad_are_linked_and_the_others_folded() -> None:
    bad = [Row("a.example. A", "failed", ("", "refuses"), "a.html")]
    others = [Row("b.example. A", "answer", ("192.0.2.1", "")), Row("c.example. A", "answer", ("", "! w"))]
    page = html_index("3 names", ["error: refuses (1 name): a.example"], bad, others, 7)
    read = Reader(page)
    assert read.links == ["a.html"] and "details" in read.tags and "And 7 more." in read.text
    assert "1 name is bad" in read.text and "9 other names" in read.text
    assert read.text.index("a.example. A") < read.text.index("c.example. A") < read.text.index("b.example. A")


def test_nothing_of_it_runs_or_hides() -> None:
    row = Row(EVIL, EVIL, (EVIL, EVIL), "a.html")
    read = Reader(html_index(EVIL, [EVIL], [row], [row._replace(page="")], 0))
    assert not read.tags & {"img", "script"} and read.links == ["a.html"]
    assert not re.search("[\x1b\u202e]", read.text) and read.text.count("<img src=x") == 10


def test_of_no_names_there_is_a_page() -> None:
    read = Reader(html_index("0 names: nothing", [], [], [], 0))
    assert "0 names are bad" in read.text and "table" not in read.tags

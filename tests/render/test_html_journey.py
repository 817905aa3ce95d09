"""The journey as cards of the page."""

from __future__ import annotations

import re
from pathlib import Path

from dnstrace.api import report
from dnstrace.render.html_journey import journey_cards
from dnstrace.render.html_page import html_page
from tests.checks.checking import walked
from tests.cli.running import run
from tests.render import traces


def test_the_textbook_has_nine_numbered_cards_with_their_evidence() -> None:
    cards = journey_cards(report(walked("textbook"))).split("<li ")[1:]
    assert [re.findall(r'"number">(\d+)<', card) for card in cards] == [[str(n)] for n in range(1, 10)]
    assert all("Evidence: step" in card for card in cards[2:6])
    assert not any("Evidence: step" in card for card in (*cards[:2], *cards[6:]))


def test_what_a_browser_does_is_not_shown_as_seen_where_no_page_was_requested(tmp_path: Path) -> None:
    run("--lab", "--html", f"{tmp_path}/plain")
    run("--lab", "--http", "--html", f"{tmp_path}/visited")
    plain, visited = ((tmp_path / each).read_text() for each in ("plain", "visited"))
    assert plain.count("Not tried in this trace") == 2 and '<li class="browser">' not in plain
    assert "Not tried in this trace" not in visited and visited.count('<li class="browser">') == 2


def test_they_are_a_section_of_the_page() -> None:
    assert '<section id="journey" aria-labelledby="h-journey">' in html_page(report(traces.plain()))


def test_text_from_the_network_is_escaped() -> None:
    for make in traces.ALL.values():
        assert "<script" not in journey_cards(report(make()))


def test_the_document_and_the_pictures_have_the_same_nine() -> None:
    picture = run("--lab", "--mermaid").out
    assert re.findall("[①-⑳]", picture) == list("①②③④⑤⑥⑦⑧⑨")

"""The last hop in the tree: the reply of an address, and its certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dnstrace.model.certificates import Certificate
from dnstrace.model.pages import Request, Visit
from dnstrace.model.taken import Fetched
from dnstrace.render.fetched import fetched_nodes

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def lines(visit: Visit) -> list[str]:
    """The lines for one address."""
    (head,) = fetched_nodes(Fetched(Request("www.example.com", "https", 443), (visit,)), NOW)
    node, *_ = head.children
    return [node.line.plain, *(child.line.plain for child in node.children)]


def test_every_moment_has_its_place_and_an_error_its_word() -> None:
    visit = Visit("192.0.2.44", 0.02, 0.05, 0.08, 404, "Not\x1b Found", location="/other")
    (line,) = lines(visit)
    parts = [
        "192.0.2.44",
        "connected 20 ms",
        "TLS 50 ms",
        "first byte 80 ms",
        "404 Not",
        "redirects to /other",
    ]
    assert [part for part in parts if part not in line] == [] and "\x1b" not in line
    assert "✗" in lines(Visit("192.0.2.44", fault="connection refused"))[0]


@pytest.mark.parametrize(("status", "is_served"), [(200, True), (301, True), (404, False), (500, False)])
def test_an_error_is_marked_and_that_no_address_served_the_page_is_said(status: int, is_served: bool) -> None:
    request, failed = Request("www.example.com", "https", 443), Visit("192.0.2.44", 0.1, 0.1, 0.1, status)
    (head,) = fetched_nodes(Fetched(request, (failed,)), NOW)
    assert ("✗" in head.children[0].line.plain) is not is_served
    said = "no address served the page" in [node.line.plain for node in head.children]
    assert said is not is_served
    (head,) = fetched_nodes(Fetched(request, (failed, Visit("192.0.2.45", 0.1, 0.1, 0.1, 200))), NOW)
    texts = [node.line.plain for node in head.children]
    assert texts[2:] == ([] if is_served else ["1 of 2 addresses did not serve the page"])


@pytest.mark.parametrize(
    ("names", "expires", "line"),
    [
        (
            ("a.example",),
            NOW + timedelta(days=90),
            "certificate for a.example · issued by an authority · expires 2026-04-15",
        ),
        (
            ("a.example",),
            NOW - timedelta(days=2),
            "certificate for a.example · issued by an authority · expired 2026-01-13",
        ),
        ((), None, "certificate for no name · issued by an authority"),
        (tuple("abcdef"), None, "certificate for a, b, c, d and 2 more · issued by an authority"),
    ],
)
def test_a_certificate_is_one_line(names: tuple[str, ...], expires: datetime | None, line: str) -> None:
    visit = Visit("192.0.2.44", certificate=Certificate(names, "an authority", expires))
    assert lines(visit)[1] == line

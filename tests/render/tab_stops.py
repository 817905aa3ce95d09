"""The places of a page that the tab key leads to before anything is unfolded, counted without a browser.

The page's script adds a button to each block that can be copied, and the field that filters.
"""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class TabStops(HTMLParser):
    """Counts links, buttons, fields and summaries that are not within something folded or hidden."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.count = 1  # the field
        self._open: list[tuple[str, bool]] = []  # each element, and whether it hides what is in it
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        hides = (tag == "details" and "open" not in given) or "hidden" in given or tag in ("template", "head")
        within = (
            self._open[:-1] if tag == "summary" else self._open
        )  # it is seen where its details are folded
        stops = tag in ("button", "input", "summary") or (tag == "a" and "href" in given)
        if "copy" in (given.get("class") or "").split():
            self.count += not any(each for _, each in within)
        if given.get("tabindex", "0" if stops else "-1") != "-1" and not hides:
            self.count += not any(each for _, each in within)
        if tag not in _VOID:
            self._open.append((tag, hides))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

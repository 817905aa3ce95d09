"""The page in a real browser: it renders, folds and filters, asks nobody anything, and no name does harm."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dnstrace import Trace
from dnstrace.api import report
from dnstrace.lab.world import load, names
from dnstrace.render.html_page import html_page
from tests.checks import checking
from tests.cli import running
from tests.render import traces
from tests.render.tab_stops import TabStops


def apart(function: Callable[..., Any]) -> Callable[..., Any]:
    """In a thread of its own: playwright has an event loop in this one, and the lab needs one too."""

    def called(*arguments: Any, **named: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(function, *arguments, **named).result()

    return called


_STOPS = "a[href]:not([tabindex]), button, input, summary, [tabindex='0']"
_OPEN = "(all) => all.forEach((each) => { each.open = true; })"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

walked, checked, run = apart(checking.walked), apart(checking.checked), apart(running.run)


class Looked:
    """A page that a browser shows, and what the browser had to say or to fetch meanwhile."""

    def __init__(self, context: Any, path: Path, trace: Trace, tab: Any = None) -> None:
        """In a new tab, which starts a process of the browser, unless it is given one."""
        path.write_text(html_page(report(trace)), "utf-8")
        self.said: list[str] = []
        self.asked: list[str] = []
        self.tab = tab or context.new_page()
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(path.as_uri())
        assert self.asked == [path.as_uri()] and self.said == []

    def count(self, selector: str) -> int:
        """How many are there that can be seen."""
        visible = "(all) => all.filter((each) => each.checkVisibility()).length"
        return int(self.tab.locator(selector).evaluate_all(visible))

    def visible(self, selector: str) -> list[bool]:
        """Whether each can be seen; the browser looks for `:has()` much faster than playwright does."""
        each = "(selector) => [...document.querySelectorAll(selector)].map((each) => each.checkVisibility())"
        return [*self.tab.evaluate(each, selector)]


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    browser = shutil.which("chromium")
    if browser is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield running.new_context()
        running.close()


@pytest.fixture(scope="module")
def tab(context: Any) -> Any:
    return context.new_page()


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("axe-playwright-python is not installed")
    return Path(found.origin).with_name("axe.min.js").read_text("utf-8")


def test_all_parts_are_there_and_fold(context: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", checked(load("parent-child-differ")))
    heads = [each.inner_text() for each in shown.tab.locator("h2").all()]
    assert heads == [
        "Verdict",
        "Answer",
        "Findings",
        "The journey",
        "Map",
        "By server",
        "Chain of trust",
        "Caching",
        "The walk",
        "Every exchange",
        "Words",
    ]
    assert "ns1.example.com refuses to answer" in shown.tab.locator(".verdict").inner_text()
    assert [each.text_content() for each in shown.tab.locator(".finding h3").all()] == [
        "error refuses", "error glue-differs", "warning ns-differs",
    ]  # fmt: skip
    assert shown.count("svg.map text") > 10
    assert shown.count("ul.tree li") == shown.count("#exchanges tr") == 0
    assert 12 < shown.count(_STOPS) == TabStops((tmp_path / "page.html").read_text("utf-8")).count <= 40
    shown.tab.locator("#tree summary").first.click()
    root = shown.tab.locator("ul.tree > li > details").first
    before = shown.count("ul.tree li")
    root.locator("summary").first.click()
    assert 0 < shown.count("ul.tree li") < before
    root.locator("summary").first.press("Enter")
    assert shown.count("ul.tree li") == before


def test_every_exchange_has_its_bar_and_those_alike_share_a_row(context: Any, tmp_path: Path) -> None:
    trace = checked(load("parent-child-differ"))
    shown = Looked(context, tmp_path / "page.html", trace)
    attempts = [attempt for step in trace.steps for attempt in step.attempts]
    assert shown.tab.locator("#exchanges tbody rect").count() == len(attempts)
    rows = shown.tab.locator("#exchanges tbody tr")
    assert len(trace.steps) <= 2 * rows.count() < len(attempts)
    alike = rows.filter(has_text="26 addresses of 13 servers")
    assert {each.locator("li").count() for each in alike.all()} == {26}
    critical = shown.tab.locator("#exchanges tbody rect.critical").count()
    assert 3 <= critical < len(attempts)


def test_a_finding_leads_to_the_exchanges_that_show_it(context: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", checked(load("parent-child-differ")))
    shown.tab.locator("#dnssec details, .finding details, details:has(.finding)").evaluate_all(_OPEN)
    for where in (".verdict", ".finding", "#dnssec"):
        link = shown.tab.locator(f"{where} a").last
        link.click()
        row = shown.tab.locator("tr:has(:target)")
        assert link.inner_text() in row.locator("th").inner_text().split(", ") and row.is_visible()
        top = row.evaluate("(each) => each.getBoundingClientRect().top")
        assert 0 <= top < shown.tab.evaluate("innerHeight")
    shown.tab.locator("#filter").fill("root-servers")
    shown.tab.locator(".verdict a").first.click()
    assert shown.tab.locator("tr:has(:target)").is_visible()


def test_the_exchanges_can_be_put_in_the_order_of_servers(context: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", checked(load("parent-child-differ")))
    shown.tab.locator("#exchanges summary").first.click()
    cells = shown.tab.locator("#exchanges tbody td:nth-child(3)")
    by_time = cells.all_inner_texts()
    shown.tab.locator("#by-server").check()
    by_server = cells.all_inner_texts()
    assert by_server != by_time and sorted(by_server) == sorted(by_time)
    assert len({*by_server}) == 1 + sum(a != b for a, b in pairwise(by_server))
    shown.tab.locator("#by-server").uncheck()
    assert cells.all_inner_texts() == by_time


def test_what_was_supposed_expected_and_held_by_resolvers_is_said(context: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    as_if = ("--undelegated", "example.com=ns1.example.com/192.0.2.53", "--expect", "a=192.0.2.9")
    run("--lab", "resolver-stale", "-a", *as_if, "--html", str(path))
    tab = context.new_page()
    tab.goto(path.as_uri())
    head = tab.locator("header").inner_text()
    assert "as if example.com were delegated to ns1.example.com 192.0.2.53" in head
    assert "all paths give 192.0.2.44" in head and "a=192.0.2.9: found 192.0.2.44" in head
    resolvers = tab.locator("#resolvers").inner_text()
    assert "stale: cached 1m28s ago" in resolvers
    assert "1 of 2 resolvers holds the old address until 14:03:32 UTC; 1 serves" in resolvers


def test_the_filter_finds_by_server_zone_name_and_result(context: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", walked("refuses"))
    shown.tab.locator("#exchanges details, #tree details").evaluate_all(_OPEN)
    rows = shown.count("#exchanges tbody tr")
    items = shown.count("ul.tree li")
    shown.tab.locator("#exchanges details, #tree details").evaluate_all(_OPEN.replace("true", "false"))
    field = shown.tab.locator("#filter")
    for words in ("gtld-servers", "at com.", "www.example.com", "referral"):
        field.fill(words)
        assert 0 < shown.count("#exchanges tbody tr") <= rows
        assert shown.tab.locator("#count").inner_text().endswith(" entries")
    field.fill("gtld-servers")
    assert 0 < shown.count("ul.tree li") < items
    field.fill("nothing has this")
    assert shown.count("#exchanges tbody tr") == shown.count("ul.tree li") == 0
    assert shown.count("main h2") == 0
    shown.tab.keyboard.press("Escape")
    assert shown.count("ul.tree li") == 0 and shown.count("main h2") > 3
    shown.tab.locator("#exchanges details, #tree details").evaluate_all(_OPEN)
    assert (shown.count("#exchanges tbody tr"), shown.count("ul.tree li")) == (rows, items)
    shown.tab.keyboard.press("Tab")
    shown.tab.keyboard.press("/")
    assert shown.tab.evaluate("document.activeElement.id") == "filter"


def test_a_box_of_the_map_leads_to_its_place_in_the_walk(context: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", checked(load("alias")))
    links = shown.tab.locator(".map a")
    assert links.count() > 4
    for link in links.all():
        shown.tab.locator("#tree > details").evaluate("(each) => { each.open = false; }")
        link.click()
        assert shown.visible("li:has(> :target)") == [True]
    assert shown.tab.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == (
        shown.tab.locator("[id]").count()
    )


def test_records_and_commands_can_be_copied(context: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", checked(load("dnssec-missing-key")))
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    for place in shown.tab.locator(".copy").all()[:2]:
        place.locator("button").click()
        place.get_by_text("Copied").wait_for()
        assert shown.tab.evaluate("navigator.clipboard.readText()") == place.locator("pre").inner_text()


@pytest.mark.share(24)
@pytest.mark.parametrize("world", names())
def test_no_page_has_many_places_to_tab_through(world: str) -> None:
    page = html_page(report(apart(checking.checked_by_name)(world)))
    assert TabStops(page).count <= 45


@pytest.mark.share(2)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1366, "light")])
def test_nothing_keeps_anybody_from_reading_it(
    context: Any, tmp_path: Path, axe: str, width: int, scheme: str
) -> None:
    """What axe-core looks for, WCAG 2.2 AA and best practice, with something of everything unfolded."""
    shown = Looked(context, tmp_path / "page.html", checked(load("parent-child-differ")))
    shown.tab.set_viewport_size({"width": width, "height": 800})
    shown.tab.emulate_media(color_scheme=scheme)
    shown.tab.locator("section > details, .finding details, td details >> nth=0").evaluate_all(_OPEN)
    shown.tab.evaluate(axe)
    found = shown.tab.evaluate(f"axe.run({{ runOnly: {[*_RULES]} }})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert shown.tab.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_is_white_whatever_the_screen_is(context: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", checked(load("dnssec-good")))
    shown.tab.emulate_media(media="print", color_scheme="dark")
    shown.tab.set_viewport_size({"width": 720, "height": 1000})
    shown.tab.locator("details").evaluate_all(_OPEN)
    clipped = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert shown.tab.locator("html, pre, .scroll, td, th, li").evaluate_all(clipped) == 0
    ground = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.querySelector('svg.map text')).fill"
    on_paper = [shown.tab.evaluate(each) for each in (ground, ink)]
    shown.tab.emulate_media(media="screen", color_scheme="light")
    assert on_paper == [shown.tab.evaluate(each) for each in (ground, ink)]
    assert on_paper[0] == "rgb(255, 255, 255)"
    shown.tab.emulate_media(media="screen", color_scheme="dark")
    assert shown.tab.evaluate(ground) != on_paper[0] and shown.tab.evaluate(ink) != on_paper[1]


def test_text_cannot_pass_for_another_record(context: Any, tmp_path: Path) -> None:
    """A line end in a TXT record is not one on the page."""
    text = r'www.example.com. 300 TXT "x\010bank.example. 300 IN A 192.0.2.66"'
    shown = Looked(context, tmp_path / "page.html", traces.answer(text, question="www.example.com. TXT"))
    assert shown.tab.locator("#answer pre").inner_text() == text.replace("TXT", "IN TXT")


def test_without_its_script_it_is_whole_but_for_the_filter(context: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(html_page(report(walked("textbook"))), "utf-8")
    tab = context.browser.new_context(java_script_enabled=False).new_page()
    tab.goto(path.as_uri())
    assert not tab.locator("#search").is_visible() and tab.locator("#exchanges tbody tr").count() == 5


def test_a_script_or_style_that_got_in_would_not_run(context: Any, tmp_path: Path) -> None:
    """The policy stops even what were not escaped."""
    evil = '<script>document.title="evil"</script><img src=x onerror="document.title=1"><p style="color:red">'
    path = tmp_path / "page.html"
    path.write_text(html_page(report(walked("textbook"))).replace("<main>", f"<main>{evil}"), "utf-8")
    tab = context.new_page()
    asked: list[str] = []
    tab.on("requestfinished", lambda request: asked.append(request.url))
    tab.goto(path.as_uri())
    assert tab.title() == "www.example.com. A: dnstrace" and asked == [path.as_uri()]


@pytest.mark.parametrize("which", traces.ALL)
def test_hostile_text_is_only_text(which: str, context: Any, tab: Any, tmp_path: Path) -> None:
    shown = Looked(context, tmp_path / "page.html", traces.ALL[which](), tab)
    allowed = {"HTML", "HEAD", "META", "TITLE", "STYLE", "BODY", "SCRIPT"}
    found = set(shown.tab.evaluate("[...document.querySelectorAll('*')].map(e => e.nodeName.toUpperCase())"))
    assert not found & {"IMG", "IFRAME", "OBJECT", "EMBED", "LINK", "FORM", "BASE", "AUDIO", "VIDEO"}
    assert shown.tab.locator("script").count() == 1 and found >= allowed
    attributes = shown.tab.evaluate("[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())")
    assert not [each for each in attributes if each.startswith("on") or each == "style"]


@pytest.mark.share(9)
@pytest.mark.parametrize("world", names())
def test_every_world_makes_a_page(world: str) -> None:
    text = html_page(report(walked(world)))
    assert text.startswith("<!doctype html>") and text.endswith("</html>\n")
    assert not re.search(r"(src|href)=[\"'](?!#)", text.partition("<body>")[2].partition("<script>")[0])
    assert not [each for each in text if ord(each) < 32 and each != "\n"]


def test_what_is_interrupted_is_shown_as_far_as_it_came(context: Any, tmp_path: Path) -> None:
    trace = replace(walked("textbook"), interrupted=True, outcome=None, answer=())
    shown = Looked(context, tmp_path / "page.html", trace)
    assert shown.tab.locator(".badge").first.inner_text() == "interrupted"


def test_the_command_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert run("--lab", "--short", "--html", str(path), "--seed", "1").out == "192.0.2.44\n"
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert run("--lab", "--short", "--html", str(path)).status == 2

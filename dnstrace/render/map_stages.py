"""The boxes of a map as values, and those around the zones: the user, the browser, the resolver, the page.

The arrows between the boxes are the legs of the journey, by their numbers.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.journey import ADDRESSES
from dnstrace.model import Outcome
from dnstrace.model.journey import Stage as LegStage
from dnstrace.model.naming import plain
from dnstrace.model.structs import Struct, replace
from dnstrace.render.text import clock_text, harmless, number_text, rdata_text, time_text, ttl_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dnstrace.model import Trace
    from dnstrace.model.journey import Leg
    from dnstrace.model.pages import Visit
    from dnstrace.model.report import Report

WALKED = (LegStage.REFERRAL, LegStage.SERVER, LegStage.ANSWER)
"""The legs on which servers are asked."""


class Mark(StrEnum):
    """The state of something, which determines its colour in a picture."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    QUIET = "quiet"


class Line(Struct):
    """A line of text within a stage."""

    text: str
    mark: Mark = Mark.PLAIN


class Stage(Struct):
    """A box of the map: a zone with its servers, or the result of asking them.

    `arrow` labels the arrow from the stage above; `beside` are the look-ups of server addresses for this
    zone; `step` is the id of its first step, 0 if it has none.
    """

    title: str
    lines: tuple[Line, ...]
    mark: Mark = Mark.PLAIN
    arrow: str = ""
    is_zone: bool = True
    beside: tuple[tuple[Line, ...], ...] = ()
    step: int = 0


class Map(Struct):
    """The stages from the question down, with a title above and a summary below."""

    title: str
    stages: tuple[Stage, ...]
    summary: str


def numbered(stage: Stage, leg: Leg | None) -> Stage:
    """The stage with the number of its leg on the arrow that leads to it."""
    if leg is None:
        return stage
    return replace(stage, arrow=" ".join(filter(None, (number_text(leg.number), stage.arrow))))


def asking_stages(report: Report) -> Iterator[Stage]:
    """The user, the browser or program, and the resolver."""
    question = report.trace.question
    legs = {leg.stage: leg for leg in report.journey}
    name = plain(question.name)
    asked = f"{name} {dns.rdatatype.to_text(question.rdtype)}"
    if not legs:
        return
    browses = question.rdtype in ADDRESSES
    yield Stage("user", (), is_zone=False)
    first = Stage("browser" if browses else "program", (Line(f"needs {asked}"),), is_zone=False)
    yield numbered(replace(first, arrow=f"types {name}" if browses else ""), legs.get(LegStage.USER))
    resolver = Stage("resolver", (Line("dnstrace, in its place", Mark.QUIET),), is_zone=False)
    yield numbered(replace(resolver, arrow="asks it"), legs.get(LegStage.RESOLVER))


def ending_stages(report: Report) -> Iterator[Stage]:
    """The resolver with the answer in its cache, the web server and the page; or that there is nothing."""
    for leg in report.journey:
        if leg.stage is LegStage.CACHE:
            line = Line(_kept(report))
            yield numbered(Stage("resolver", (line,), arrow="returns it", is_zone=False), leg)
        elif leg.stage is LegStage.REQUEST:
            yield numbered(_web_server(report.trace), leg)
        elif leg.stage is LegStage.PAGE:
            page = _page(report.trace)
            arrow = "" if page.mark is Mark.BAD else "sends the page"
            yield numbered(replace(page, arrow=arrow), leg)
        elif leg.stage is LegStage.END:
            words = Line("has no answer to pass on", Mark.BAD)
            if report.trace.outcome is Outcome.REFERRAL:
                words = Line("the zone's own servers are not asked", Mark.QUIET)
            yield numbered(Stage("resolver", (words,), words.mark, is_zone=False), leg)


def _kept(report: Report) -> str:
    """For how long the resolver caches the answer."""
    if not report.life:
        return "does not cache it"
    ended = report.trace.started.astimezone(UTC) + timedelta(seconds=report.trace.stats.duration)
    until = clock_text(ended, ended + timedelta(seconds=report.life))
    then = ": when traced" if report.replayed else ""
    return f"caches it for {ttl_text(report.life)}{then}, until {until}"


def _web_server(trace: Trace) -> Stage:
    visit = _visit(trace)
    name = plain(trace.question.name)
    if visit is None or trace.fetched is None:
        data = (r for rrset in trace.answer if rrset.rdtype == trace.question.rdtype for r in rrset)
        address = next((harmless(rdata_text(each)) for each in data), "")
        return Stage(f"web server {address}", (), arrow=f"browser requests {name}", is_zone=False)
    lines = () if visit.connected is None else (Line(f"connected in {time_text(visit.connected)}"),)
    url = harmless(trace.fetched.request.url)
    return Stage(f"web server {visit.address}", lines, arrow=f"browser requests {url}", is_zone=False)


def _page(trace: Trace) -> Stage:
    visit = _visit(trace)
    if visit is None:
        return Stage("browser", (Line("shows the page"),), is_zone=False)
    if visit.status is None:
        line = Line(f"no page: {harmless(visit.fault) or 'no reply'}", Mark.BAD)
        return Stage("browser", (line,), Mark.BAD, is_zone=False)
    mark = Mark.GOOD if visit.served else Mark.BAD
    status = f"{visit.status} {harmless(visit.reason)}".strip()
    return Stage("browser", (Line(status, mark),), mark, is_zone=False)


def _visit(trace: Trace) -> Visit | None:
    """The request that is shown: the first that brought a page, or the first of all."""
    visits = () if trace.fetched is None else trace.fetched.visits
    return next((each for each in visits if each.served), visits[0] if visits else None)

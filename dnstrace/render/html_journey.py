"""The journey as numbered cards, for the page: from the name that a user types to the page that is shown."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dnstrace.model.journey import Stage
from dnstrace.render.html_parts import steps_text
from dnstrace.render.story import Story

if TYPE_CHECKING:
    from dnstrace.model.journey import Leg
    from dnstrace.model.report import Report

_WHO = {
    Stage.USER: "user",
    Stage.RESOLVER: "resolver",
    Stage.CACHE: "resolver",
    Stage.REQUEST: "browser",
    Stage.PAGE: "browser",
}


def journey_cards(report: Report) -> str:
    """An ordered list with a card for each leg: its number, its title, what was seen, and its steps."""
    cards = (_card(report, *each) for each in Story(report).legs())
    return f'<ol class="journey">{"".join(cards)}</ol>'


def _card(report: Report, leg: Leg, title: str, text: str) -> str:
    who = _WHO.get(leg.stage, "servers")
    head = f'<h3><span class="number">{leg.number}</span> {escape(title)}</h3>'
    seen = f'<p class="quiet">Evidence: {steps_text(report.trace, leg.steps)}</p>' if leg.steps else ""
    return f'<li class="{who}">{head}<p>{escape(text)}</p>{seen}</li>'

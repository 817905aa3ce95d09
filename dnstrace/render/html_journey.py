"""The journey as numbered cards, for the page: from the name that a user types to the page that is shown."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dnstrace.model.journey import Stage
from dnstrace.render.html_parts import steps_text, unfolding
from dnstrace.render.story import Story
from dnstrace.render.text import count_text

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
_SHOWN = 12  # legs that are not folded: nine, and a longer way by a few zones


def journey_cards(report: Report) -> str:
    """An ordered list with a card for each leg: its number, its title, what was seen, and its steps."""
    cards = [_card(report, *each) for each in Story(report, report.replayed).legs()]
    shown, others = _list(cards[:_SHOWN]), cards[_SHOWN:]
    return shown + (unfolding(count_text(len(others), "more leg"), _list(others)) if others else "")


def _list(cards: list[str]) -> str:
    return f'<ol class="journey">{"".join(cards)}</ol>'


def _card(report: Report, leg: Leg, title: str, text: str) -> str:
    who = _WHO.get(leg.stage, "servers")
    head = f'<h3><span class="number">{leg.number}</span> {escape(title)}</h3>'
    seen = f"Evidence: {steps_text(report.trace, leg.steps, 1)}" if leg.steps else ""
    if who == "browser" and report.trace.fetched is None:
        who, seen = "", "Not tried in this trace: --http requests the page."
    below = f'<p class="quiet">{seen}</p>' if seen else ""
    return f'<li class="{who}">{head}<p>{escape(text)}</p>{below}</li>'

"""Every exchange of a trace as a table with bars, for the page; those answered alike share a row."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.analysis.paths import lead
from dnstrace.analysis.stats import critical_attempts
from dnstrace.model import ROOT, Kind, Probe, Transport
from dnstrace.render.html_parts import scrolled
from dnstrace.render.text import count_text, harmless, name_text, time_range, time_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model import Attempt, Step, Trace

_RIGHTLY_DECLINED = {Probe.EDNS_VERSION, Probe.RECURSION, Probe.TRANSFER}
_BARS, _BAR, _LEAST = 240, 10, 2  # pixels: the width of the time axis, the height and least width of a bar
_HEADS = ("Step", "Start", "Server", "Question", "Result", "Took", "When")
_KEY = {"critical": "on the critical path", "": "off the critical path", "failed": "no usable reply"}


class _Asked(NamedTuple):
    """An exchange of a step: its place there, and whether it is on the critical path."""

    step: Step
    place: int
    attempt: Attempt
    critical: bool

    @property
    def failed(self) -> bool:
        return _is_failed(self.step, self.attempt)


def exchanges(trace: Trace) -> str:
    """Every exchange with a bar, in order of its start, those alike in one row; empty if there are none."""
    critical = set(map(id, critical_attempts(trace.steps)))
    every = [
        _Asked(step, index, attempt, id(attempt) in critical)
        for step in trace.steps
        for index, attempt in enumerate(step.attempts)
    ]
    if not every:
        return ""
    every.sort(key=lambda each: each.attempt.exchange.start)
    ends = (each.attempt.exchange.start + each.attempt.exchange.elapsed for each in every)
    whole = max(trace.stats.duration, *ends, 1e-9)
    first = {each.step.id: each.attempt for each in reversed(every)}
    body = "".join(_row(alike, whole, first) for alike in _alike(every))
    heads = "".join(f'<th scope="col">{word}</th>' for word in _HEADS)
    count = count_text(len(every), "exchange")
    caption = f"{count} in {time_text(whole)}, those that were answered alike in one row"
    return _key() + scrolled("h-exchanges", caption, heads, body)


def _key() -> str:
    """What the colours of the bars mean, and the switch for the order, which needs the script."""
    signs = (
        '<svg class="key bars" viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="{style}" width="10" height="10"/></svg> {words}'
        for style, words in _KEY.items()
    )
    order = '<label id="order" hidden><input type="checkbox" id="by-server"> sort by server</label>'
    return f'<p class="quiet">{" · ".join(signs)}{order}</p>'


def _alike(every: Iterable[_Asked]) -> list[list[_Asked]]:
    """The exchanges, those together that asked the same for the same reason and got the same."""
    found: dict[object, list[_Asked]] = {}
    for each in every:
        query, meaning = each.attempt.exchange.query, each.attempt.meaning
        asked = (query.question, query.transport, query.edns is None, _purpose(each.step), each.step.zone)
        got = (lead(meaning), meaning.authoritative, meaning.note, each.failed, _again(each.step, each.place))
        found.setdefault((asked, got), []).append(each)
    return list(found.values())


def _purpose(step: Step) -> str:
    return step.purpose.value if step.probe is None else f"probe {step.probe.value}"


def _row(alike: list[_Asked], whole: float, first: dict[int, Attempt]) -> str:
    """One row. Links to a step lead to the row of its `first` exchange."""
    step, index, attempt, _ = alike[0]
    exchange = attempt.exchange
    begins = [each for each in alike if first[each.step.id] is each.attempt]
    anchors = {each.step.id: f' id="step-{each.step.id}"' for each in begins}
    steps = (
        f"<span{anchors.get(each, '')}>{each}</span>" for each in dict.fromkeys(e.step.id for e in alike)
    )
    purpose = f"{_purpose(step)} at {name_text(step.zone)}"
    critical = any(each.critical for each in alike)
    result = escape(attempt.meaning.kind.value.replace("-", " "))
    again = f'<br><span class="quiet">{words}</span>' if (words := _again(step, index)) else ""
    marked = ' <span class="quiet">critical</span>' if critical else ""
    took = [each.attempt.exchange.elapsed for each in alike]
    cells = [
        time_text(exchange.start),
        _servers_cell(alike),
        f'{escape(harmless(str(exchange.query.question)))}<br><span class="quiet">{escape(purpose)}</span>',
        f'<span class="{"bad" if alike[0].failed else ""}">{result}</span>{marked}{again}',
        time_range(min(took), max(took)),
        _bars(alike, whole),
    ]
    return (
        f'<tr><th scope="row">{", ".join(steps)}</th>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def _servers_cell(alike: list[_Asked]) -> str:
    """The server and its address; of several, how many there are, and each of them below that."""
    if len(alike) == 1:
        return "<br>".join(filter(None, _server_parts(alike[0].attempt)))
    addresses = {each.attempt.address for each in alike}
    servers = {each.attempt.server for each in alike}
    count = count_text(len(addresses), "address", "addresses")
    who = name_text(alike[0].attempt.server) if len(servers) == 1 else f"{len(servers):,} servers"
    asked = f", {len(alike):,} queries" if len(alike) > len(addresses) else ""
    items = "".join(f"<li>{_server_item(each)}</li>" for each in alike)
    return f"<details><summary>{count} of {escape(who)}{asked}</summary><ul>{items}</ul></details>"


def _server_item(each: _Asked) -> str:
    took = time_text(each.attempt.exchange.elapsed)
    parts = (
        " ".join(filter(None, _server_parts(each.attempt))),
        took,
        f"step {each.step.id}",
        "critical" * each.critical,
    )
    return " · ".join(filter(None, parts))


def _server_parts(attempt: Attempt) -> tuple[str, str]:
    query = attempt.exchange.query
    over = "" if query.transport is Transport.UDP else f" {query.transport.value.upper()}"
    name = "" if attempt.server == ROOT else escape(name_text(attempt.server))
    return name, f'<span class="quiet">{escape(query.address)}{over}</span>'


def _bars(alike: list[_Asked], whole: float) -> str:
    """When each exchange took place, on the time axis of the trace; what is critical lies on top."""
    drawn = "".join(_bar(each, whole) for each in sorted(alike, key=lambda each: each.critical))
    return (
        f'<svg class="bars" width="{_BARS}" height="{_BAR}" viewBox="0 0 {_BARS} {_BAR}" aria-hidden="true">'
        f'<line x1="0" x2="{_BARS}" y1="5" y2="5"/>{drawn}</svg>'
    )


def _bar(each: _Asked, whole: float) -> str:
    exchange = each.attempt.exchange
    style = "critical" if each.critical else "failed" if each.failed else ""
    left, width = exchange.start / whole * _BARS, max(exchange.elapsed / whole * _BARS, _LEAST)
    return f'<rect class="{style}" x="{left:.1f}" width="{width:.1f}" height="{_BAR}"/>'


def _is_failed(step: Step, attempt: Attempt) -> bool:
    """Whether no usable reply came. Some probes should be declined, so a refusal is usable there."""
    if attempt.exchange.message is None:
        return True
    declines = step.probe in _RIGHTLY_DECLINED
    return not (declines or attempt.meaning.usable or attempt.meaning.kind is Kind.TRUNCATED)


def _again(step: Step, index: int) -> str:
    """Remark on a repeated query to an address, and what differs from before; empty for the first."""
    query = step.attempts[index].exchange.query
    earlier = (attempt.exchange.query for attempt in step.attempts[:index])
    before = [each for each in earlier if each.address == query.address]
    tries = sum(each == query for each in before)
    dropped = query.edns is None and any(each.edns is not None for each in before)
    return f"try {tries + 1}" if tries else "again, without EDNS" if dropped else "again" if before else ""

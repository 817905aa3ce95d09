"""The servers of a zone side by side, by what the parent says, what the zone says, and what each answers.

Beneath it, how long what is cached lives on.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.model import Kind
from dnstrace.model.lives import Held
from dnstrace.render.layout import Columns
from dnstrace.render.text import clock_text, harmless, name_text, rdata_text, time_text, ttl_text
from dnstrace.render.wording import BAD, QUIET, STRONG, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dnstrace.model import Attempt
    from dnstrace.model.reconciliation import Addressed, Reconciled, ReconciledServer
    from dnstrace.model.report import Report

_NO, _UNKNOWN = "no", ""
_LONGEST = 72  # characters of an answer
_HEADS = ("parent", "zone", "serial", "RTT", "answer")
_WHAT = {
    Held.DELEGATION: "the parent's {type}",
    Held.GLUE: "glue",
    Held.DS: "{type}",
    Held.OWN_NS: "the zone's own {type}",
    Held.ANSWER: "{type}",
    Held.NEGATIVE: "that there is no {type}",
}


def tables(report: Report) -> list[Columns]:
    """A table for each zone whose servers were probed, and one of what may live in caches."""
    found = [_table(zone) for zone in report.reconciliation]
    return [*found, *([_lives(report)] if found and report.lives else [])]


def _table(zone: Reconciled) -> Columns:
    answers = Counter(
        said for server in zone.servers for each in server.addresses if (said := _said(each)[0])
    )
    usual = answers.most_common(1)[0][0] if answers else ""
    heads = [Text(f"{name_text(zone.zone)} by server", STRONG), *(Text(word, QUIET) for word in _HEADS)]
    return Columns(heads, [row for server in zone.servers for row in _rows(zone, server, usual)])


def _rows(zone: Reconciled, server: ReconciledServer, usual: str) -> Iterator[list[Text]]:
    """The row of a server, and below it one for each address of it."""
    named = [_is(server.parent, "NS"), _is(server.zone, "NS")]
    blank = [Text("")] * 3
    without = Text("no address is known", WARNING)
    yield [Text(f" {name_text(server.name)}"), *named, *blank[:2], blank[2] if server.addresses else without]
    for each in server.addresses:
        kind = "AAAA" if ":" in each.address else "A"
        yield [
            Text(f"  {each.address}"),
            _is(each.glue, "glue"),
            _is(each.own, kind),
            _serial(each, zone),
            Text(_rtt(each.attempt)),
            _answer(each, usual),
        ]


def _is(said: bool | None, word: str) -> Text:
    """What is said: `word`, or no; nothing where it is not known or not needed."""
    return Text(_UNKNOWN) if said is None else Text(word) if said else Text(_NO, WARNING)


def _serial(each: Addressed, zone: Reconciled) -> Text:
    if each.serial is None:
        return Text("")
    return Text(str(each.serial), "" if each.serial == zone.newest else WARNING)


def _rtt(attempt: Attempt | None) -> str:
    return "" if attempt is None or attempt.exchange.message is None else time_text(attempt.exchange.elapsed)


def _answer(each: Addressed, usual: str) -> Text:
    said, style = _said(each)
    text = Text(said, style or ("" if said == usual else WARNING))
    unsure = (
        each.attempt is not None and each.attempt.meaning.usable and not each.attempt.meaning.authoritative
    )
    return text.append(", no AA", WARNING) if unsure else text


def _said(each: Addressed) -> tuple[str, str]:
    """What an address answers to the question, short; and the style of it where that is no answer."""
    if each.attempt is None:
        return "not asked", QUIET
    meaning = each.attempt.meaning
    if not meaning.usable:
        return meaning.kind.value.replace("-", " "), BAD
    if not each.asked:
        return "not asked", QUIET
    if meaning.kind in (Kind.ANSWER, Kind.ALIAS):
        return _data(each.attempt), ""
    return meaning.kind.value.upper(), ""


def _data(attempt: Attempt) -> str:
    wanted = (r for r in attempt.meaning.answer if r.rdtype != dns.rdatatype.RRSIG)
    texts = sorted(harmless(rdata_text(rdata)) for rrset in wanted for rdata in rrset)
    shown = ", ".join(texts)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _lives(report: Report) -> Columns:
    """What a resolver that asked just now holds, and until when: after a change, for so long the old."""
    rows = []
    begun = report.trace.started.astimezone(UTC)
    for life in report.lives:
        what = _WHAT[life.what].format(type=dns.rdatatype.to_text(life.rdtype))
        until = clock_text(begun, life.until.astimezone(UTC))
        rows.append([Text(f"  {name_text(life.name)} {what}"), Text(ttl_text(life.ttl)), Text(until)])
    return Columns([Text("cached now, it lives", STRONG), Text("for", QUIET), Text("until", QUIET)], rows)

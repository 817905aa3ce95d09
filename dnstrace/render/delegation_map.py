"""The map of a trace: the zones that the walk came through, their servers, and what each of them did.

A walk is a chain, from the root down to the answer, and on from there where that is an alias; so the map is a
column of stages, with the look-ups that a zone's servers needed beside it. `pictures` draws it; nothing here
knows how. All text in it is harmless.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.paths import lead
from dnstrace.analysis.reached import is_bogus
from dnstrace.model import ROOT, Kind, Outcome, Purpose
from dnstrace.model.findings import Level
from dnstrace.model.security import Security
from dnstrace.render.layout import TIMES
from dnstrace.render.text import count_text, harmless, name_text, rdata_text, time_text, ttl_text

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Meaning, Name, Step, Trace
    from dnstrace.model.report import Report

_MOST = 4  # servers that are named one by one where they are alike
_SICK = 8  # servers that are named one by one where something is wrong with them
_LINES = 8  # records of an answer
_UNSAID = (Kind.NETWORK_UNREACHABLE, Kind.ABANDONED, Kind.TRUNCATED)
_WORSE = tuple(Level)


class Mark(StrEnum):
    """How something stands: its colour in a picture."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    QUIET = "quiet"


_ORDER = (Mark.GOOD, Mark.BAD, Mark.WARNING, Mark.PLAIN, Mark.QUIET)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text within a stage."""

    text: str
    mark: Mark = Mark.PLAIN


@dataclass(frozen=True, slots=True)
class Stage:
    """A box of the map: a zone with its servers, or what came of asking them.

    `arrow` is what is written at the arrow that leads here from the stage above; `beside` are the look-ups
    that were needed to ask it.
    """

    title: str
    lines: tuple[Line, ...]
    mark: Mark = Mark.PLAIN
    arrow: str = ""
    is_zone: bool = True
    beside: tuple[tuple[Line, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """The stages from the question down, and what is to be read above and below them."""

    title: str
    stages: tuple[Stage, ...]
    summary: str


def delegation_map(report: Report) -> Map:
    """The map of a trace, also of one that is under way or was interrupted."""
    trace = report.trace
    name, rdtype = name_text(trace.question.name), dns.rdatatype.to_text(trace.question.rdtype)
    stages = tuple(_stages(trace))
    return Map(f"{name} {rdtype}", stages, _summary(trace))


def _stages(trace: Trace) -> Iterator[Stage]:
    steps = [step for step in trace.steps if step.main]
    above: Step | None = None
    for run in _by_zone(steps):
        yield _zone(trace, run, above)
        last = run[-1]
        if (leaf := _leaf(trace, last)) is not None:
            yield leaf
        above = last if last.referral is not None else None


def _by_zone(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Steps that follow one another and ask the same zone, for one name, are one stage."""
    run: list[Step] = []
    for step in steps:
        if run and (step.zone != run[-1].zone or run[-1].outcome is Outcome.ALIAS or run[-1].referral):
            yield run
            run = []
        run.append(step)
    if run:
        yield run


# --- a zone -----------------------------------------------------------------------------------------


def _zone(trace: Trace, run: list[Step], above: Step | None) -> Stage:
    zone, worst = run[0].zone, _worst(trace, run[0].zone)
    lookups = [
        step for step in trace.steps if step.purpose is Purpose.NS_ADDRESS and step.parent in _ids(run)
    ]
    return Stage(
        title=name_text(zone) if zone != ROOT else ". (the root)",
        lines=(*_servers(run), *_found(trace, zone)),
        mark=worst or _trusted(trace, above),
        arrow=_delegated(above) if above is not None else "",
        beside=tuple(_looked_up(trace, lookups)),
    )


def _ids(steps: Iterable[Step]) -> set[int | None]:
    return {step.id for step in steps}


def _delegated(above: Step) -> str:
    """What the parent says of a zone: how many servers, for how long, signed or not."""
    cut = above.referral
    assert cut is not None
    glue = sum(bool(server.addresses) for server in cut.servers)
    told = f"{glue} with glue" if 0 < glue < len(cut.servers) else "glue" if glue else "no glue"
    ttl = "" if cut.ttl is None else f"TTL {ttl_text(cut.ttl)}"
    ds = "" if cut.ds is None else "DS"
    return ", ".join(filter(None, (f"NS {TIMES}{len(cut.servers)}", ttl, told, ds)))


def _servers(run: list[Step]) -> Iterator[Line]:
    """The servers of a zone, each as it stands; those alike are one line where they are many."""
    groups: dict[Line, list[str]] = defaultdict(list)
    for server in run[-1].servers:
        attempts = [a for step in run for a in step.attempts if a.server == server.name]
        groups[_state(run, attempts)].append(name_text(server.name))
    for state, names in sorted(groups.items(), key=lambda pair: _ORDER.index(pair[0].mark)):
        most = _SICK if state.mark in (Mark.BAD, Mark.WARNING) else _MOST
        quiet = state.mark in (Mark.QUIET, Mark.PLAIN)
        shown = names if len(names) <= most else names[: 0 if quiet else most]
        yield from (Line(f"{name} {state.text}", state.mark) for name in shown)
        if rest := len(names) - len(shown):
            yield Line(f"{rest} {'other' if quiet else 'more'} servers {state.text}", state.mark)


def _state(run: list[Step], attempts: list[Attempt]) -> Line:
    """How a server stands, from all that was asked of it."""
    if not attempts:
        return Line("not asked", Mark.QUIET)
    chosen = {id(step.attempts[step.chosen]) for step in run if step.chosen is not None}
    used = [attempt for attempt in attempts if id(attempt) in chosen]
    if used:
        return Line(f"{used[-1].exchange.query.address}, {time_text(used[-1].exchange.elapsed)}", Mark.GOOD)
    told = [attempt for attempt in attempts if attempt.meaning.kind not in _UNSAID]
    if not told:
        return Line("slower" if attempts[-1].meaning.kind is Kind.ABANDONED else "not reached", Mark.QUIET)
    sick = [attempt for attempt in told if not attempt.meaning.usable]
    if sick:
        return Line(sick[-1].meaning.kind.value.replace("-", " "), Mark.BAD)
    if _alike(run, told):
        return Line("answered alike")
    return Line("answered otherwise", Mark.WARNING)


def _alike(run: list[Step], told: list[Attempt]) -> bool:
    """Whether what a server said is what the walk went by."""
    gone_by = {step.question: lead(step.meaning) for step in run if step.meaning is not None}
    leads = ((attempt.exchange.query.question, lead(attempt.meaning)) for attempt in told)
    return all(gone_by.get(question, found) == found for question, found in leads)


def _looked_up(trace: Trace, lookups: list[Step]) -> Iterator[tuple[Line, ...]]:
    """The servers whose address had to be looked up."""
    for name in dict.fromkeys(step.question.name for step in lookups):
        found = [
            harmless(rdata_text(rdata))
            for step in trace.steps
            if step.purpose is Purpose.NS_ADDRESS and step.question.name == name and step.meaning is not None
            for rrset in step.meaning.answer
            if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
            for rdata in rrset
        ]
        addresses = [Line(text) for text in dict.fromkeys(found)] or [Line("no address found", Mark.WARNING)]
        yield (Line(f"{name_text(name)} looked up", Mark.QUIET), *addresses[:_MOST])


def _found(trace: Trace, zone: Name) -> Iterator[Line]:
    """The findings on a zone, by code."""
    codes = {
        finding.code: Mark.BAD if finding.is_error else Mark.WARNING
        for finding in trace.findings or ()
        if finding.zone == zone and finding.level is not Level.NOTICE
    }
    yield from (Line(f"{mark.value.replace('bad', 'error')}: {code}", mark) for code, mark in codes.items())


def _worst(trace: Trace, zone: Name) -> Mark | None:
    levels = [finding.level for finding in trace.findings or () if finding.zone == zone]
    worst = min(levels, key=_WORSE.index, default=Level.NOTICE)
    return {Level.ERROR: Mark.BAD, Level.WARNING: Mark.WARNING}.get(worst)


def _trusted(trace: Trace, above: Step | None) -> Mark:
    """Whether the delegation to a zone is secure."""
    judged = None if trace.judgement is None or above is None else trace.judgement.steps.get(above.id)
    if judged is None:
        return Mark.PLAIN
    return {Security.SECURE: Mark.GOOD, Security.BOGUS: Mark.BAD}.get(judged.security, Mark.PLAIN)


# --- what came of it --------------------------------------------------------------------------------


def _leaf(trace: Trace, step: Step) -> Stage | None:
    """What a zone's servers said at last, unless that is where to go on."""
    meaning = step.meaning
    if step.outcome is None or step.referral is not None:
        return None
    name = name_text(step.question.name)
    if meaning is None or step.outcome is Outcome.FAILED:
        note = harmless(trace.error or step.note) or "no usable answer"
        return Stage("no answer", (Line(note, Mark.BAD),), Mark.BAD, is_zone=False)
    if step.outcome is Outcome.ALIAS and meaning.target is not None:
        return Stage(f"{name} is an alias", (Line(f"of {name_text(meaning.target)}"),), is_zone=False)
    if step.outcome is Outcome.NXDOMAIN:
        return Stage(f"{name_text(meaning.target or step.question.name)}", (Line("NXDOMAIN, no such name"),),
                     Mark.WARNING, is_zone=False)  # fmt: skip
    if step.outcome is Outcome.NODATA:
        rdtype = dns.rdatatype.to_text(step.question.rdtype)
        return Stage(name, (Line(f"NODATA, no {rdtype} records"),), Mark.WARNING, is_zone=False)
    mark = Mark.BAD if is_bogus(trace) else Mark.GOOD
    return Stage(name, tuple(_records(meaning)), mark, is_zone=False)


def _records(meaning: Meaning) -> Iterator[Line]:
    records = [
        f"{ttl_text(rrset.ttl)} {dns.rdatatype.to_text(rrset.rdtype)} {harmless(rdata_text(rdata))}"
        for rrset in meaning.answer
        if rrset.rdtype != dns.rdatatype.RRSIG
        for rdata in rrset
    ]
    yield from (Line(_bounded(text)) for text in records[:_LINES])
    if len(records) > _LINES:
        yield Line(f"{len(records) - _LINES} more", Mark.QUIET)


def _bounded(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _summary(trace: Trace) -> str:
    stats = trace.stats
    security = "" if trace.judgement is None else trace.judgement.security.value
    cost = f"{count_text(stats.queries, 'query', 'queries')}, {time_text(stats.duration)}"
    outcome = "under way" if trace.outcome is None else trace.outcome.value
    return ", ".join(filter(None, (outcome, security, cost)))

"""The map of a trace: the zones that the walk passed through, their servers, and what each of them did.

A walk is a chain from the root down to the answer, and onwards from there if the answer is an alias. So the
map is a column of stages, each with the look-ups of its servers at the side. `pictures` draws it. All text in
the map is escaped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.paths import lead
from dnstrace.analysis.reached import ended_unasked, is_bogus, not_asked
from dnstrace.model import ROOT, Kind, Outcome, Purpose
from dnstrace.model.findings import Level
from dnstrace.model.journey import Stage as LegStage
from dnstrace.model.naming import plain
from dnstrace.model.security import Security
from dnstrace.model.structs import replace
from dnstrace.render.endings import glue_given
from dnstrace.render.layout import TIMES
from dnstrace.render.map_stages import (
    WALKED,
    Line,
    Map,
    Mark,
    Stage,
    asking_stages,
    ending_stages,
    numbered,
)
from dnstrace.render.negative import negative_words
from dnstrace.render.text import count_text, harmless, name_text, rdata_text, time_text, ttl_text

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Meaning, Name, NameServer, Step, Trace
    from dnstrace.model.report import Report

_MOST = 4  # servers in the same state that are named one by one
_SICK = 8  # servers with a problem that are named one by one
_LINES = 8  # records of an answer
_FIRST, _ANSWERS = "asks", "is answered"
_INCONCLUSIVE = (Kind.NETWORK_UNREACHABLE, Kind.ABANDONED, Kind.TRUNCATED)
_WORSE = tuple(Level)


_ORDER = (Mark.GOOD, Mark.BAD, Mark.WARNING, Mark.PLAIN, Mark.QUIET)


def delegation_map(report: Report) -> Map:
    """The map of a trace, which may be in progress or interrupted."""
    trace = report.trace
    name, rdtype = name_text(trace.question.name), dns.rdatatype.to_text(trace.question.rdtype)
    stages = (*asking_stages(report), *_stages(report), *ending_stages(report))
    return Map(f"{name} {rdtype}", stages, _summary(trace))


def _stages(report: Report) -> Iterator[Stage]:
    """The zones and the results. Their arrows are the legs of the journey, in the same order."""
    trace, legs = report.trace, (leg for leg in report.journey if leg.stage in WALKED)
    steps = [step for step in trace.steps if step.main]
    above: Step | None = None
    for run in _runs_by_zone(steps):
        last, leg = run[-1], next(legs, None)
        stage = _zone_stage(trace, run, above)
        if leg is not None and not stage.arrow:
            stage = replace(stage, arrow=_FIRST)
        yield numbered(stage, leg)
        leg = next(legs, None) if leg is not None and leg.stage is LegStage.SERVER else None
        if (leaf := _result_stage(trace, last)) is not None:
            arrow = "" if last.outcome is Outcome.FAILED else _ANSWERS
            yield numbered(replace(leaf, step=last.id, arrow=arrow), leg)
        above = last if last.referral is not None else None


def _runs_by_zone(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Consecutive steps that ask the same zone about one name, which form one stage."""
    run: list[Step] = []
    for step in steps:
        if run and (step.zone != run[-1].zone or run[-1].outcome is Outcome.ALIAS or run[-1].referral):
            yield run
            run = []
        run.append(step)
    if run:
        yield run


# --- a zone -----------------------------------------------------------------------------------------


def _zone_stage(trace: Trace, run: list[Step], above: Step | None) -> Stage:
    zone, worst = run[0].zone, _worst(trace, run[0].zone)
    lookups = [
        step for step in trace.steps if step.purpose is Purpose.NS_ADDRESS and step.parent in _ids(run)
    ]
    return Stage(
        title="starting server" if run[0].given else name_text(zone) if zone != ROOT else ". (the root)",
        lines=(*_server_lines(trace, run), *_finding_lines(trace, zone)),
        mark=worst or _trusted(trace, above),
        arrow=_arrow_text(above, run[0]) if above is not None else "",
        beside=tuple(_lookup_boxes(trace, run, lookups)),
        step=run[0].id,
    )


def _ids(steps: Iterable[Step]) -> set[int | None]:
    return {step.id for step in steps}


def _arrow_text(above: Step, below: Step) -> str:
    """That servers of a zone are asked, and what its parent publishes of it: their number, TTL, glue, DS."""
    cut = above.referral
    assert cut is not None
    glue = sum(bool(server.addresses) for server in cut.servers)
    has_glue = f"{glue} with glue" if 0 < glue < len(cut.servers) else "glue" if glue else "no glue"
    ttl = "" if cut.ttl is None else f"TTL {ttl_text(cut.ttl)}"
    ds = "" if cut.ds is None else "DS"
    how = "asks all" if below.all_servers else "asks one" if len(cut.servers) > 1 else "asks"
    return ", ".join(filter(None, (f"{how}: NS {TIMES}{len(cut.servers)}", ttl, has_glue, ds)))


def _server_lines(trace: Trace, run: list[Step]) -> Iterator[Line]:
    """The servers of a zone with their states; many servers in the same state are one line."""
    groups: dict[Line, list[str]] = defaultdict(list)
    for server in run[-1].servers:
        attempts = [a for step in run for a in step.attempts if a.server == server.name]
        state = _unasked_line(trace, server, attempts) or _server_line(run, attempts)
        name = f"{name_text(server.name)} "
        if server.name == ROOT and server.addresses:  # given by its address, which the state has if used
            name = "" if state.mark is Mark.GOOD else f"{server.addresses[0].text} "
        groups[state].append(name)
    for state, names in sorted(groups.items(), key=lambda pair: _ORDER.index(pair[0].mark)):
        most = _SICK if state.mark in (Mark.BAD, Mark.WARNING) else _MOST
        quiet = state.mark in (Mark.QUIET, Mark.PLAIN)
        shown = names if len(names) <= most else names[: 0 if quiet else most]
        yield from (Line(f"{name}{state.text}", state.mark) for name in shown)
        if rest := len(names) - len(shown):
            kind = "other server" if quiet else "more server"
            yield Line(f"{count_text(rest, kind)}: {state.text}", state.mark)


def _unasked_line(trace: Trace, server: NameServer, attempts: list[Attempt]) -> Line | None:
    """The state of a server that has addresses only of a family that was not asked."""
    tried = any(attempt.meaning.kind is not Kind.NETWORK_UNREACHABLE for attempt in attempts)
    why = "" if tried else not_asked(trace, server.addresses)
    return Line(why, Mark.QUIET) if why else None


def _server_line(run: list[Step], attempts: list[Attempt]) -> Line:
    """The state of a server, from the last reply of each address to each question."""
    if not attempts:
        return Line("not asked", Mark.QUIET)
    chosen = {id(step.attempts[step.chosen]) for step in run if step.chosen is not None}
    used = [attempt for attempt in attempts if id(attempt) in chosen]
    if used:
        return Line(f"{used[-1].address}, {time_text(used[-1].exchange.elapsed)}", Mark.GOOD)
    last = {(a.exchange.query.question, a.address): a for a in attempts}
    conclusive = [attempt for attempt in last.values() if attempt.meaning.kind not in _INCONCLUSIVE]
    if not conclusive:
        return Line("slower" if attempts[-1].meaning.kind is Kind.ABANDONED else "not reached", Mark.QUIET)
    sick = [attempt for attempt in conclusive if not attempt.meaning.usable]
    if sick:
        return Line(sick[-1].meaning.kind.value.replace("-", " "), Mark.BAD)
    if _agrees(run, conclusive):
        return Line("same answer")
    return Line("different answer", Mark.WARNING)


def _agrees(run: list[Step], attempts: list[Attempt]) -> bool:
    """Whether the answers of a server are those that the walk used."""
    used = {step.question: lead(step.meaning) for step in run if step.meaning is not None}
    leads = ((attempt.exchange.query.question, lead(attempt.meaning)) for attempt in attempts)
    return all(used.get(question, found) == found for question, found in leads)


def _lookup_boxes(trace: Trace, run: list[Step], lookups: list[Step]) -> Iterator[tuple[Line, ...]]:
    """The servers whose addresses were looked up, each with the addresses found, or those asked all the same.

    A look-up that fails may pass a referral with the address on its way.
    """
    for name in dict.fromkeys(step.question.name for step in lookups):
        found = [
            harmless(rdata_text(rdata))
            for step in trace.steps
            if step.purpose is Purpose.NS_ADDRESS and step.question.name == name and step.meaning is not None
            for rrset in step.meaning.answer
            if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
            for rdata in rrset
        ]
        found += [
            text for step in trace.steps if step.question.name == name for text in glue_given(step, trace)
        ]
        found += [a.address for step in run for a in step.attempts if a.server == name]
        asked = [step for step in lookups if step.question.name == name]
        unasked = ended_unasked(trace, _below(trace, asked))
        nothing = Line(unasked, Mark.QUIET) if unasked else Line("no address found", Mark.WARNING)
        addresses = [Line(text) for text in dict.fromkeys(found)] or [nothing]
        yield (Line(f"{name_text(name)} looked up", Mark.QUIET), *addresses[:_MOST])


def _below(trace: Trace, starts: list[Step]) -> list[Step]:
    """Some steps, and all that they needed."""
    ids = {step.id for step in starts}
    for step in trace.steps:
        if step.parent in ids:
            ids.add(step.id)
    return [step for step in trace.steps if step.id in ids]


def _finding_lines(trace: Trace, zone: Name) -> Iterator[Line]:
    """The findings about a zone, by code."""
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


# --- the result -------------------------------------------------------------------------------------


def _result_stage(trace: Trace, step: Step) -> Stage | None:
    """The final answer of a zone's servers, unless it is a referral."""
    meaning = step.meaning
    if step.outcome is None or step.referral is not None:
        return None
    name = name_text(step.question.name)
    if meaning is None or step.outcome is Outcome.FAILED:
        note = harmless(trace.error or step.note) or "no usable answer"
        return Stage("no answer", (Line(note, Mark.BAD),), Mark.BAD, is_zone=False)
    if step.outcome is Outcome.ALIAS and meaning.target is not None:
        return Stage(
            f"{plain(step.question.name)} is an alias", (Line(f"of {plain(meaning.target)}"),), is_zone=False
        )
    if step.outcome is Outcome.NXDOMAIN:
        name = name_text(meaning.target or step.question.name)
    if step.outcome in (Outcome.NXDOMAIN, Outcome.NODATA):
        return Stage(name, (Line(negative_words(step)),), Mark.WARNING, is_zone=False)
    mark = Mark.BAD if is_bogus(trace) else Mark.GOOD
    return Stage(name, tuple(_record_lines(meaning)), mark, is_zone=False)


def _record_lines(meaning: Meaning) -> Iterator[Line]:
    records = [
        f"{ttl_text(rrset.ttl)} {dns.rdatatype.to_text(rrset.rdtype)} {harmless(rdata_text(rdata))}"
        for rrset in meaning.answer
        if rrset.rdtype != dns.rdatatype.RRSIG
        for rdata in rrset
    ]
    yield from (Line(_bounded(text)) for text in records[:_LINES])
    if len(records) > _LINES:
        yield Line(f"{len(records) - _LINES:,} more", Mark.QUIET)


def _bounded(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _summary(trace: Trace) -> str:
    stats = trace.stats
    security = "" if trace.judgement is None else trace.judgement.security.value
    cost = f"{count_text(stats.queries, 'query', 'queries')}, {time_text(stats.duration)}"
    outcome = "in progress" if trace.outcome is None else trace.outcome.value
    return ", ".join(filter(None, (outcome, security, cost)))

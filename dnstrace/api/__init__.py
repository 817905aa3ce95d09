"""The library: `trace` and `trace_async` make a Trace, `report` judges it.

The first two raise ValueError for a wrong name, type or setting; what the network does is in the Trace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import closing
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import dns.rdatatype

from dnstrace.analysis.reached import went_wrong
from dnstrace.api.prepared import prepared, resolvers_of, supposed_of
from dnstrace.api.running import Knowledge, Run, as_question, begun, with_findings
from dnstrace.clock import import_meanwhile, run_real
from dnstrace.model import Delegation, Name, Question, Settings, Trace
from dnstrace.model.allowed import check_kind
from dnstrace.model.limits import Limits
from dnstrace.model.structs import replace
from dnstrace.model.tracing import Tracing
from dnstrace.port import Network

if TYPE_CHECKING:
    from os import PathLike

    from dnstrace.checks.readings.unchanged import Unchanged
    from dnstrace.lab.world import World
    from dnstrace.model.anchors import Anchors
    from dnstrace.model.asked import Resolver
    from dnstrace.model.compared import Compared
    from dnstrace.model.findings import Explanation, Finding, Verdict
    from dnstrace.model.paths import Share
    from dnstrace.model.report import Report

__all__ = ["Knowledge", "as_question", "explanations", "report", "trace", "trace_async"]


async def trace_async(
    name: str | Name,
    rdtype: str | dns.rdatatype.RdataType | None = None,
    *,
    check: bool = False,
    dnssec: bool | None = None,
    lab: str | PathLike[str] | World | None = None,
    settings: Settings = Settings(),
    limits: Limits | None = None,
    roots: Delegation | None = None,
    server: str | Name | None = None,
    anchors: Anchors | None = None,
    at: float | None = None,
    parent_only: bool = False,
    supposed: Sequence[Delegation] = (),
    resolvers: Sequence[Resolver | str] = (),
    seed: int | None = None,
    now: datetime | None = None,
    tracing: Tracing | None = None,
    network: Network | None = None,
    on_change: Callable[[Trace], None] | None = None,
    knowledge: Knowledge | None = None,
) -> Trace:
    """Trace `name` from the root servers down; without `rdtype`, its A records.

    A name is text as on the command line (a URL stands for its host, an address for its reverse name, whose
    PTR records are asked for; Unicode is read by IDNA 2008), or a dnspython name, which is taken as absolute.

    With `check`, the findings are in the Trace; `dnssec` validates with the anchors of the package if none
    are given, and is implied by `check` unless it is False. `lab` traces in a world of the lab, by its name,
    its file or as a value of `dnstrace.testing.world`: no network is asked, and no time passes. `resolvers`
    are texts too, such as "192.0.2.53", "tls://192.0.2.53#dns.example" or "quad9".

    `settings` to `now` are the fields of Tracing (`dnstrace.model.tracing`), which describes them; `tracing`
    is a whole Tracing in their place. `network` carries the queries, by default over live sockets.
    `on_change` is called with a snapshot whenever a step changes; the last snapshot is what was found when
    the caller cancels the trace. `knowledge` is what the trace begins with, by default nothing.

    With `anchors` the Judgement is in the Trace. The replies of resolvers are recorded in steps of their own,
    which `dnstrace.analysis.resolvers.compared` reads.
    """
    asked = resolvers_of(resolvers)
    given = Tracing(
        settings, limits, roots, server, anchors, at, parent_only, supposed_of(supposed), asked, seed, now
    )
    question, whole = as_question(name, rdtype), _whole_or_fields(tracing, given)
    how = prepared(whole, network, check=check, dnssec=dnssec, lab=lab)

    def tracing_it() -> Coroutine[Any, Any, Trace]:
        return traced(question, how.tracing, how.network, on_change, knowledge)

    if how.lab is None:
        return await tracing_it()
    from dnstrace.api.in_lab import on_its_clock

    return await on_its_clock(how.lab, tracing_it)


def trace(
    name: str | Name,
    rdtype: str | dns.rdatatype.RdataType | None = None,
    *,
    check: bool = False,
    dnssec: bool | None = None,
    lab: str | PathLike[str] | World | None = None,
    settings: Settings = Settings(),
    limits: Limits | None = None,
    roots: Delegation | None = None,
    server: str | Name | None = None,
    anchors: Anchors | None = None,
    at: float | None = None,
    parent_only: bool = False,
    supposed: Sequence[Delegation] = (),
    resolvers: Sequence[Resolver | str] = (),
    seed: int | None = None,
    now: datetime | None = None,
    tracing: Tracing | None = None,
    network: Network | None = None,
    on_change: Callable[[Trace], None] | None = None,
    knowledge: Knowledge | None = None,
) -> Trace:
    """Trace `name` from the root servers down, in a program without an event loop; by default its A records.

    The arguments are those of `trace_async`: `help(dnstrace.trace_async)` says what each does. Raises
    ValueError for a wrong one; what the network does is in the Trace, and never raises. A network with a
    clock of its own, as the lab's, is run on that clock.
    """
    asked = resolvers_of(resolvers)
    given = Tracing(
        settings, limits, roots, server, anchors, at, parent_only, supposed_of(supposed), asked, seed, now
    )
    question, whole = as_question(name, rdtype), _whole_or_fields(tracing, given)
    how = prepared(whole, network, check=check, dnssec=dnssec, lab=lab)
    run: Callable[[Coroutine[Any, Any, Trace]], Trace] = getattr(how.network, "run", run_real)
    return run(traced(question, how.tracing, how.network, on_change, knowledge))


def _whole_or_fields(whole: Tracing | None, fields: Tracing) -> Tracing:
    """The Tracing that was given whole, or the one of its fields."""
    if whole is None:
        return fields
    if fields != Tracing():
        raise ValueError("give either `tracing` or its fields, not both")
    return whole


async def traced(
    question: Question,
    tracing: Tracing,
    network: Network | None,
    on_change: Callable[[Trace], None] | None = None,
    knowledge: Knowledge | None = None,
) -> Trace:
    """The trace of one question, within its deadline, with what the rules find in it and what fixes that.

    `trace_async` without what it does to read its arguments, for those who make many traces alike.
    """
    run = begun(question, tracing, network, on_change, knowledge)
    if tracing.settings.probe:
        import_meanwhile("dnstrace.checks")
    trace = await run.ended()
    if not tracing.settings.probe:
        return trace
    try:
        trace = await _checked(run, trace, None if knowledge is None else knowledge.unchanged)
    except asyncio.CancelledError:  # findings whose fix is not rehearsed are not shown
        run.context.journal.show(trace)
        raise
    return replace(trace, stats=replace(trace.stats, duration=run.context.journal.elapsed))


async def _checked(run: Run, trace: Trace, unchanged: Unchanged | None) -> Trace:
    """The trace with what the rules find in it, and whether what they recommend helps."""
    trace = await with_findings(trace, run.until_rules, unchanged)
    if any(finding.cure for finding in trace.findings or ()):
        from dnstrace.api.rehearsing import rehearsed

        trace = await rehearsed(run, trace)
    return trace


def report(trace: Trace) -> Report:
    """Judge a trace: everything that outputs show beyond what was recorded. Without an end, no verdict."""
    life, lives, journey, made = _readings()
    check_kind("trace", trace, Trace, "a Trace")
    judged = made(
        trace,
        verdict=_verdict_on(trace) if went_wrong(trace) else None,
        lives=lives(trace),
        life=life(trace),
        resolvers=_resolvers_of(trace) if any(step.asks_resolver for step in trace.steps) else (),
        shares=_shares_of(trace) if any(step.all_servers for step in trace.steps) else (),
        journey=journey(trace),
    )
    return judged if trace.findings is None else _with_rules(judged, trace.findings)


@cache
def _readings() -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any], type[Report]]:
    """What reads every trace that is judged, imported with the first one and looked up once."""
    from dnstrace.analysis.caching import life, lives
    from dnstrace.analysis.journey import journey
    from dnstrace.model.report import Report

    return life, lives, journey, Report


def explanations(codes: Iterable[str]) -> dict[str, Explanation]:
    """What the rules with these codes look for; codes that no rule has are left out."""
    from dnstrace.checks import CATALOGUE
    from dnstrace.model.findings import Explanation

    rules = {code: CATALOGUE[code] for code in dict.fromkeys(codes) if code in CATALOGUE}
    return {code: Explanation(rule.title, rule.sections) for code, rule in rules.items()}


def _verdict_on(trace: Trace) -> Verdict | None:
    from dnstrace.checks.conclusions.verdict import verdict

    return verdict(trace)


def _resolvers_of(trace: Trace) -> tuple[Compared, ...]:
    from dnstrace.analysis.resolvers import compared

    return compared(trace)


def _shares_of(trace: Trace) -> tuple[Share, ...]:
    from dnstrace.analysis.paths import shares

    return shares(trace.steps)


def _with_rules(judged: Report, findings: Iterable[Finding]) -> Report:
    """The report of a trace to which the rules were applied."""
    from dnstrace.checks import applied
    from dnstrace.checks.conclusions.reconciliation import reconciled
    from dnstrace.checks.conclusions.reservations import reservation
    from dnstrace.checks.readings.evidence import Evidence

    every = (*findings, *(each.finding for each in judged.trace.accepted))
    with closing(Evidence(judged.trace)) as evidence:
        return replace(
            judged,
            rules=len(applied(judged.trace)) - len(judged.trace.unapplied),
            reservation="" if every else reservation(evidence),
            explanations=explanations(finding.code for finding in every),
            reconciliation=reconciled(evidence),
        )

"""The library: `trace` and `trace_async` make a Trace, `report` judges it.

The first two raise ValueError for a wrong name, type or setting; what the network does is in the Trace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any, NamedTuple

import dns.name
import dns.rdatatype

from dnstrace.analysis.reached import went_wrong
from dnstrace.clock import run_real
from dnstrace.message.supposed import Supposed
from dnstrace.model import Delegation, Name, Question, Settings, Trace
from dnstrace.model.limits import Limits
from dnstrace.model.tracing import Tracing
from dnstrace.port import Network
from dnstrace.walk.budget import Budget
from dnstrace.walk.context import TraceContext
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.journal import Journal
from dnstrace.walk.remembered import Remembered
from dnstrace.walk.roots import given_server, root_hints
from dnstrace.walk.under_way import TraceUnderWay

if TYPE_CHECKING:
    from dnstrace.model.anchors import Anchors
    from dnstrace.model.asked import Resolver
    from dnstrace.model.compared import Compared
    from dnstrace.model.findings import Finding, Verdict
    from dnstrace.model.paths import Share
    from dnstrace.model.report import Report
    from dnstrace.walk.consulting import Consultation

_SEEDS = 2**32


class Knowledge(NamedTuple):
    """What a trace knows when it begins, and shares with other traces (`dnstrace.bulk`)."""

    cuts: Cuts
    health: Health


async def trace_async(
    name: str | Name,
    rdtype: str | dns.rdatatype.RdataType = "A",
    *,
    settings: Settings = Settings(),
    limits: Limits | None = None,
    roots: Delegation | None = None,
    server: str | Name | None = None,
    anchors: Anchors | None = None,
    at: float | None = None,
    parent_only: bool = False,
    supposed: Sequence[Delegation] = (),
    resolvers: Sequence[Resolver] = (),
    seed: int | None = None,
    now: datetime | None = None,
    tracing: Tracing | None = None,
    network: Network | None = None,
    on_change: Callable[[Trace], None] | None = None,
    knowledge: Knowledge | None = None,
) -> Trace:
    """Trace `name` and `rdtype` from the root servers down.

    `settings` to `now` are the fields of Tracing (`dnstrace.model.tracing`), which describes them; `tracing`
    is a whole Tracing in their place. `network` carries the queries, by default over live sockets.
    `on_change` is called with a snapshot whenever a step changes; the last snapshot is what was found when
    the caller cancels the trace. `knowledge` is what the trace begins with, by default nothing.

    With `anchors` the Judgement is in the Trace. The replies of resolvers are recorded in steps of their own,
    which `dnstrace.analysis.resolvers.compared` reads.
    """
    given = Tracing(
        settings,
        limits,
        roots,
        server,
        anchors,
        at,
        parent_only,
        tuple(supposed),
        tuple(resolvers),
        seed,
        now,
    )
    return await _traced(
        as_question(name, rdtype), _whole_or_fields(tracing, given), network, on_change, knowledge
    )


def trace(
    name: str | Name,
    rdtype: str | dns.rdatatype.RdataType = "A",
    *,
    settings: Settings = Settings(),
    limits: Limits | None = None,
    roots: Delegation | None = None,
    server: str | Name | None = None,
    anchors: Anchors | None = None,
    at: float | None = None,
    parent_only: bool = False,
    supposed: Sequence[Delegation] = (),
    resolvers: Sequence[Resolver] = (),
    seed: int | None = None,
    now: datetime | None = None,
    tracing: Tracing | None = None,
    network: Network | None = None,
    on_change: Callable[[Trace], None] | None = None,
    knowledge: Knowledge | None = None,
) -> Trace:
    """`trace_async` for programs without an event loop: the same arguments, the same Trace.

    A network with a clock of its own, as the lab's, is run on that clock.
    """
    given = Tracing(
        settings,
        limits,
        roots,
        server,
        anchors,
        at,
        parent_only,
        tuple(supposed),
        tuple(resolvers),
        seed,
        now,
    )
    question, chosen = as_question(name, rdtype), _whole_or_fields(tracing, given)
    run: Callable[[Coroutine[Any, Any, Trace]], Trace] = getattr(network, "run", run_real)
    return run(_traced(question, chosen, network, on_change, knowledge))


def _whole_or_fields(whole: Tracing | None, fields: Tracing) -> Tracing:
    """The Tracing that was given whole, or the one of its fields."""
    if whole is None:
        return fields
    if fields != Tracing():
        raise ValueError("give either `tracing` or its fields, not both")
    return whole


async def _traced(
    question: Question,
    tracing: Tracing,
    network: Network | None,
    on_change: Callable[[Trace], None] | None,
    knowledge: Knowledge | None,
) -> Trace:
    """The trace of one question, within its deadline."""
    settings, limits = tracing.settings, tracing.bounds
    seed = SystemRandom().randrange(_SEEDS) if tracing.seed is None else tracing.seed
    given, wanted = _start_given(tracing.server)
    start = given or tracing.roots or root_hints()
    clock = asyncio.get_running_loop().time
    health = Health(settings.families) if knowledge is None else knowledge.health
    now = tracing.now or datetime.now(UTC)
    journal = Journal(question, now, seed, clock, on_change, tracing.supposed, health.unasked)
    network = network or _live(settings)
    context = TraceContext(
        _paced(network) if settings.all_servers else network,
        settings,
        Budget(limits),
        journal,
        Cuts(start) if knowledge is None else knowledge.cuts,
        health,
        Random(seed),
        Remembered(),
        Supposed(tracing.supposed),
    )
    for known in (each for cut in tracing.supposed for each in cut.servers if each.addresses):
        context.cuts.add_addresses(known.name, known.addresses)
    until = clock() + limits.deadline
    consultation = _consultation(context, question, tracing.resolvers) if tracing.resolvers else None
    under_way = TraceUnderWay(context, question, tracing)
    try:
        async with asyncio.timeout(limits.deadline):
            await under_way.go(start, wanted)
    except TimeoutError:
        under_way.judge_so_far()
    finally:
        await under_way.close()
        if consultation is not None:
            await consultation.close(until)
    trace = under_way.found.concluding(journal.snapshot())
    trace = replace(trace, judgement=under_way.judgement, unjudged=under_way.unjudged)
    if not settings.probe:
        return trace
    trace = _with_findings(trace)
    return replace(trace, stats=replace(trace.stats, duration=journal.elapsed))


def _consultation(context: TraceContext, question: Question, resolvers: Sequence[Resolver]) -> Consultation:
    from dnstrace.walk.consulting import Consultation

    return Consultation(context.network, context.settings, context.journal, question, resolvers)


def _with_findings(trace: Trace) -> Trace:
    """The trace with what the rules find wrong in it."""
    from dnstrace.checks import findings

    return replace(trace, findings=findings(trace))


def report(trace: Trace) -> Report:
    """Judge a trace: everything that outputs show beyond what was recorded. Without an end, no verdict."""
    from dnstrace.analysis.caching import life, lives
    from dnstrace.model.report import Report

    judged = Report(
        trace,
        verdict=_verdict_on(trace) if went_wrong(trace) else None,
        lives=lives(trace),
        life=life(trace),
        resolvers=_resolvers_of(trace) if any(step.asks_resolver for step in trace.steps) else (),
        shares=_shares_of(trace) if any(step.all_servers for step in trace.steps) else (),
    )
    return judged if trace.findings is None else _with_rules(judged, trace.findings)


def _verdict_on(trace: Trace) -> Verdict | None:
    from dnstrace.checks.verdict import verdict

    return verdict(trace)


def _resolvers_of(trace: Trace) -> tuple[Compared, ...]:
    from dnstrace.analysis.resolvers import compared

    return compared(trace)


def _shares_of(trace: Trace) -> tuple[Share, ...]:
    from dnstrace.analysis.paths import shares

    return shares(trace.steps)


def _with_rules(judged: Report, findings: Iterable[Finding]) -> Report:
    """The report of a trace to which the rules were applied."""
    from dnstrace.checks import CATALOGUE, applied
    from dnstrace.checks.reconciliation import reconciled
    from dnstrace.checks.reservations import reservation
    from dnstrace.model.findings import Explanation

    rules = {code: CATALOGUE[code] for code in {finding.code for finding in findings} & CATALOGUE.keys()}
    return replace(
        judged,
        rules=len(applied(judged.trace)),
        reservation="" if judged.trace.findings else reservation(judged.trace),
        explanations={code: Explanation(rule.title, rule.sections) for code, rule in rules.items()},
        reconciliation=reconciled(judged.trace),
    )


def as_question(name: str | Name, rdtype: str | dns.rdatatype.RdataType) -> Question:
    """The question for `name` and `rdtype`; raises ValueError if they cannot be asked for."""
    try:
        absolute = dns.name.from_text(name) if isinstance(name, str) else name.derelativize(dns.name.root)
        number = dns.rdatatype.RdataType.make(rdtype)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise ValueError(f"{name} {rdtype} cannot be asked for: {error}") from error
    return Question(absolute, number)


def _start_given(server: str | Name | None) -> tuple[Delegation | None, Name | None]:
    """The server to start from: by address, or by a name that has to be looked up first."""
    if server is None:
        return None, None
    if not isinstance(server, str):
        return None, server
    import dns.inet

    if dns.inet.is_address(server):
        return given_server((server,)), None
    return None, as_question(server, "A").name


def _paced(network: Network) -> Network:
    from dnstrace.network.pacing import PacedNetwork

    return PacedNetwork(network)


def _live(settings: Settings) -> Network:
    from dnstrace.network.live import LiveNetwork

    return LiveNetwork(bind=settings.bind)

"""Remedies are rehearsed before they are shown: the walk is made and judged again as if they were applied.

Almost everything that this asks was recorded (`dnstrace.network.known`). What was not, such as an address
that a remedy recommends, is asked within the budget and the deadline of the trace, and recorded as probes.

A remedy is kept if its finding is then gone, no new error stands, and at least as many paths as before have
an answer. One that fails is dropped: its finding stays, without it. One that cannot be rehearsed is marked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.api.changes import (
    Delegated,
    Zones,
    addresses_added,
    applied,
    edited,
    of_delegation,
    supposed_for,
    touches_servers,
)
from dnstrace.api.outcome import compared
from dnstrace.api.running import Run, begun, with_findings
from dnstrace.api.validated import validated
from dnstrace.message.edited import Edited
from dnstrace.message.meaning import classify
from dnstrace.message.supposed import Supposed, Withdrawn
from dnstrace.model import (
    Attempt,
    Delegation,
    Kind,
    Name,
    NameServer,
    Outcome,
    Probe,
    Purpose,
    Question,
    Trace,
)
from dnstrace.model.findings import Rehearsal
from dnstrace.model.naming import is_below, wildcard_below, zone_text
from dnstrace.model.structs import replace
from dnstrace.network.known import KnownNetwork

if TYPE_CHECKING:
    from dnstrace.model import Exchange
    from dnstrace.model.findings import Finding
    from dnstrace.walk.journal import Journal

_MOST = 12  # rehearsals of one trace
_LATE = "the deadline is reached"


class _Result(NamedTuple):
    """The result of a rehearsal: what it led to, why it was not possible, or neither if it failed."""

    rehearsal: Rehearsal | None = None
    unrehearsed: str = ""


async def rehearsed(run: Run, trace: Trace) -> Trace:
    """The trace with the results of rehearsing its remedies, and with what was asked for that."""
    results = await _Rehearsal(run, trace).results()
    findings = tuple(
        _with_result(finding, results.get(place)) for place, finding in enumerate(trace.findings or ())
    )
    recorded, known = run.context.journal.concluded(), {step.id: step for step in trace.steps}
    steps = tuple(known.get(step.id, step) for step in recorded.steps)  # as the trace reads those before
    return replace(trace, findings=findings, steps=steps, stats=recorded.stats)


def _with_result(finding: Finding, result: _Result | None) -> Finding:
    if result is None:
        return finding
    if result == _Result():
        return replace(finding, cure="", records=(), remedy=None)
    text = "" if result.rehearsal is None else result.rehearsal.text
    return replace(finding, rehearsed=text, unrehearsed=result.unrehearsed, rehearsal=result.rehearsal)


class _All(Supposed):
    """Several changes, one after the other."""

    def __init__(self, changes: tuple[Supposed | Edited, ...]) -> None:
        super().__init__()
        self._changes = changes

    def instead(self, exchange: Exchange, zone: Name) -> Exchange:
        """The exchange with a server of `zone`, as it would be with all of the changes."""
        for change in self._changes:
            exchange = change.instead(exchange, zone)
        return exchange


class _Rehearsal:
    """The rehearsals of one trace."""

    def __init__(self, run: Run, trace: Trace) -> None:
        self._run, self._trace, self._zones = run, trace, Zones(trace)
        self._findings: Sequence[Finding] = trace.findings or ()
        self._clock = asyncio.get_running_loop().time
        self._known = KnownNetwork(trace.steps, run.context.network, self._may_ask)
        self._made = 0

    @cached_property
    def _before(self) -> Trace:
        return validated(self._trace, self._run.tracing.anchors)

    async def results(self) -> dict[int, _Result]:
        """The results by the place of the finding; remedies for one delegation are first tried together."""
        why = {place: self._zones.why_not(finding) for place, finding in enumerate(self._findings)}
        found = {place: _Result(unrehearsed=text) for place, text in why.items() if text}
        groups: dict[Name, list[int]] = {}
        for place, finding in enumerate(self._findings):
            if finding.remedy is not None and finding.zone is not None and not why[place]:
                groups.setdefault(finding.zone, []).append(place)
        for zone, places in groups.items():
            found |= await self._of_zone(zone, places)
        return found

    async def _of_zone(self, zone: Name, places: list[int]) -> dict[int, _Result]:
        together = await self._rehearse(zone, places)
        if together != _Result() or len(places) == 1:
            return dict.fromkeys(places, together)
        return {place: await self._rehearse(zone, [place]) for place in places}

    async def _rehearse(self, zone: Name, places: list[int]) -> _Result:
        """Walk and judge again as if the remedies of the findings at these places were applied."""
        self._made += 1
        if self._made > _MOST:
            return _Result(unrehearsed=f"{_MOST} remedies of this trace were")
        if self._clock() >= self._run.until:
            return _Result(unrehearsed=_LATE)
        findings = [self._findings[place] for place in places]
        remedies = [finding.remedy for finding in findings if finding.remedy is not None]
        now = self._zones.delegated(zone)
        above = [each for each in remedies if now is not None and now.is_in(each.where)]
        below = [each for each in remedies if each not in above]
        edits: list[Supposed | Edited] = list(map(edited, below))
        change, fresh = None, list[str]()
        if now is not None:
            after = applied(now.cut, [*(of_delegation(each, zone) for each in below), *above])
            if after.servers:
                change = supposed_for(now.cut, after, touches_servers(above))
            elif not await self._is_without_wildcard(now):
                late = self._run.context.budget.spent_out if self._known.denied else ""
                other = f"a wildcard of {zone_text(now.parent)} may take the place of what is removed"
                return _Result(unrehearsed=late or other)
            else:
                edits.append(Withdrawn(now.parent, zone))
            fresh = addresses_added(now.cut, after)
        ended = await self._walk_again(zone, change, edits)
        if self._known.denied or self._clock() >= self._run.until:
            return _Result(unrehearsed=self._run.context.budget.spent_out or _LATE)
        then = compared(self._before, validated(ended, self._run.tracing.anchors), findings, fresh)
        return _Result(Rehearsal(then.text, len(set(remedies)))) if then.good else _Result()

    async def _is_without_wildcard(self, removed: Delegated) -> bool:
        """Whether the parent has no wildcard for the names of a zone that it no longer delegates.

        The server that referred there is asked for it, and says that there is no such name.
        """
        referring = (step for step in self._trace.steps if step.referral is removed.cut and step.main)
        step, wildcard = next(referring, None), wildcard_below(removed.cut.zone.parent())
        if step is None or step.chosen is None or wildcard is None:
            return False
        usual = step.attempts[step.chosen]
        question = replace(usual.exchange.query.question, name=wildcard)
        query = replace(usual.exchange.query, question=question)
        exchange = await self._known.again().exchange(query, self._run.tracing.settings.timeout)
        found = replace(usual, exchange=exchange, meaning=classify(exchange, step.zone))
        if query in self._known.asked:
            servers = Delegation(step.zone, (NameServer(usual.server, ()),))
            _keep(self._run.context.journal, step.id, servers, question, [found])
        return found.meaning.kind is Kind.NXDOMAIN

    async def _walk_again(
        self, zone: Name, change: Delegation | None, edits: list[Supposed | Edited]
    ) -> Trace:
        run = self._run
        families = frozenset(run.context.health.families) or run.tracing.settings.families
        others = tuple(cut for cut in run.tracing.supposed if change is None or cut.zone != zone)
        tracing = replace(
            run.tracing,
            settings=replace(run.tracing.settings, families=families, adot=False),
            supposed=others if change is None else (*others, change),
            resolvers=(),
            seed=self._trace.seed,
            now=self._trace.started,
        )
        began = self._clock()
        again = begun(run.question, tracing, self._known.again())
        first = next(step for step in self._trace.steps if step.main)
        if first.zone != again.start.zone and is_below(zone, first.zone):  # others had led there before
            again.context.cuts.add(Delegation(first.zone, first.servers))
        supposed = _All((again.context.supposed, *edits))
        context = again.context._replace(supposed=supposed, until=run.context.until)
        ended = await with_findings(await again._replace(until=run.until, context=context).ended(), run.until)
        main = [step.id for step in run.context.journal.steps if step.main]
        _record(run, ended, self._known, began, (main or [1])[-1])
        return ended

    def _may_ask(self) -> bool:
        return self._clock() < self._run.until and self._run.context.budget.query()


def _record(run: Run, ended: Trace, known: KnownNetwork, began: float, parent: int) -> None:
    """Record what a rehearsal asked over the network, as probes of the trace itself, and what was received.

    What was received is not what the rehearsal went by where the remedy would change it.
    """
    journal, asked = run.context.journal, frozenset(known.asked)
    fresh: dict[tuple[Name, Question], list[Attempt]] = {}
    for step in ended.steps:
        for attempt in step.attempts:
            query = attempt.exchange.query
            if query in asked:
                received = known.received.get(query, attempt.exchange)
                exchange = replace(received, start=attempt.exchange.start + began)
                as_it_was = replace(attempt, exchange=exchange, meaning=classify(exchange, step.zone))
                fresh.setdefault((step.zone, step.question), []).append(as_it_was)
    for (zone, question), attempts in fresh.items():
        servers = tuple(NameServer(name, ()) for name in dict.fromkeys(each.server for each in attempts))
        _keep(journal, parent, Delegation(zone, servers), question, attempts)


def _keep(
    journal: Journal, parent: int, cut: Delegation, question: Question, attempts: list[Attempt]
) -> None:
    """Record what was asked for a rehearsal as a probe."""
    number = journal.begin(parent, Purpose.PROBE, cut, question, all_servers=True, probe=Probe.REHEARSAL)
    for attempt in attempts:
        journal.attempt(number, attempt)
    heard = any(attempt.exchange.message is not None for attempt in attempts)
    journal.finish(number, Outcome.ANSWER if heard else Outcome.FAILED, None)

"""Asking for the signals by which a registry may accept the first DS records of a zone (RFC 9615).

They are looked up like the addresses of name servers, once the probes have shown that the zone asks for DS
records and its parent has none, and judged by the same trust anchors as the walk. Each step is recorded as a
probe, and what it showed is evidence of the trace's judgement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import dns.rdatatype

from dnstrace.analysis.signals import TYPES, Signal, signal_question, signals
from dnstrace.model import Delegation, Kind, Name, Probe, Purpose, Question, Step, Trace
from dnstrace.model.anchors import Anchors
from dnstrace.model.judgement import StepEvidence
from dnstrace.model.structs import replace
from dnstrace.walk.context import TraceContext
from dnstrace.walk.descent import Walk
from dnstrace.walk.ordered import ORDERED
from dnstrace.walk.probing import targets
from dnstrace.walk.validation import judged_in_slices

_MOST = 6  # name servers of one zone: each has two signals
_ROUNDS = 12  # of requests for what the chain of trust of a signal needs
_ASKING = frozenset({Probe.CDS, Probe.CDNSKEY})


class Signals:
    """The look-ups of signals of one trace."""

    def __init__(self, context: TraceContext, anchors: Anchors, at: float | None) -> None:
        self._context, self._anchors, self._at = context, anchors, at
        self._walk = Walk(context, ORDERED, Probe.SIGNAL)
        self._fetched: set[Question] = set()

    async def evidence(self) -> Mapping[int, StepEvidence]:
        """Ask for the signals of the zones that may be bootstrapped; what each step showed."""
        trace = self._context.journal.snapshot()
        zones = [each for each in targets(trace) if may_be_bootstrapped(trace, each[0].zone)]
        each = await asyncio.gather(
            *(self._of_server(cut.zone, server, after) for cut, after in zones for server in asked_of(cut))
        )
        found: dict[int, StepEvidence] = {}
        for question in (question for asked in each for question in asked):
            found |= await self._judged(question)
        return found

    async def _of_server(self, zone: Name, server: Name, after: Step) -> list[Question]:
        """Ask for both signals of a zone at one name server, one after the other; the questions."""
        questions = [signal_question(zone, server, rdtype) for rdtype in TYPES]
        asked = [question for question in questions if question is not None]
        for question in asked:
            await self._walk.resolve(question, Purpose.PROBE, after.id)
        return asked

    async def _judged(self, question: Question) -> Mapping[int, StepEvidence]:
        """What validation shows of a signal that exists, once what that needs was asked for."""
        signal = signals(self._context.journal.snapshot()).get(question)
        if signal is None or not signal.records:
            return {}
        for _ in range(_ROUNDS):
            trace = as_walked(self._context.journal.snapshot(), signal)
            judgement = await judged_in_slices(trace, self._anchors, self._at)
            fresh = {need.question for need in judgement.missing} - self._fetched
            if not fresh:
                break
            self._fetched |= fresh
            await asyncio.gather(*(self._fetch(each, signal.ended) for each in sorted(fresh, key=str)))
        return judgement.steps

    async def _fetch(self, question: Question, step: Step) -> None:
        purpose = Purpose.DS if question.rdtype == dns.rdatatype.DS else Purpose.DNSKEY
        await self._walk.fetch(question, purpose, step.id)


def may_be_bootstrapped(trace: Trace, zone: Name) -> bool:
    """Whether a zone asks for DS records, and its parent's servers say that there are none."""
    attempts = [(step, attempt.meaning) for step in trace.steps for attempt in step.attempts]
    ds = Question(zone, dns.rdatatype.DS)
    cuts = [m.delegation for _, m in attempts if m.delegation is not None and m.delegation.zone == zone]
    about = [m for step, m in attempts if step.question == ds and not step.at_resolver]
    if any(cut.ds is not None for cut in cuts) or any(m.kind is Kind.ANSWER for m in about):
        return False
    if not (any(cut.denial for cut in cuts) or any(m.kind is Kind.NODATA for m in about)):
        return False
    return any(
        step.zone == zone and step.probe in _ASKING and meaning.kind is Kind.ANSWER
        for step, meaning in attempts
    )


def asked_of(cut: Delegation) -> list[Name]:
    """The name servers of a zone that are asked for: the first few of those outside the zone."""
    outside = {server.name for server in cut.servers if not server.name.is_subdomain(cut.zone)}
    return sorted(outside)[:_MOST]


def as_walked(trace: Trace, signal: Signal) -> Trace:
    """The trace as if its question were the one for a signal, so that this can be validated."""
    numbers = {step.id for step in signal.steps}

    def seen(step: Step) -> Step:
        if step.id in numbers:
            return replace(step, purpose=Purpose.WALK, probe=None)
        return replace(step, purpose=Purpose.NS_ADDRESS) if step.main else step

    answer = () if signal.ended.meaning is None else signal.ended.meaning.answer
    steps = tuple(map(seen, trace.steps))
    return replace(trace, question=signal.question, steps=steps, answer=answer, outcome=signal.ended.outcome)

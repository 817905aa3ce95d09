"""What a zone cut is read from: the steps about it, and what else of the trace a rule may look at.

Rules need not run where they found nothing wrong and all this is the same
(`dnstrace.checks.readings.unchanged`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import dns.rdatatype

from dnstrace.checks.readings.reads import EVERYTHING, Reader, Reads
from dnstrace.model import ROOT, Cause, Name, Probe, Purpose, Step
from dnstrace.model.judgement import arrival
from dnstrace.model.naming import is_below

if TYPE_CHECKING:
    from dnstrace.model import Exchange, Trace
    from dnstrace.model.judgement import Judgement

_KEYS = (dns.rdatatype.DNSKEY, dns.rdatatype.DS)


class Whole(Protocol):
    """A trace, and what was collected from all of it; see `dnstrace.checks.readings.evidence.Evidence`."""

    reads: Reads
    trace: Trace
    unheard: frozenset[int]

    @property
    def outdated_hints(self) -> frozenset[str]:
        """The addresses with which the walk began that the root servers no longer have."""

    @property
    def causes(self) -> dict[Cause, set[str]]:
        """The addresses that had to be asked in another way, by the cause."""


class About(Reader):
    """What there is about a zone cut in a trace."""

    def __init__(self, whole: Whole, zone: Name) -> None:
        super().__init__(whole.reads)
        self._whole, self.zone = whole, zone

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps about the cut: those that ask its servers, or lead there, or ask for its keys."""
        return _about(self._whole.trace.steps, self.zone)

    def anywhere(self, kind: Purpose | Probe) -> tuple[Step, ...]:
        """The steps of one purpose or probe in the whole trace: mostly none."""
        if not self.summary(_has_steps, kind):
            return ()
        self.reads.note(EVERYTHING)
        return tuple(step for step in self._whole.trace.steps if kind in (step.purpose, step.probe))

    @property
    def judgement(self) -> Judgement | None:
        """The judgement: rules may look at its security, and at the time as of which it judges a reply."""
        self.reads.note((_security_and_times, ()))
        return self._whole.trace.judgement

    def time_of(self, exchange: Exchange) -> float:
        """The time as of which a reply is judged, in seconds since 1970: without a judgement, its arrival."""
        self.reads.note((_security_and_times, ()))
        return _time_of(self._whole.trace, exchange)

    @property
    def unheard(self) -> frozenset[int]:
        """The families that have no route from here."""
        return self._whole.unheard

    @cached_property
    def outdated_hints(self) -> frozenset[str]:
        """The addresses with which the walk began that the root servers no longer have, if it is the root."""
        return self._whole.outdated_hints if self.zone == ROOT else frozenset()

    @property
    def causes(self) -> dict[Cause, set[str]]:
        """The addresses that had to be asked in another way, by the cause; see `Whole`."""
        return self.summary(_causes)

    @property
    def supposed(self) -> frozenset[Name]:
        """The zones whose name servers are only supposed: no name above one is there because of it."""
        return self.summary(_supposed)


def _causes(cut: About) -> dict[Cause, set[str]]:
    return cut._whole.causes


def _supposed(cut: About) -> frozenset[Name]:
    return supposed_in(cut._whole.trace)


def supposed_in(trace: Trace) -> frozenset[Name]:
    """The zones whose name servers are only supposed."""
    return frozenset(each.zone for each in trace.supposed if each.servers)


def _about(steps: tuple[Step, ...], zone: Name) -> tuple[Step, ...]:
    """The steps that ask the servers of a zone, or lead there, or ask for its keys."""
    return tuple(
        step
        for step in steps
        if step.zone == zone
        or (step.main and is_below(zone, step.zone))
        or (step.question.rdtype in _KEYS and step.question.name == zone)
    )


def _has_steps(cut: About, kind: Purpose | Probe) -> bool:
    return any(kind in (step.purpose, step.probe) for step in cut._whole.trace.steps)


def _security_and_times(cut: About) -> object:
    """What the judgement is, and the seconds, as validity periods are in, as of which it judges replies."""
    trace = cut._whole.trace
    exchanges = (attempt.exchange for step in cut.steps for attempt in step.attempts)
    times = frozenset(int(_time_of(trace, exchange)) for exchange in exchanges)
    return None if trace.judgement is None else trace.judgement.security, times


def _time_of(trace: Trace, exchange: Exchange) -> float:
    if trace.judgement is None:
        return arrival(trace.started.timestamp(), exchange)
    return trace.judgement.time_of(exchange)

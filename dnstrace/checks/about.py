"""What a zone cut is read from: the steps about it, and what else of the trace a rule may look at.

Rules need not run where they found nothing wrong and what they read is the same: see
`dnstrace.checks.unchanged`.
So whatever a rule can reach is noted when it is read.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import dns.rdatatype

from dnstrace.analysis.reached import zone_of
from dnstrace.checks.parts import Likeness, Part
from dnstrace.checks.reads import EVERYTHING, Reader, Reads
from dnstrace.checks.replies import HeardReply, replies_of
from dnstrace.model import ROOT, Cause, Name, Probe, Purpose, Step
from dnstrace.model.judgement import arrival
from dnstrace.model.naming import is_below

if TYPE_CHECKING:
    from dnstrace.checks.unchanged import Unchanged
    from dnstrace.model import Attempt, Exchange, Trace
    from dnstrace.model.judgement import Judgement

_KEYS = (dns.rdatatype.DNSKEY, dns.rdatatype.DS)
_NO_PROBES = frozenset({None, Probe.SIGNAL, Probe.DSYNC, Probe.REHEARSAL})  # not about the zone as it is


class Whole(Protocol):
    """A trace, and what was collected from all of it; see `dnstrace.checks.evidence.Evidence`."""

    reads: Reads
    trace: Trace
    unheard: frozenset[int]
    unchanged: Unchanged | None

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
        self._steps = _about(whole.trace.steps, zone)
        main = [step for step in whole.trace.steps if step.main]
        self._walked = tuple(step for step in main if zone_of(step) == zone)
        gone_by = [step for step in main if step.referral is not None and step.referral.zone == zone]
        self._referrals = tuple(
            reply for step in gone_by or main for reply in replies_of(step) if _refers(reply.attempt, zone)
        )
        self._probes: dict[Probe | None, list[Step]] = {}
        for step in self._steps:
            if step.purpose is Purpose.PROBE and step.probe not in _NO_PROBES and step.zone == zone:
                self._probes.setdefault(step.probe, []).append(step)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps about the cut: those that ask its servers, or lead there, or ask for its keys."""
        self.reads.note(STEPS.what)
        return self._steps

    @property
    def key_steps(self) -> tuple[Step, ...]:
        """Those that ask for DNSKEY or DS records."""
        self.reads.note(KEYS.what)
        return _for_keys(self)

    @property
    def walked(self) -> tuple[Step, ...]:
        """The steps of the walk that asked the zone's own servers; empty if none did."""
        self.reads.note(WALKED.what)
        return self._walked

    @property
    def referrals(self) -> tuple[HeardReply, ...]:
        """The replies of the parent's servers that refer to the zone.

        Empty if there were none, as when parent and child are on the same servers.
        """
        self.reads.note(REFERRED.what)
        return self._referrals

    def probe_steps(self, probe: Probe) -> list[Step]:
        """The steps in which a probe was put to the servers of the zone."""
        self.reads.note(_OF_PROBE[probe].what)
        return self._probes.get(probe, [])

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps in which the zone's servers were asked, of the walk and of probes."""
        self.note(WALKED, PROBES)
        return (*self._walked, *_probes(self))

    def alike(self, steps: tuple[Step, ...]) -> object:
        """What stands for some of the steps in other traces of the run, too, where they are alike."""
        unchanged = self._whole.unchanged
        return object() if unchanged is None else unchanged.alike(self._likeness.of(steps), steps)

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(self._steps)

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
    def causes(self) -> dict[Cause, frozenset[str]]:
        """The addresses that had to be asked in another way, by the cause; see `Whole`."""
        return dict(self.summary(_causes))

    @property
    def supposed(self) -> frozenset[Name]:
        """The zones whose name servers are only supposed: no name above one is there because of it."""
        return self.summary(_supposed)


def _causes(cut: About) -> tuple[tuple[Cause, frozenset[str]], ...]:
    return tuple((cause, frozenset(addresses)) for cause, addresses in cut._whole.causes.items())


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


def _refers(attempt: Attempt, zone: Name) -> bool:
    delegation = attempt.meaning.delegation
    return delegation is not None and delegation.zone == zone


# --- parts ------------------------------------------------------------------------------------------


def _for_keys(cut: About) -> tuple[Step, ...]:
    return tuple(step for step in cut._steps if step.question.rdtype in _KEYS)


def _probes(cut: About) -> tuple[Step, ...]:
    steps = (step for steps in cut._probes.values() for step in steps)
    return tuple(sorted(steps, key=lambda step: step.id))


def _part_of_probe(probe: Probe) -> Part:
    return Part(lambda cut: cut._probes.get(probe, ()))


STEPS = Part(lambda cut: cut._steps)
KEYS = Part(_for_keys)
WALKED = Part(lambda cut: cut._walked)
REFERRED = Part(lambda cut: {reply.step.id: reply.step for reply in cut._referrals}.values())
PROBES = Part(_probes)
_OF_PROBE = {probe: _part_of_probe(probe) for probe in Probe}


# --- summaries --------------------------------------------------------------------------------------


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

"""What the reasons why an anomaly is harmless look at, beyond the anomaly itself."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from dnstrace.analysis.paths import Lead, lead, replied
from dnstrace.checks.readings.anomaly import SHAPED
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.replies import replies_of
from dnstrace.model import Kind, Name, Probe, Question


class Known:
    """What was seen in a trace, by what it is looked up with; worked out when it is needed."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.cuts = {cut.zone: cut for cut in evidence.cuts}
        self._steps = evidence.trace.steps
        self._plain_steps = [step for step in self._steps if step.probe not in SHAPED]

    @cached_property
    def limited(self) -> set[int]:
        """The steps that one of our own limits ended, or what they needed."""
        found: set[int] = set()
        for step in reversed(self._steps):
            if step.limited:
                found.add(step.id)
            if step.id in found and step.parent is not None:
                found.add(step.parent)
        return found

    @cached_property
    def controls(self) -> dict[tuple[str, Question], set[Kind]]:
        """What came from each address in reply to each question, asked plainly."""
        found: dict[tuple[str, Question], set[Kind]] = defaultdict(set)
        for step in self._plain_steps:
            for each in step.attempts:
                found[each.address, step.question].add(each.meaning.kind)
        return found

    @cached_property
    def plain(self) -> dict[tuple[Name, str], set[Kind]]:
        """What came for SOA from each address of a zone."""
        found: dict[tuple[Name, str], set[Kind]] = defaultdict(set)
        for step in (step for step in self._steps if step.probe is Probe.SOA):
            for each in step.attempts:
                found[step.zone, each.address].add(each.meaning.kind)
        return found

    @cached_property
    def said(self) -> dict[tuple[Name, Question], set[Lead]]:
        """What the servers of each zone said to each question."""
        found: dict[tuple[Name, Question], set[Lead]] = defaultdict(set)
        for step in self._plain_steps:
            found[step.zone, step.question] |= {lead(each.meaning) for each in step.attempts}
        return found

    @cached_property
    def over_tcp(self) -> set[tuple[Name, str]]:
        """The addresses of each zone with a usable reply over TCP."""
        tcp = (step for step in self._steps if step.probe is Probe.TCP)
        return {(step.zone, r.address) for step in tcp for r in replies_of(step) if r.meaning.usable}

    @cached_property
    def heard(self) -> frozenset[str]:
        """The addresses that replied to anything."""
        return replied(self._steps)

    @cached_property
    def delegated(self) -> dict[Name, set[Name]]:
        """The servers to which referrals to each zone lead."""
        found: dict[Name, set[Name]] = defaultdict(set)
        for cut in {
            id(c): c for s in self._steps for a in s.attempts if (c := a.meaning.delegation)
        }.values():
            found[cut.zone] |= {each.name for each in cut.servers}
        return found

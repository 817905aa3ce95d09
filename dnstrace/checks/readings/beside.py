"""Zones off the path of the walk, whose servers were asked for the addresses of the name servers on it.

In the walk, one usable reply was enough there. So a fault is found only where a server failed and was asked
once more for its zone (`dnstrace.walk.on_the_way`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from dnstrace.analysis.on_the_way import passed_over
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.model import Name, Probe, Step
from dnstrace.model.naming import zone_text


class Beside(Cut):
    """The cut of such a zone, as the look-ups show it; `hosts` are the names that were looked up."""

    def __init__(self, evidence: Evidence, zone: Name, steps: Sequence[Step], above: Sequence[Step]) -> None:
        """`steps` asked the servers of the zone, those `above` were referred to it."""
        super().__init__(evidence, zone)
        self.walked = tuple(steps)
        replies = (reply for step in above for reply in replies_of(step))
        self.referrals = tuple(r for r in replies if (cut := r.meaning.delegation) and cut.zone == zone)
        self.all_steps = (*self.walked, *self._probes)
        self.hosts = sorted({step.question.name for step in steps})

    @cached_property
    def sound(self) -> None:
        """Nothing: its rules run for each name."""
        return

    @cached_property
    def everyone(self) -> tuple[HeardReply, ...]:
        """The last reply of each address, of those that failed only if they were asked once more."""
        again = {reply.address for reply in self.probe(Probe.SOA, all_servers=True)}
        return tuple(r for r in super().everyone if r.meaning.usable or r.address in again)

    @property
    def needed(self) -> str:
        """What the zone is needed for: a clause after what is wrong in it."""
        noun = "address" if len(self.hosts) == 1 else "addresses"
        return f"resolvers need {zone_text(self.zone)} for the {noun} of {listed(self.hosts)}"


def beside(evidence: Evidence) -> tuple[Beside, ...]:
    """The zones off the path in which a server was passed over, as another one answered."""
    failing = {zone: steps for zone, steps in evidence.on_the_way.items() if passed_over(steps)}
    above: dict[Name, list[Step]] = {zone: [] for zone in failing}
    for step in evidence.trace.steps if failing else ():
        if step.referral is not None and step.referral.zone in above:
            above[step.referral.zone].append(step)
    return tuple(Beside(evidence, zone, steps, above[zone]) for zone, steps in failing.items())

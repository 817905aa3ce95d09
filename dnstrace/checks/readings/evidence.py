"""A recorded trace as the rules see it: by zone cut, and within a cut by address.

Nothing here judges. What several rules compare is collected here once.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.choice import needed
from dnstrace.analysis.hints import outdated_hints
from dnstrace.analysis.losses import losses_in, without_chance
from dnstrace.analysis.on_the_way import ended_lookups, steps_on_the_way
from dnstrace.analysis.paths import replied, unheard
from dnstrace.analysis.starting import with_start_named
from dnstrace.analysis.stopping import stops_in, until_stopped
from dnstrace.analysis.unfinished import without_unfinished
from dnstrace.analysis.zones_shown import zones_passed
from dnstrace.checks.readings.about import About
from dnstrace.checks.readings.partial import is_partial, unconfirmed
from dnstrace.checks.readings.reads import EVERYTHING, Reads
from dnstrace.checks.readings.replies import (
    FAILING,
    HeardReply,
    before_silence,
    causes_in,
    lists_itself,
    replies_of,
    targets_of,
)
from dnstrace.model import (
    Attempt,
    Cause,
    Delegation,
    Kind,
    Name,
    NameServer,
    Probe,
    Purpose,
    Step,
    Trace,
)
from dnstrace.model.heard import DROPPED

if TYPE_CHECKING:
    from dnstrace.checks.readings.unchanged import Sound, Unchanged
    from dnstrace.model.findings import Finding

_NO_PROBES = frozenset({None, Probe.SIGNAL, Probe.DSYNC, Probe.REHEARSAL})  # not about the zone as it is
_SERVES = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN, Kind.REFERRAL, Kind.YXDOMAIN})


class Cut(About):
    """A zone cut on the path of the walk, or the root.

    `referrals` are the replies of the parent's servers that refer to the zone: none where parent and child
    are on the same servers. `walked` are the steps of the walk that asked the zone's own servers.
    """

    def __init__(self, evidence: Evidence, zone: Name) -> None:
        super().__init__(evidence, zone)
        self._evidence = evidence
        evidence.made.append(self)
        self._told: dict[Probe, tuple[HeardReply, ...]] = {}
        self._served: dict[Probe, tuple[HeardReply, ...]] = {}
        main = [step for step in evidence.trace.steps if step.main]
        self.walked = tuple(step for step in main if evidence.zone_of(step) == zone)
        gone_by = [step for step in main if step.referral is not None and step.referral.zone == zone]
        self.referrals = tuple(
            reply
            for step in gone_by or main
            for reply in replies_of(step)
            if (led := reply.meaning.delegation) is not None and led.zone == zone
        )
        self._probes = [
            step
            for step in evidence.trace.steps
            if step.purpose is Purpose.PROBE and step.probe not in _NO_PROBES and step.zone == zone
        ]
        self._by_probe: dict[Probe | None, list[Step]] = {}
        for step in self._probes:
            self._by_probe.setdefault(step.probe, []).append(step)
        self.all_steps = (*self.walked, *self._probes)
        """The steps in which the zone's servers were asked, of the walk and of probes."""

    @property
    def evidence(self) -> Evidence:
        """The whole trace: a rule that looks at it runs for each name of a run."""
        self.reads.note(EVERYTHING)
        return self._evidence

    @cached_property
    def sound(self) -> Sound | None:
        """The rules that found nothing wrong where all this was alike; None where nobody keeps them."""
        return None if self._evidence.unchanged is None else self._evidence.unchanged.sound(self)

    def spoil(self) -> None:
        """Have every rule run for each name: what one finds depends on which others ran before it."""
        if self.sound is not None:
            self.sound.spoil()

    @cached_property
    def partial(self) -> bool:
        """Whether a limit kept the servers of the zone, or above it, from being asked everything."""
        return is_partial(self, self._evidence.trace)

    @property
    def probed(self) -> bool:
        """Whether the servers of the zone were probed, and a record has some of it: what only probes show."""
        put = (each for each in self._probes if each.probe in (Probe.SOA, Probe.TCP))
        return any({each.meaning.kind for each in step.attempts} != {Kind.NOT_RECORDED} for step in put)

    @cached_property
    def delegation(self) -> Delegation | None:
        """The delegation that the walk followed; None for the root and if there was no referral."""
        gone_by = (r.step.referral for r in self.referrals)
        return next((cut for cut in gone_by if cut is not None and cut.zone == self.zone), None)

    @property
    def parent(self) -> Name | None:
        """The zone whose servers referred to this one."""
        return self.referrals[0].step.zone if self.referrals else None

    @property
    def servers(self) -> tuple[NameServer, ...]:
        """The name servers through which the walk knew the zone, with all addresses that it knew or found."""
        return self.walked[-1].servers if self.walked else ()

    @cached_property
    def replies(self) -> tuple[HeardReply, ...]:
        """The last reply of each address of the zone's servers to the walk.

        Left out are addresses of a family that has no route from here, those that a replayed record lacks
        or that are only supposed to be dead, and outdated root hints: they say nothing about the zone.
        """
        last: dict[str, HeardReply] = {}
        for step in self.walked:
            last |= {reply.address: reply for reply in replies_of(step)}
        return tuple(filter(self._tells, last.values()))

    def _tells(self, reply: HeardReply) -> bool:
        """Whether a reply, or the lack of one, says anything about the server."""
        family = reply.attempt.exchange.query.family
        useless = reply.address in self.outdated_hints or reply.meaning.note == DROPPED
        return not useless and family not in self.unheard and reply.meaning.kind is not Kind.NOT_RECORDED

    @cached_property
    def controls(self) -> dict[str, HeardReply]:
        """The answers that show that an address serves the zone, by address: its SOA, else its NS records."""
        found: dict[str, HeardReply] = {}
        for probe in (Probe.SOA, Probe.NS):
            for reply in self._of(probe):
                if reply.meaning.kind is Kind.ANSWER:
                    found.setdefault(reply.address, reply)
        return found

    @cached_property
    def only_plain(self) -> dict[str, HeardReply]:
        """The answers without EDNS of the addresses that refuse EDNS with an error that does not say so."""
        answers = (reply for reply in self._of(Probe.PLAIN) if reply.meaning.kind is Kind.ANSWER)
        return {reply.address: reply for reply in answers if reply.address not in self.controls}

    def _of_zone(self, reply: HeardReply) -> HeardReply:
        """What an address does for the zone: a failure, or silence, may be of the question or EDNS alone.

        Where the zone and its parent share servers, one that only refers shows the parent's side.
        """
        probed = self._for_soa.get(reply.address, reply)
        if lists_itself(reply, self.zone):
            return probed
        if reply.meaning.kind not in FAILING:
            return reply
        known = self.controls.get(reply.address) or self.only_plain.get(reply.address)
        return known or (probed if reply.message is None and probed.message is not None else reply)

    @cached_property
    def _for_soa(self) -> dict[str, HeardReply]:
        return {reply.address: reply for reply in reversed(self._of(Probe.SOA))}

    @cached_property
    def everyone(self) -> tuple[HeardReply, ...]:
        """The last reply of each address: to the walk, or to a probe if only the zone lists it.

        Where only the walk's question fails, it is the reply that shows that the zone is served.
        """
        walked = {reply.address for reply in self.replies}
        others = (reply for reply in self._of(Probe.SOA) if reply.address not in walked)
        every = map(self._or_silence, map(self._of_zone, (*self.replies, *others)))
        unsure = unconfirmed(self, self._evidence.trace)
        return tuple(reply for reply in every if reply.meaning.usable or reply.address not in unsure)

    def _or_silence(self, reply: HeardReply) -> HeardReply:
        """A query that did not time out, since the deadline came first, where all before it had."""
        abandoned = reply.meaning.kind is Kind.ABANDONED
        return self._silences.get(reply.address, reply) if abandoned else before_silence(reply)

    @cached_property
    def _silences(self) -> dict[str, HeardReply]:
        """The first of several queries that timed out, by address, of those that replied to none."""
        found: dict[str, list[HeardReply]] = {}
        for step in (*self.walked, *self._probes):
            for attempt in step.attempts:
                if attempt.meaning.kind is Kind.TIMEOUT:
                    found.setdefault(attempt.address, []).append(HeardReply(step, attempt))
        heard = replied(self.all_steps)
        return {a: each[0] for a, each in found.items() if len(each) > 1 and a not in heard}

    @cached_property
    def serving(self) -> frozenset[str]:
        """The addresses that gave an answer or a referral of the zone."""
        served = (reply for reply in map(self._of_zone, self.replies) if reply.meaning.kind in _SERVES)
        walked = {reply.address for reply in served if reply.address not in self.only_plain}
        return frozenset(walked | (self.controls.keys() - {reply.address for reply in self.replies}))

    def probe(self, probe: Probe, all_servers: bool = False) -> tuple[HeardReply, ...]:
        """The last replies to a probe by address, of those that serve the zone, or of all."""
        if all_servers:
            return self._of(probe)
        if probe not in self._served:
            self._served[probe] = tuple(r for r in self._of(probe) if r.address in self.serving)
        return self._served[probe]

    @cached_property
    def all_attempts(self) -> tuple[Attempt, ...]:
        """Every attempt at the zone's servers, in the walk and in probes."""
        return tuple(attempt for step in self.all_steps for attempt in step.attempts)

    @cached_property
    def heard(self) -> frozenset[str]:
        """The addresses that replied to the walk at least once, even if with a truncated reply."""
        return replied(self.walked)

    def probed_replies(self) -> tuple[HeardReply, ...]:
        """The last replies to every probe by address, of those that serve the zone.

        Left out are those in mixed case, which say nothing that the others do not.
        """
        return tuple(reply for probe in Probe if probe is not Probe.CASE for reply in self.probe(probe))

    def probe_steps(self, probe: Probe) -> list[Step]:
        """The steps in which a probe was put to the servers of the zone."""
        return self._by_probe.get(probe, [])

    def _of(self, probe: Probe) -> tuple[HeardReply, ...]:
        if probe not in self._told:
            found = (reply for step in self.probe_steps(probe) for reply in replies_of(step))
            self._told[probe] = tuple(filter(self._tells, found))
        return self._told[probe]

    @cached_property
    def child(self) -> dict[Name, list[HeardReply]]:
        """The name servers that the zone itself lists, each with the replies that list it."""
        found: dict[Name, list[HeardReply]] = {}
        for reply in self.probe(Probe.NS):
            for target in sorted(targets_of(reply.rrset(self.zone, dns.rdatatype.NS))):
                found.setdefault(target, []).append(reply)
        return found


class Evidence:
    """A trace and its zone cuts, from the root down, in the order in which the walk reached them.

    Left out are attempts that only chance made, as no finding may follow from them; queries that the network
    lost, or to a server that had stopped answering, count as not awaited. `found` are the findings so far,
    `made` all cuts looked at; the rules `held_back` leave out partial cuts.
    """

    def __init__(self, trace: Trace, unchanged: Unchanged | None = None) -> None:
        trace = with_start_named(without_unfinished(needed(trace)))
        self.losses = losses_in(trace.steps)
        trace = without_chance(trace, self.losses)
        self.stops = stops_in(trace.steps)
        self.trace = trace = until_stopped(trace, self.stops)
        self.reads, self.unchanged = Reads(), None if trace.cut_short else unchanged
        self.found: list[Finding] = []
        self.made: list[Cut] = []
        self.held_back: set[str] = set()
        main = [step for step in trace.steps if step.main]
        self.unheard = frozenset(unheard(step for step in main if step.all_servers) | trace.unasked.keys())
        zones: dict[Name, None] = {}
        for step in main:
            # The server given to start from is asked in place of the root's, and need not be one of these.
            asked = {step.zone} if step.given else set()
            zones |= dict.fromkeys(each for each in (step.zone, self.zone_of(step)) if each not in asked)
            if step.referral is not None:
                zones[step.referral.zone] = None
        zones |= dict.fromkeys(zones_passed(trace))
        self.cuts = tuple(Cut(self, zone) for zone in zones)

    def close(self) -> None:
        """Let go of the cuts, which refer to this: of many names, garbage is megabytes, and takes time."""
        for cut in self.made:
            vars(cut).clear()
        vars(self).clear()

    def zone_of(self, step: Step) -> Name:
        """The zone that a step's reply is from: below the zone asked if the same servers serve both."""
        meaning = step.meaning
        return step.zone if meaning is None or meaning.zone is None else meaning.zone

    def cut(self, zone: Name) -> Cut | None:
        """The cut of a zone on the path of the walk."""
        return next((cut for cut in self.cuts if cut.zone == zone), None)

    @cached_property
    def outdated_hints(self) -> frozenset[str]:
        """The addresses with which the walk began that the root servers no longer have."""
        return frozenset(a for hint in outdated_hints(self.trace.steps) for a in hint.addresses)

    @cached_property
    def zones(self) -> frozenset[Name]:
        """Every zone that was asked or referred to, in the walk and in look-ups."""
        asked = {self.zone_of(step) for step in self.trace.steps if not step.at_resolver}
        above = {step.zone for step in self.trace.steps if not step.at_resolver}
        return frozenset(
            asked | above | {step.referral.zone for step in self.trace.steps if step.referral is not None}
        )

    @cached_property
    def on_the_way(self) -> dict[Name, list[Step]]:
        """The steps that asked zones off the path of the walk for name servers on it."""
        return steps_on_the_way(self.trace)

    @cached_property
    def causes(self) -> dict[Cause, set[str]]:
        """The addresses that had to be asked in another way in any step, look-ups included, by the cause.

        What one step finds out about an address, later ones take for granted.
        """
        return causes_in(self.trace.steps)

    @cached_property
    def lookups(self) -> dict[Name, list[Step]]:
        """The steps at which look-ups of a name server's address ended, by its name."""
        return ended_lookups(self.trace)

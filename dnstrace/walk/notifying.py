"""Asking where a parent takes notifications (RFC 9859), for zones that wait for it to do what they ask for.

A zone asks by CSYNC, CDS and CDNSKEY records. Where these ask for nothing, or for what the parent has
already, nothing is asked here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import cast

import dns.rdata
import dns.rdatatype
from dns.rdtypes.dnskeybase import DNSKEYBase
from dns.rdtypes.dsbase import DSBase

from dnstrace.analysis.notifications import dsync_names
from dnstrace.dnssec.algorithms import key_tag
from dnstrace.dnssec.records import DNSKEY
from dnstrace.model import Delegation, Kind, Name, Outcome, Probe, Purpose, Question, Trace
from dnstrace.walk.context import TraceContext
from dnstrace.walk.descent import Walk
from dnstrace.walk.ordered import ORDERED
from dnstrace.walk.probing import targets
from dnstrace.walk.syncing import delegation_of

_DELETE = 0  # the algorithm of a record that asks for no DS at all (RFC 8078 section 4)
_ASKING = frozenset({Probe.CDS, Probe.CDNSKEY})


class Notifications:
    """The look-ups of one trace for where its zones' parents take notifications."""

    def __init__(self, context: TraceContext) -> None:
        self._context = context
        self._walk = Walk(context, ORDERED, Probe.DSYNC)

    async def run(self) -> None:
        """Ask for each zone whose parent has not done what the zone asks for."""
        trace = self._context.journal.snapshot()
        waiting = [(cut.zone, after.id) for cut, after in targets(trace) if waits(trace, cut.zone)]
        await asyncio.gather(*(self._ask(zone, after, trace) for zone, after in waiting))

    async def _ask(self, zone: Name, after: int, trace: Trace) -> None:
        """Ask for the records for this zone, and if there are none, for those for all zones."""
        parents = (s.zone for s in trace.steps if s.main and s.referral and s.referral.zone == zone)
        if (parent := next(parents, None)) is None:
            return
        for name in dsync_names(zone, parent):
            found = await self._walk.resolve(Question(name, dns.rdatatype.DSYNC), Purpose.PROBE, after)
            if found.outcome is Outcome.ANSWER:
                return


def waits(trace: Trace, zone: Name) -> bool:
    """Whether a zone asks its parent for something that the parent has not done."""
    above = delegation_of(trace, zone)
    if above is None:
        return False
    if any(_answers(trace, zone, frozenset({Probe.CSYNC}))):  # asked for only where the two differ
        return True
    asked = {_key(rdata) for rdata in _answers(trace, zone, _ASKING)} - {None}
    return bool(asked) and (above.ds is not None or bool(above.denial)) and asked != _published(above)


def _published(above: Delegation) -> set[tuple[int, int] | None]:
    """The keys of the DS records that a parent has; if none, what a request for none is read as."""
    return {_key(rdata) for rdata in above.ds or ()} or {(0, _DELETE)}


def _key(rdata: dns.rdata.Rdata) -> tuple[int, int] | None:
    """The tag and the algorithm of the key that a record is for; the parent chooses the digest."""
    if not isinstance(rdata, (DSBase, DNSKEYBase)):
        return None
    if rdata.algorithm == _DELETE:
        return 0, _DELETE
    tag = rdata.key_tag if isinstance(rdata, DSBase) else key_tag(cast("DNSKEY", rdata))
    return tag, int(rdata.algorithm)


def _answers(trace: Trace, zone: Name, probes: frozenset[Probe]) -> Iterator[dns.rdata.Rdata]:
    """The records that the zone's servers answered these probes with."""
    for step in (step for step in trace.steps if step.zone == zone and step.probe in probes):
        for meaning in (attempt.meaning for attempt in step.attempts):
            for rrset in meaning.answer if meaning.kind is Kind.ANSWER else ():
                if rrset.rdtype == step.question.rdtype:
                    yield from rrset

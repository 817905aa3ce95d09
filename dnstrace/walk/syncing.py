"""Whether a zone asks its parent by CSYNC for what the parent lacks (RFC 7477): which servers are asked.

Pure readings of the probes. Nothing is asked where the parent and the zone list the same name servers with
the same addresses, and otherwise each name server of the zone once.
"""

from __future__ import annotations

from collections.abc import Iterable

import dns.rdatatype

from dnstrace.analysis.paths import replied
from dnstrace.model import Delegation, Kind, Meaning, Name, Probe, Question, Source, Step, Trace, family_of
from dnstrace.model.addresses import address_of
from dnstrace.model.structs import replace
from dnstrace.walk.beyond import Beyond


def requests_to_parent(trace: Trace, zones: Iterable[tuple[Delegation, Step]]) -> list[Beyond]:
    """The probe for CSYNC records at each zone from which its parent's delegation differs."""
    found: list[Beyond] = []
    for cut, after in zones:
        above = delegation_of(trace, cut.zone)
        probes = [step for step in trace.steps if step.zone == cut.zone and step.probe is not None]
        if above is not None and (_lists_differ(above, probes) or _addresses_differ(above, probes)):
            question = Question(cut.zone, dns.rdatatype.CSYNC)
            found.append(Beyond(Probe.CSYNC, question, once_each(cut, probes), after.id))
    return [each for each in found if each.servers.servers]


def delegation_of(trace: Trace, zone: Name) -> Delegation | None:
    """The delegation to a zone that the walk followed, if there was one."""
    cuts = (step.referral for step in trace.steps if step.main)
    return next((cut for cut in cuts if cut is not None and cut.zone == zone), None)


def _lists_differ(above: Delegation, probes: Iterable[Step]) -> bool:
    """Whether a server of the zone lists other name servers than the parent."""
    listed = {server.name for server in above.servers}
    replies = (a.meaning.child for step in probes if step.probe is Probe.NS for a in step.attempts)
    return any(child is not None and {s.name for s in child.servers} != listed for child in replies)


def _addresses_differ(above: Delegation, probes: Iterable[Step]) -> bool:
    """Whether the zone has other addresses of a family for a name server than the parent has as glue."""
    glue = {
        server.name: {a.text for a in server.addresses if a.source is Source.GLUE} for server in above.servers
    }
    for step in (step for step in probes if step.probe is Probe.ADDRESS):
        for meaning in (attempt.meaning for attempt in step.attempts):
            own = _addresses_in(meaning)
            families = set(map(family_of, own))
            given = {text for text in glue.get(step.question.name, ()) if family_of(text) in families}
            if own and given and own != given:
                return True
    return False


def _addresses_in(meaning: Meaning) -> set[str]:
    if meaning.kind is not Kind.ANSWER:
        return set()
    return {text for rrset in meaning.answer for rdata in rrset if (text := address_of(rdata))}


def once_each(cut: Delegation, probes: Iterable[Step]) -> Delegation:
    """The servers of a zone that replied, each with the first address that did."""
    heard = replied(probes)
    alive = (
        replace(server, addresses=tuple(a for a in server.addresses if a.text in heard)[:1])
        for server in cut.servers
    )
    return Delegation(cut.zone, tuple(server for server in alive if server.addresses))

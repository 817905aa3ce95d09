"""Which names that records point to are probed: those in the zone, whose own servers know whether they exist.

One may be there because a final dot was lost. If neither it nor any other name there exists, the name without
the zone's is looked up: if that one exists, it was meant. So is it for the name servers of a delegation whose
names end in the zone that refers to them. Pure readings of the walk and of the probes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import dns.rdatatype

from dnstrace.analysis.pointing import (
    absent_targets,
    is_denied,
    meant_by,
    names_above,
    stands_alone,
    targets,
)
from dnstrace.model import Delegation, Name, Probe, Purpose, Question, Step, Trace
from dnstrace.walk.beyond import Beyond
from dnstrace.walk.syncing import once_each

_MOST = 8  # names of a zone

Zones = Iterable[tuple[Delegation, Step]]


class Meant(NamedTuple):
    """A name to look up, which may be meant by a target, and the probe that did not find that target."""

    name: Name
    after: int


def targets_to_probe(trace: Trace, zones: Zones) -> list[Beyond]:
    """The probe for the addresses of each such name, of the servers of its zone."""
    found: list[Beyond] = []
    for cut, after in zones:
        of_zone = [step for step in trace.steps if step.zone == cut.zone]
        telling = [step for step in (after, *of_zone) if step.main or step.probe is Probe.TYPE]
        names = dict.fromkeys(name for step in telling for name in targets(step, cut.zone))
        names |= dict.fromkeys(absent_targets(trace.steps, cut.zone))
        found += _asked(trace, cut, after, list(names)[:_MOST])
    return found


def names_above_to_probe(trace: Trace, zones: Zones) -> list[Beyond]:
    """The probe for the names above each target that does not exist, of the servers of its zone."""
    found: list[Beyond] = []
    for cut, after in zones:
        absent = {step.question.name: None for step in _absent(trace, cut.zone)}
        above = dict.fromkeys(name for target in absent for name in names_above(target, cut.zone))
        found += _asked(trace, cut, after, above)
    return found


def meant_to_look_up(trace: Trace, zones: Zones) -> list[Meant]:
    """The names that may be meant by targets that do not exist, where nothing else of the zone is there.

    The name of a name server is one if it repeats that of the zone, or ends in the zone above.
    """
    found = {each.name: each for each in _meant_above(trace)}
    for cut, _ in zones:
        probes = _probes(trace, cut.zone)
        alone = (s for s in _absent(trace, cut.zone) if stands_alone(probes, s.question.name, cut.zone))
        for step in (*_absent_servers(trace, cut.zone), *alone):
            meant = meant_by(step.question.name, cut.zone)
            if meant is not None:
                found.setdefault(meant, Meant(meant, step.id))
    return list(found.values())[:_MOST]


def _meant_above(trace: Trace) -> Iterator[Meant]:
    """What may be meant by name servers that the zone above lists and that do not serve.

    Their names end in that zone, or in their own. They have no glue, and do not exist; or they have an
    address all the same, as by a wildcard, and no server of the zone is there.
    """
    referring = [(step, step.referral) for step in trace.steps if step.main and step.referral is not None]
    asked_for = _asked_for(trace)
    for step, below in referring:
        for server in below.servers:
            origin = below.zone if server.name.is_subdomain(below.zone) else step.zone
            meant = None if server.addresses else meant_by(server.name, origin)
            if meant is None or (meant.is_subdomain(below.zone) and meant in asked_for):
                continue
            if _is_useless(trace, server.name, below.zone):
                yield Meant(meant, step.id)


def _asked_for(trace: Trace) -> set[Name]:
    """The names of name servers whose addresses were asked for."""
    steps = (s for s in trace.steps if s.probe is Probe.ADDRESS or s.purpose is Purpose.NS_ADDRESS)
    return {step.question.name for step in steps}


def _is_useless(trace: Trace, server: Name, zone: Name) -> bool:
    """Whether the name of a name server was denied, or all that was asked of it for the zone was in vain."""
    if is_denied((step for step in trace.steps if step.purpose is Purpose.NS_ADDRESS), server):
        return True
    steps = [step for step in trace.steps if step.zone == zone and step.main]
    known = {a.text for step in steps for each in step.servers if each.name == server for a in each.addresses}
    asked = [a for step in steps for a in step.attempts if a.address in known]
    return bool(asked) and not any(attempt.meaning.usable for attempt in asked)


def _absent_servers(trace: Trace, zone: Name) -> list[Step]:
    """The probes that did not find a name server of a zone whose name repeats that of the zone."""
    probes = _probes(trace, zone, Probe.ADDRESS)
    asked = {step.question.name for step in probes}
    found = [s for s in probes if (meant_by(s.question.name, zone) or zone).is_subdomain(zone)]
    return [
        s
        for s in found
        if meant_by(s.question.name, zone) not in {None, *asked} and is_denied(probes, s.question.name)
    ]


def _asked(trace: Trace, cut: Delegation, after: Step, names: Iterable[Name]) -> list[Beyond]:
    probes = [step for step in trace.steps if step.zone == cut.zone and step.probe is not None]
    servers = once_each(cut, probes)
    asked = [Question(name, dns.rdatatype.A) for name in names if servers.servers]
    return [Beyond(Probe.TYPE, question, servers, after.id) for question in asked]


def _absent(trace: Trace, zone: Name) -> list[Step]:
    """The probes that did not find a target of records of a zone."""
    known = [*trace.steps]
    pointed = {name for step in known if step.zone == zone for name in targets(step, zone)}
    pointed |= set(absent_targets(known, zone))
    probes = _probes(trace, zone)
    return [s for s in probes if s.question.name in pointed and is_denied(probes, s.question.name)]


def _probes(trace: Trace, zone: Name, probe: Probe = Probe.TYPE) -> list[Step]:
    return [step for step in trace.steps if step.zone == zone and step.probe is probe]

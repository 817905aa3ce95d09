"""Names that only look like the apex of a zone: servers put them into SOA records that they make up.

Some load balancers deny data with an SOA record whose owner is the name that was asked for, as if each name
were a zone. A zone that the same servers have below the one asked looks alike where its apex lacks data. The
query for the SOA record of the name tells the two apart. Pure readings of a trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import dns.rdatatype

from dnstrace.message.meaning import FROM_CHILD
from dnstrace.model import Attempt, Kind, Meaning, Name, Question, Step, Trace
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.structs import replace

_SOA = dns.rdatatype.SOA


class Doubt(NamedTuple):
    """A name that may be the apex of a zone, and the last step in which servers of `zone` made it one."""

    zone: Name
    name: Name
    step: Step

    @property
    def question(self) -> Question:
        """What tells whether it is: the query for its SOA record."""
        return Question(self.name, _SOA, self.step.question.rdclass)


def unsure(steps: Iterable[Step]) -> list[Doubt]:
    """The names of which it is not known whether they are apexes, and has not been asked."""
    found: dict[tuple[Name, Name], Doubt] = {}
    asked: set[tuple[Name, Name]] = set()
    for step in steps:
        name = step.question.name
        if step.question.rdtype == _SOA:
            asked.add((step.zone, name))
        elif any(_makes_apex(attempt, step) for attempt in step.attempts):
            found[step.zone, name] = Doubt(step.zone, name, step)
    return [doubt for key, doubt in found.items() if key not in asked]


def without_false_apexes(trace: Trace) -> Trace:
    """The trace with the denials of names that have no SOA record taken as of the zone that was asked."""
    false = _false_apexes(trace.steps)
    if not false:
        return trace
    return replace(trace, steps=tuple(_corrected(step, false) for step in trace.steps))


def _false_apexes(steps: Iterable[Step]) -> set[tuple[Name, Name]]:
    """Names below the zone asked whose SOA record is denied, and by nobody given."""
    denied: set[tuple[Name, Name]] = set()
    given: set[tuple[Name, Name]] = set()
    for step in steps:
        key = step.zone, step.question.name
        if step.question.rdtype == _SOA and step.question.name != step.zone and not step.at_resolver:
            kinds = {attempt.meaning.kind for attempt in step.attempts}
            denied |= {key} if kinds & {*NEGATIVE} else set()
            given |= {key} if Kind.ANSWER in kinds else set()
    return denied - given


def _makes_apex(attempt: Attempt, step: Step) -> bool:
    """Whether a denial without signatures has an SOA record of the name asked, below the zone asked."""
    name, message = step.question.name, attempt.exchange.message
    if message is None or name == step.zone or step.at_resolver:
        return False
    if attempt.meaning.kind not in NEGATIVE and attempt.meaning.note != FROM_CHILD:
        return False
    owners = {rrset.name for rrset in message.authority if rrset.rdtype == _SOA}
    return name in owners and all(rrset.rdtype != dns.rdatatype.RRSIG for rrset in message.authority)


def _corrected(step: Step, false: set[tuple[Name, Name]]) -> Step:
    name = step.question.name
    if (step.zone, name) not in false or not any(_makes_apex(attempt, step) for attempt in step.attempts):
        return step
    attempts = (
        replace(each, meaning=_of_zone_asked(each.meaning, each)) if _makes_apex(each, step) else each
        for each in step.attempts
    )
    return replace(step, attempts=tuple(attempts))


def _of_zone_asked(meaning: Meaning, attempt: Attempt) -> Meaning:
    """A denial as one of the zone that was asked."""
    message = attempt.exchange.message
    soa = next((each for each in message.authority if each.rdtype == _SOA), None) if message else None
    kind = Kind.NODATA if meaning.kind not in NEGATIVE else meaning.kind
    return replace(meaning, kind=kind, soa=soa, zone=None, offer=None, note="")

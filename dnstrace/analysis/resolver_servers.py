"""Whether a resolver's answer is that of one of the zone's servers, where these servers do not agree.

Pure readings of a trace. An answer that one of the zone's servers gives now is not an old one of a cache: the
resolver may get it again.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdata
import dns.rdatatype

from dnstrace.analysis.reached import last_step
from dnstrace.model import Attempt, Kind, Meaning, Name, Question, Trace
from dnstrace.model.heard import NEGATIVE

_COMPARED = NEGATIVE | {Kind.ANSWER, Kind.ALIAS}

_Records = dict[tuple[Name, dns.rdatatype.RdataType], frozenset[dns.rdata.Rdata]]


def server_with(trace: Trace, theirs: Meaning) -> Name | None:
    """The server of a zone that gave what a resolver has, where the walk has gone by another reply."""
    for step in trace.steps:
        meaning = step.meaning
        if step.main and meaning is not None and meaning.kind in _COMPARED and not _agrees(theirs, meaning):
            heard = _heard(trace, step.question)
            return next((each.server for each in heard if _agrees(theirs, each.meaning)), None)
    return None


def only_one_asked(trace: Trace) -> bool:
    """Whether just one of several servers of the zone was asked what the walk asked last."""
    if (last := last_step(trace)) is None or len(last.servers) < 2:
        return False
    steps = (step for step in trace.steps if step.question == last.question and not step.at_resolver)
    known = {server.name for server in last.servers}
    asked = {attempt.server for step in steps for attempt in step.attempts if attempt.meaning.usable}
    return len(asked & known) == 1


def _heard(trace: Trace, question: Question) -> Iterator[Attempt]:
    """What name servers answer to a question, with authority."""
    for step in trace.steps:
        for attempt in () if step.at_resolver or step.question != question else step.attempts:
            if attempt.meaning.authoritative and attempt.meaning.kind in _COMPARED:
                yield attempt


def _agrees(theirs: Meaning, server: Meaning) -> bool:
    """Whether a resolver has all that a server gives; it follows aliases further."""
    held = _records(theirs)
    if any(held.get(key) != data for key, data in _records(server).items()):
        return False
    return server.kind not in NEGATIVE or (theirs.kind, theirs.target) == (server.kind, server.target)


def _records(meaning: Meaning) -> _Records:
    return {
        (rrset.name, rrset.rdtype): frozenset(rrset)
        for rrset in meaning.answer
        if rrset.rdtype != dns.rdatatype.RRSIG
    }

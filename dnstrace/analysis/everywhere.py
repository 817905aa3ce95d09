"""What is expected of a trace, judged at every name server of the zone that answered (`--all-servers`).

Which of them the walk goes by is chance; each may give something else, so each is judged as if it had been
chosen. That concerns what one server says: records, outcome, RCODE, TTL and serial, not the path to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.reached import last_step
from dnstrace.model import Kind, Outcome
from dnstrace.model.heard import outcome_of
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Step, Trace
    from dnstrace.model.expectations import Expectation

_OF_A_SERVER = {"outcome", "rcode", "ttl", "serial"}
_UNTOLD = {Kind.NETWORK_UNREACHABLE, Kind.NOT_RECORDED, Kind.ALIAS}  # not asked, or the walk would go on


def by_server(trace: Trace, expectation: Expectation) -> Iterator[tuple[Attempt, Trace]]:
    """The last attempt at each address, with the trace as it were by that.

    Nothing if not every address was asked, or the expectation is not about what one server says.
    """
    step = last_step(trace)
    if step is None or not step.all_servers or not _concerns(step, expectation):
        return
    for attempt in _last_attempts(step):
        if attempt.meaning.kind not in _UNTOLD and attempt.exchange.query.family not in trace.unasked:
            yield attempt, _by(trace, step, attempt)


def _concerns(step: Step, expectation: Expectation) -> bool:
    """Whether a server of the last zone can tell: the records of a delegation are those of its parent."""
    if expectation.rdtype is None:
        return expectation.what in _OF_A_SERVER
    answered = () if step.meaning is None else step.meaning.answer
    asked = {step.question.rdtype, *(rrset.rdtype for rrset in answered)}
    return expectation.rdtype in asked or dns.rdatatype.ANY in asked


def _last_attempts(step: Step) -> Iterator[Attempt]:
    """The attempts by which each address is judged: the chosen one, or else the last."""
    last = {(each.server, each.address): each for each in step.attempts}
    if step.chosen is not None:
        chosen = step.attempts[step.chosen]
        last[chosen.server, chosen.address] = chosen
    yield from last.values()


def _by(trace: Trace, step: Step, attempt: Attempt) -> Trace:
    """The trace as if its last step had gone by this attempt."""
    if step.chosen is not None and step.attempts[step.chosen] is attempt:
        return trace
    taken_by = () if step.meaning is None else step.meaning.answer
    before = (rrset for rrset in trace.answer if rrset not in taken_by)
    meaning = attempt.meaning
    usable = meaning.usable or (meaning.offer is not None and not _any_usable(step))
    said = meaning.offer or meaning
    taken = replace(step, chosen=step.attempts.index(attempt) if usable else None)
    return replace(
        trace,
        steps=tuple(taken if each is step else each for each in trace.steps),
        answer=(*before, *(said.answer if usable else ())),
        outcome=outcome_of(said.kind) if usable else Outcome.FAILED,
        rcode=meaning.rcode,
    )


def _any_usable(step: Step) -> bool:
    return any(each.meaning.usable for each in step.attempts)

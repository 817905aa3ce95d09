"""What a validating resolver can use of the replies of every server that the walk asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.paths import final
from dnstrace.analysis.reached import is_bogus
from dnstrace.dnssec import judge
from dnstrace.model import Attempt, Kind, Meaning, Question, Step, Trace
from dnstrace.model.naming import is_below
from dnstrace.model.security import Security
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model.anchors import Anchors

REJECTED = Meaning(Kind.SERVER_FAILURE, note="its reply does not validate")
"""What stands in place of a reply that validating resolvers cannot use: they return SERVFAIL."""


def validated(trace: Trace, anchors: Anchors | None) -> Trace:
    """The trace in which replies to the walk that do not validate, though others do, are failures.

    A trace that is bogus as it stands, or that was not judged, is left as it is.
    """
    if trace.judgement is None or anchors is None or is_bogus(trace):
        return trace
    steps = list(trace.steps)
    for step in (step for step in steps if step.main and step.all_servers and step.chosen is not None):
        rejected = _rejected(trace, step, anchors)
        attempts = tuple(replace(a, meaning=REJECTED) if id(a) in rejected else a for a in step.attempts)
        steps[step.id - 1] = replace(step, attempts=attempts)
    return replace(trace, steps=tuple(steps))


def _rejected(trace: Trace, step: Step, anchors: Anchors) -> set[int]:
    """The attempts of a step, by identity, that do not validate; equal ones are judged once."""
    assert step.chosen is not None
    known = {id(step.attempts[step.chosen].meaning): False}
    found: set[int] = set()
    for attempt in final(step):
        if not attempt.meaning.usable:
            continue
        if id(attempt.meaning) not in known:
            known[id(attempt.meaning)] = _is_rejected(trace, step, attempt, anchors)
        if known[id(attempt.meaning)]:
            found.add(id(attempt))
    return found


def _is_rejected(trace: Trace, step: Step, attempt: Attempt, anchors: Anchors) -> bool:
    """Whether validating resolvers could not use a reply in place of the one that a step went by.

    Where the trace is secure, its own reply shows to which zone the name belongs. That nobody asked whether
    there is a zone cut (DS) on the way there is no doubt then.
    """
    assert trace.judgement is not None
    chosen = next(place for place, each in enumerate(step.attempts) if each is attempt)
    steps = (*trace.steps[: step.id - 1], replace(step, chosen=chosen), *trace.steps[step.id :])
    at = trace.judgement.at if trace.judgement.fixed else None
    judged = judge(replace(trace, steps=steps), anchors, at)
    if judged.security is Security.BOGUS or trace.judgement.security is not Security.SECURE:
        return judged.security is Security.BOGUS
    here = judged.steps.get(step.id)
    unsigned = here is not None and here.security is Security.INDETERMINATE
    return unsigned and all(_is_on_the_way(step, need.question) for need in judged.missing)


def _is_on_the_way(step: Step, needed: Question) -> bool:
    name = step.question.name
    return (
        needed.rdtype == dns.rdatatype.DS
        and is_below(needed.name, step.zone)
        and name.is_subdomain(needed.name)
    )

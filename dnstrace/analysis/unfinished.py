"""Silences of which it is not known whether they last: they show nothing. Pure readings of a trace.

A datagram may be lost, so a query without a reply is sent again. Where the limit of queries or the deadline
came before that, or a record lacks the rest, it is as if the reply had not been awaited.
"""

from __future__ import annotations

from collections import Counter

from dnstrace.analysis.paths import replied
from dnstrace.analysis.stopping import not_awaited
from dnstrace.model import Attempt, Kind, Step, Trace
from dnstrace.model.structs import replace


def without_unfinished(trace: Trace) -> Trace:
    """The trace in which silences in steps that a limit ended, or that a record lacks, count as not awaited.

    Those of an address that never replied, and was asked more than once, stay: it is dead.
    """
    if not trace.cut_short and not any(step.lacks_replies for step in trace.steps):
        return trace
    silences = Counter(each.address for step in trace.steps for each in step.attempts if _is_silent(each))
    dead = {address for address, times in silences.items() if times > 1} - replied(trace.steps)
    return replace(trace, steps=tuple(_finished(step, dead) for step in trace.steps))


def _finished(step: Step, dead: set[str]) -> Step:
    if not step.limited and not step.lacks_replies:
        return step
    known = dead | replied((step,))
    if not step.limited:
        tries = Counter(each.address for each in step.attempts if _is_silent(each))
        lacking = {each.address for each in step.attempts if each.meaning.kind is Kind.NOT_RECORDED}
        known |= {address for address, times in tries.items() if times > 1 or address not in lacking}
    attempts = (
        not_awaited(each, step.zone) if _is_silent(each) and each.address not in known else each
        for each in step.attempts
    )
    return replace(step, attempts=tuple(attempts))


def _is_silent(attempt: Attempt) -> bool:
    return attempt.meaning.kind is Kind.TIMEOUT

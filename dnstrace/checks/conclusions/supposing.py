"""The verdict on a walk that failed for what was supposed, or for what a record lacks: nobody's fault."""

from __future__ import annotations

from dnstrace.analysis.dropping import is_dropped, named_servers
from dnstrace.analysis.reached import last_step
from dnstrace.checks.readings.phrases import listed, question_text
from dnstrace.model import Attempt, Kind, Outcome, Step, Trace
from dnstrace.model.findings import Blame, Verdict
from dnstrace.model.naming import zone_text

_UNKNOWN = "the record does not show what would happen"
_ASK_ALL = "record it with -a or --check, so that every server is asked"


def supposed_verdict(trace: Trace) -> Verdict | None:
    """Why a walk failed if servers were taken as dead, or if a record lacks replies; None otherwise."""
    last = last_step(trace)
    if trace.outcome is not Outcome.FAILED or last is None:
        return None
    dropped = named_servers(filter(is_dropped, last.attempts))
    gone = {attempt.server for attempt in last.attempts if is_dropped(attempt)}
    left = [attempt for attempt in last.attempts if attempt.server not in gone]
    missing = named_servers(filter(_is_missing, left)) or named_servers(filter(_is_missing, last.attempts))
    without = f"with {listed(dropped)} taken as dead (--drop), " if dropped else ""
    question = question_text(last.question)
    if missing:
        why = f"it has no reply from {listed(missing)} to {question}"
        return _verdict(last, f"{without}{_UNKNOWN}: {why}; {_ASK_ALL}")
    if last.limited and any(_is_missing(each) for step in trace.steps for each in step.attempts):
        why = f"it has no replies to what would be asked after {question}"
        return _verdict(last, f"{without}{_UNKNOWN}: {why}; {_ASK_ALL}")
    if dropped and all(map(is_dropped, last.attempts)):
        return _verdict(last, f"{without}no name server of {zone_text(last.zone)} is left")
    return None


def _verdict(last: Step, why: str) -> Verdict:
    return Verdict(f"no answer: {why}", Blame.NOBODY, zone=last.zone, steps=(last.id,))


def _is_missing(attempt: Attempt) -> bool:
    return attempt.meaning.kind is Kind.NOT_RECORDED

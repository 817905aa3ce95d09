"""From traces to the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.analysis.reached import is_bogus
from dnstrace.cli.exits import Exit
from dnstrace.model import Outcome, Trace
from dnstrace.model.security import Security

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_STATUS = {
    Outcome.ANSWER: Exit.ANSWER,
    Outcome.REFERRAL: Exit.ANSWER,
    Outcome.NODATA: Exit.NEGATIVE,
    Outcome.NXDOMAIN: Exit.NEGATIVE,
}
_BAD = (Exit.INTERRUPTED, Exit.FAILED, Exit.BOGUS, Exit.FINDINGS)  # the worst first


def status(traces: Iterable[Trace]) -> Exit:
    """The exit status that `traces` lead to."""
    each = [_status_of(trace) for trace in traces]
    return each[0] if len(each) == 1 else worst(each)


def worst(statuses: Collection[Exit]) -> Exit:
    """The worst of several statuses; NEGATIVE among them is as good as ANSWER."""
    return next((bad for bad in _BAD if bad in statuses), Exit.ANSWER)


def _status_of(trace: Trace) -> Exit:
    """The status of a trace: ANSWER for an expected end, FINDINGS if anything else is not as expected."""
    expected = trace.expectations or ()
    said = [met.expectation for met in expected if met.met]
    found = _status_of_end(
        trace, any(each.what == "security" and each.value == Security.BOGUS for each in said)
    )
    if found in (Exit.NEGATIVE, Exit.FAILED) and any(each.says_how_it_ends for each in said):
        found = Exit.ANSWER
    as_expected = all(met.met for met in expected) and not _has_error(trace)
    as_expected = as_expected and (trace.fetched is None or trace.fetched.served)
    as_expected = as_expected and not _no_resolver_answers(trace)
    return found if as_expected or found not in (Exit.ANSWER, Exit.NEGATIVE) else Exit.FINDINGS


def _no_resolver_answers(trace: Trace) -> bool:
    """Whether resolvers were asked too, and none has an answer."""
    if not any(step.asks_resolver for step in trace.steps):
        return False
    from dnstrace.analysis.resolvers import all_fail, compared

    return all_fail(compared(trace))


def _has_error(trace: Trace) -> bool:
    """Whether a check found an error."""
    return any(finding.is_error for finding in trace.findings or ())


def _status_of_end(trace: Trace, bogus_expected: bool) -> Exit:
    """The status of how the trace ended, regardless of what is expected except that it is bogus."""
    if trace.interrupted:
        return Exit.INTERRUPTED
    if trace.outcome is not Outcome.FAILED and is_bogus(trace) and not bogus_expected:
        return Exit.BOGUS
    return _STATUS.get(trace.outcome or Outcome.FAILED, Exit.FAILED)

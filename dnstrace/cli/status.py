"""From traces to the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.analysis.ending import Ending, ending, is_as_expected, no_resolver_answers, page_is_missing
from dnstrace.cli.exits import Exit
from dnstrace.model.policy import USUAL, Policy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dnstrace.model import Trace
    from dnstrace.model.places import Seen

_STATUS = {
    Ending.ANSWER: Exit.ANSWER,
    Ending.NEGATIVE: Exit.NEGATIVE,
    Ending.FAILED: Exit.FAILED,
    Ending.BOGUS: Exit.BOGUS,
    Ending.INTERRUPTED: Exit.INTERRUPTED,
}
_GOOD = (Exit.ANSWER, Exit.NEGATIVE)
_BAD = (Exit.INTERRUPTED, Exit.FAILED, Exit.BOGUS, Exit.FINDINGS)  # the worst first


def status(traces: Iterable[Trace], policy: Policy = USUAL) -> Exit:
    """The exit status that `traces` lead to."""
    each = [_status_of(trace, policy) for trace in traces]
    return each[0] if len(each) == 1 else worst(each)


def status_of_places(seen: Iterable[Seen], policy: Policy = USUAL) -> Exit:
    """The exit status that traces from several places lead to: the worst, FAILED for a place without one."""
    from dnstrace.model.places import Failure

    each = [Exit.FAILED if isinstance(e, Failure) else _status_of(e.report.trace, policy) for e in seen]
    return next((bad for bad in (*_BAD, Exit.NEGATIVE) if bad in each), Exit.ANSWER)


def worst(statuses: Collection[Exit]) -> Exit:
    """The worst of several statuses; NEGATIVE among them is as good as ANSWER."""
    return next((bad for bad in _BAD if bad in statuses), Exit.ANSWER)


def _status_of(trace: Trace, policy: Policy) -> Exit:
    """The status of a trace: ANSWER for an expected end, FINDINGS if anything else is not as it should be."""
    found = _STATUS[ending(trace)]
    if found not in _GOOD:
        return found
    wrong = not is_as_expected(trace) or page_is_missing(trace)
    return Exit.FINDINGS if wrong or _has_findings(trace, policy) else found


def _has_findings(trace: Trace, policy: Policy) -> bool:
    """Whether something was found that counts; that no resolver has an answer is as bad as an error."""
    if any(map(policy.fails_on, trace.findings or ())):
        return True
    return policy.fails_on_errors and no_resolver_answers(trace)

"""How a trace ended, seen against what the user expects of it, and what keeps it from being as it should.

Findings are not part of it: which of them count is up to the user.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome
from dnstrace.model.security import Security

if TYPE_CHECKING:
    from dnstrace.model import Trace


class Ending(Enum):
    """How a trace ended."""

    ANSWER = auto()
    """With an answer, or with what was expected instead."""

    NEGATIVE = auto()
    """With the authoritative answer that there is no such name, or no such data."""

    FAILED = auto()
    """Without a usable answer."""

    BOGUS = auto()
    """With an answer that validating resolvers reject."""

    INTERRUPTED = auto()
    """By the user."""


_ENDINGS = {
    Outcome.ANSWER: Ending.ANSWER,
    Outcome.REFERRAL: Ending.ANSWER,
    Outcome.NODATA: Ending.NEGATIVE,
    Outcome.NXDOMAIN: Ending.NEGATIVE,
}


def ending(trace: Trace) -> Ending:
    """How a trace ended; what is expected (`outcome=nxdomain`) and is so is as good as an answer."""
    said = [met.expectation for met in trace.expectations or () if met.met]
    found = _apart_from_expectations(
        trace, any(each.what == "security" and each.value == Security.BOGUS for each in said)
    )
    if any(each.says_how_it_ends for each in said) and found in (Ending.NEGATIVE, Ending.FAILED):
        return Ending.ANSWER
    return found


def _apart_from_expectations(trace: Trace, bogus_expected: bool) -> Ending:
    """How it ended, regardless of what is expected except that it is bogus."""
    if trace.interrupted:
        return Ending.INTERRUPTED
    if trace.outcome is not Outcome.FAILED and is_bogus(trace) and not bogus_expected:
        return Ending.BOGUS
    return _ENDINGS.get(trace.outcome or Outcome.FAILED, Ending.FAILED)


def no_resolver_answers(trace: Trace) -> bool:
    """Whether resolvers were asked too, and none has an answer."""
    if not any(step.asks_resolver for step in trace.steps):
        return False
    from dnstrace.analysis.resolvers import all_fail, compared

    return all_fail(compared(trace))


def page_is_missing(trace: Trace) -> bool:
    """Whether the page was requested too, and no address served it."""
    return trace.fetched is not None and not trace.fetched.served


def is_as_expected(trace: Trace) -> bool:
    """Whether everything that the user expects of the trace holds."""
    return all(met.met for met in trace.expectations or ())

"""A negative answer in words: that a name does not exist, or that it has no such records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.reached import last_step
from dnstrace.model import Outcome
from dnstrace.render.text import type_text

if TYPE_CHECKING:
    from dnstrace.model import Step, Trace

_DENIAL = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)


def negative_words(step: Step) -> str:
    """The result of a step that ended with NXDOMAIN or NODATA, with its RCODE's name first."""
    if step.outcome is Outcome.NXDOMAIN:
        return "NXDOMAIN, no such name"
    if denied_compactly(step):
        return "NODATA, no such name (compact denial)"
    return f"NODATA, no {type_text(step.question.rdtype)} records"


def ended_compactly(trace: Trace) -> bool:
    """Whether compact denial is the result of a trace."""
    last = last_step(trace)
    return trace.outcome is Outcome.NODATA and last is not None and denied_compactly(last)


def denied_compactly(step: Step) -> bool:
    """Whether a step ended with NODATA for a name that does not exist: compact denial (RFC 9824).

    Its NSEC or NSEC3 record has the type NXNAME. A query without the DO flag may get NXDOMAIN instead.
    """
    if step.outcome is not Outcome.NODATA or step.meaning is None or step.chosen is None:
        return False
    message = step.attempts[step.chosen].exchange.message
    denial = [] if message is None else [r for r in message.authority if r.rdtype in _DENIAL]
    if not denial:
        return False
    from dnstrace.dnssec.denial import marked_absent  # only a signed denial needs it

    return marked_absent(denial, step.meaning.target or step.question.name)

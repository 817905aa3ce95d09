"""A negative answer in words: that a name does not exist, or that it has no such records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.analysis.reached import last_step
from dnstrace.model import Outcome
from dnstrace.render.text import type_text

if TYPE_CHECKING:
    from dnstrace.model import Step, Trace


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
    """Whether a step ended with NODATA for a name that does not exist (`dnstrace.dnssec.compact`)."""
    if step.outcome is not Outcome.NODATA:
        return False
    from dnstrace.dnssec import compact  # only a negative answer needs it

    return compact.denied_compactly(step)

"""Names that do not exist, whether NXDOMAIN says so or the type NXNAME: compact denial (RFC 9824)."""

from __future__ import annotations

from dnstrace.dnssec.denial import marked_absent
from dnstrace.model import Kind, Outcome, Step


def is_absent(step: Step) -> bool:
    """Whether a step ended with the word that the name does not exist."""
    denied = step.meaning is not None and step.meaning.kind is Kind.NXDOMAIN
    return denied or denied_compactly(step)


def denied_compactly(step: Step) -> bool:
    """Whether a step ended with NODATA for a name that does not exist: compact denial (RFC 9824).

    Its NSEC or NSEC3 record has the type NXNAME. A query without the DO flag may get NXDOMAIN instead.
    """
    if step.outcome is not Outcome.NODATA or step.meaning is None or step.chosen is None:
        return False
    message = step.attempts[step.chosen].exchange.message
    return message is not None and marked_absent(message.authority, step.meaning.target or step.question.name)

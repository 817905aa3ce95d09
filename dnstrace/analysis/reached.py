"""Where a trace came to: its last step, the zone that answered, the delegation that led there.

Readings of a Trace or a Meaning for whoever shows or judges one; nothing here asks or decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.model import Delegation, Outcome
from dnstrace.model.security import Security

if TYPE_CHECKING:
    from dnstrace.model import Name, Step, Trace


def last_step(trace: Trace) -> Step | None:
    """The last step of the walk itself."""
    return next((step for step in reversed(trace.steps) if step.main), None)


def zone_reached(trace: Trace) -> Name | None:
    """The deepest zone that the walk came to, as far as the replies tell; None before its first step.

    It is the zone referred to where the trace ends with a referral, else the one whose server was asked
    last, or the one below it for which that server answered, as where parent and child share servers.
    """
    if (step := last_step(trace)) is None:
        return None
    if step.referral is not None:
        return step.referral.zone
    return step.zone if step.meaning is None or step.meaning.zone is None else step.meaning.zone


def is_bogus(trace: Trace) -> bool:
    """Whether the chain of trust is broken: resolvers that validate give no answer (RFC 4035 section 4.3)."""
    return trace.judgement is not None and trace.judgement.security is Security.BOGUS


def went_wrong(trace: Trace) -> bool:
    """Whether a trace that has ended came to nothing, or the rules found something in it."""
    ended = trace.outcome is not None and not trace.interrupted
    return ended and (trace.outcome is Outcome.FAILED or is_bogus(trace) or bool(trace.findings))


def delegation_reached(trace: Trace) -> Delegation | None:
    """What the parent said of the zone that the walk came to; None where no referral was seen."""
    zone = zone_reached(trace)
    referrals = (step.referral for step in reversed(trace.steps))
    return next((cut for cut in referrals if cut is not None and cut.zone == zone), None)

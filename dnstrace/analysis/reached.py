"""How far a trace got: its last step, the zone that answered, the delegation to that zone.

Pure readings of a Trace for the code that shows or judges it. Nothing here sends a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.model import Delegation, Kind, Outcome, Purpose
from dnstrace.model.families import why_unasked
from dnstrace.model.security import Security

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model import Address, Attempt, Name, Step, Trace
    from dnstrace.model.report import Report


def last_step(trace: Trace) -> Step | None:
    """The last step of the walk itself."""
    return next((step for step in reversed(trace.steps) if step.main), None)


def zone_reached(trace: Trace) -> Name | None:
    """The deepest zone that the walk reached, as far as the replies show; None before its first step.

    If the trace ends with a referral, that is the zone referred to. Otherwise it is the zone whose server was
    asked last, or the zone below it for which that server answered (parent and child may share servers).
    """
    if (step := last_step(trace)) is None:
        return None
    if step.referral is not None:
        return step.referral.zone
    return zone_of(step)


def zone_of(step: Step) -> Name:
    """The zone that answered in a step: the one asked, or one below it that the same server has."""
    return step.zone if step.meaning is None or step.meaning.zone is None else step.meaning.zone


def is_bogus(trace: Trace) -> bool:
    """Whether the chain of trust is broken: validating resolvers return SERVFAIL (RFC 4035 section 5.5)."""
    return trace.judgement is not None and trace.judgement.security is Security.BOGUS


def ended_unheard(trace: Trace) -> bool:
    """Whether the walk failed for want of replies: where it ended, no server replied.

    The network may be to blame for that, so that it need not fail again.
    """
    if trace.outcome is not Outcome.FAILED:
        return False
    if (last := last_step(trace)) is None:
        return True
    asked = last.attempts or _failed_lookups(trace)
    heard = any(attempt.exchange.message is not None for attempt in asked)
    return not heard and (bool(asked) or last.limited)


def _failed_lookups(trace: Trace) -> list[Attempt]:
    """The attempts of the look-ups of name servers that failed."""
    failed = (step for step in trace.steps if step.purpose is Purpose.NS_ADDRESS)
    return [each for step in failed if step.outcome in (Outcome.FAILED, None) for each in step.attempts]


def went_wrong(trace: Trace) -> bool:
    """Whether a complete trace failed, is bogus, or has findings."""
    ended = trace.outcome is not None and not trace.interrupted
    return ended and (trace.outcome is Outcome.FAILED or is_bogus(trace) or bool(trace.findings))


def delegation_reached(trace: Trace) -> Delegation | None:
    """The parent's delegation of the zone that the walk reached; None if no referral was seen."""
    zone = zone_reached(trace)
    referrals = (step.referral for step in reversed(trace.steps))
    return next((cut for cut in referrals if cut is not None and cut.zone == zone), None)


def not_asked(trace: Trace, addresses: Iterable[Address]) -> str:
    """Why none of some addresses was asked, in words, if that is their family; otherwise empty."""
    families = {address.family for address in addresses}
    if not families or not families <= trace.unasked.keys():
        return ""
    why = " and ".join(why_unasked(family, trace.unasked[family]) for family in sorted(families))
    return f"not asked ({why})"


def ended_unasked(trace: Trace, steps: Iterable[Step]) -> str:
    """Why a step among `steps` failed, if all its servers have addresses only of families not asked.

    Where no address of its servers is known, that is so if the look-ups of all of them ended in this way.
    """
    return _ended_unasked(trace, steps, {}) if trace.unasked else ""


def _ended_unasked(trace: Trace, steps: Iterable[Step], known: dict[Name, str]) -> str:
    """The same, with what is `known` so far of each name server that was looked up."""
    for step in steps:
        if step.outcome is Outcome.FAILED and step.purpose is not Purpose.PROBE and not _was_asked(step):
            addresses = [address for server in step.servers for address in server.addresses]
            if why := not_asked(trace, addresses) if addresses else _servers_unasked(trace, step, known):
                return why
    return ""


def _servers_unasked(trace: Trace, step: Step, known: dict[Name, str]) -> str:
    """Why no server of a step was found, if the look-ups of all of them ended at a family not asked."""
    reasons = []
    for server in step.servers:
        if server.name not in known:
            known[server.name] = ""  # a look-up that needs itself ends here
            known[server.name] = _ended_unasked(trace, _lookups(trace, server.name), known)
        reasons.append(known[server.name])
    return reasons[0] if reasons and all(reasons) else ""


def _lookups(trace: Trace, name: Name) -> list[Step]:
    """The steps that asked for an address of a name server."""
    steps = trace.steps
    return [each for each in steps if each.purpose is Purpose.NS_ADDRESS and each.question.name == name]


def _was_asked(step: Step) -> bool:
    return any(attempt.meaning.kind is not Kind.NETWORK_UNREACHABLE for attempt in step.attempts)


def ended_well(report: Report) -> bool:
    """Whether nothing is known that speaks against the result: only then it is shown as a success."""
    if report.verdict is not None or is_bogus(report.trace):
        return False
    if any(not met.met for met in report.trace.expectations or ()):
        return False
    return not any(each.difference is not None and each.difference.has_none for each in report.resolvers)


def no_longer_needed(trace: Trace, step: Step) -> bool:
    """Whether a step was stopped since what it was for had been found in another way."""
    if not step.stopped:
        return False
    parent = step.parent
    while parent is not None:
        needing = trace.steps[parent - 1]
        if needing.purpose is not step.purpose:
            return needing.meaning is not None
        parent = needing.parent
    return False


def breaks_at(trace: Trace, step: Step) -> bool:
    """Whether what is bogus at a step is so for a reason of its own, not for that of a look-up of keys."""
    judged = {} if trace.judgement is None else trace.judgement.steps
    asked = (other.id for other in trace.steps if other.purpose is not Purpose.WALK)
    reasons = {judged[number].reason for number in asked if number in judged}
    return step.purpose is not Purpose.WALK or step.id not in judged or judged[step.id].reason not in reasons

"""Look-ups of name servers, and the zones off the path of the walk whose servers are asked for them.

The name servers of a zone may have their names in other zones, such as that of a host. Whoever looks up such
a name goes through these zones and those above, and needs some server of each. Pure readings of a trace.
"""

from __future__ import annotations

from collections.abc import Iterable

from dnstrace.analysis.paths import latest
from dnstrace.analysis.zones_shown import zones_passed
from dnstrace.model import Name, Outcome, Probe, Purpose, Step, Trace
from dnstrace.model.heard import SHOWS_NOTHING


def steps_on_the_way(trace: Trace) -> dict[Name, list[Step]]:
    """The steps that asked such zones, by zone, in the order in which they began."""
    on_path = set(zones_passed(trace))
    for step in (step for step in trace.steps if step.main):
        on_path |= {step.zone, step.zone if step.meaning is None else step.meaning.zone or step.zone}
        on_path |= {
            attempt.meaning.delegation.zone for attempt in step.attempts if attempt.meaning.delegation
        }
    leads: dict[int, bool] = {}
    listed: dict[int, frozenset[Name]] = {}
    found: dict[Name, list[Step]] = {}
    for step in trace.steps:
        if step.purpose is Purpose.NS_ADDRESS and step.parent is not None:
            above = trace.steps[step.parent - 1]
            if above.purpose is Purpose.NS_ADDRESS:
                leads[step.id] = leads.get(above.id, False)
            else:
                if above.id not in listed:
                    listed[above.id] = _listed_in(above)
                leads[step.id] = step.question.name in listed[above.id]
            if leads[step.id] and step.zone not in on_path:
                found.setdefault(step.zone, []).append(step)
    return found


def _listed_in(step: Step) -> frozenset[Name]:
    """The name servers on the path that a step shows: the parent lists them, or the zone itself."""
    if not (step.main or step.probe is Probe.NS):
        return frozenset()
    meanings = {id(attempt.meaning): attempt.meaning for attempt in step.attempts}.values()
    cuts = (cut for each in meanings for cut in (each.delegation, each.child) if cut is not None)
    return frozenset(
        server.name for servers in (step.servers, *(c.servers for c in cuts)) for server in servers
    )


def passed_over(steps: Iterable[Step]) -> frozenset[str]:
    """The addresses that gave nothing usable in one of these steps of a zone, where another server did."""
    return frozenset(
        attempt.address
        for step in steps
        if step.chosen is not None
        for attempt in latest(step)
        if not (attempt.meaning.usable or attempt.meaning.kind in SHOWS_NOTHING)
    )


def ended_lookups(trace: Trace) -> dict[Name, list[Step]]:
    """The steps at which look-ups of a name server's address ended, by its name.

    A step that asked for less of a name, and was followed by one for more of it, ended none (RFC 9156).
    """
    found: dict[Name, list[Step]] = {}
    looking_up = [step for step in trace.steps if step.purpose is Purpose.NS_ADDRESS]
    went_on = {
        step.parent
        for step in looking_up
        if step.parent is not None
        and step.question.name != (above := trace.steps[step.parent - 1].question.name)
        and step.question.name.is_subdomain(above)
    }
    for step in looking_up:
        if step.outcome not in (None, Outcome.REFERRAL) and step.id not in went_on:
            found.setdefault(step.question.name, []).append(step)
    return found

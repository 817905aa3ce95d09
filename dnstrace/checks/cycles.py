"""The rule on zones that need each other to be found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.name

from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.phrases import listed
from dnstrace.checks.remedies import in_zone
from dnstrace.model import Name, Outcome, Step
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain


@of_trace(Level.ERROR, Blame.HOST)
def cyclic_dependency(evidence: Evidence) -> Iterator[Observation]:
    """Zones need each other to be found.

    What it is: the name servers of one zone are named in another zone, whose own name servers are named
    in the first (or lead back to it through further zones), and no referral includes an address for any
    of them.

    Why it matters: to find either zone, a resolver would need to have found the other first. No resolver
    finds them.

    How to fix it: give one of the zones a name server inside itself, with glue in the parent zone.

    References: RFC 1034 section 4.2.1; RFC 9471 section 2
    """
    stuck = _stuck(evidence.trace.steps)
    for cut in evidence.cuts:
        if (cycle := _cycle(cut.zone, stuck)) and cycle[0] == cut.zone:
            each = (f"{plain(zone)} needs {listed(s.name for s in stuck[zone].servers)}" for zone in cycle)
            yield Observation(
                message=f"no name server can be found: {', '.join(each)}, and no referral has an"
                " address for any of them",
                steps=tuple(stuck[zone].id for zone in cycle),
                cure=f"give {plain(cut.zone)} a name server inside itself, with glue in its parent zone",
                zone=cut.zone,
                remedy=in_zone(cut.zone),
            )
            return


def _stuck(steps: Iterable[Step]) -> dict[Name, Step]:
    """The steps that ended without an address to ask, by zone."""
    found = (s for s in steps if s.outcome is Outcome.FAILED and not s.attempts and not _any_address(s))
    ordered = sorted(found, key=lambda step: (step.question.name, int(step.question.rdtype)), reverse=True)
    return {step.zone: step for step in ordered if step.servers}


def _any_address(step: Step) -> bool:
    return any(server.addresses for server in step.servers)


def _cycle(zone: Name, stuck: dict[Name, Step]) -> list[Name]:
    """The zones that need one another, from `zone` on; empty if it needs no other that needs it again."""
    path: list[Name] = []
    while zone in stuck and zone not in path:
        path.append(zone)
        needed = (_within(server.name, stuck) for server in stuck[zone].servers)
        zone = next((below for below in needed if below is not None and below != zone), dns.name.empty)
    return path[path.index(zone) :] if zone in path else []


def _within(name: Name, zones: Iterable[Name]) -> Name | None:
    """The deepest of the zones that a name is in."""
    return max((zone for zone in zones if name.is_subdomain(zone)), key=len, default=None)

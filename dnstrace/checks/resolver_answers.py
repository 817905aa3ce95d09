"""Rules on what recursive resolvers hold, where some were asked beside the walk."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.analysis.resolvers import compared
from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.evidence import Evidence
from dnstrace.model.compared import Compared, Disagreement
from dnstrace.model.findings import Blame, Level, Observation

_FAILING = {
    Disagreement.VALIDATION: "finds the answer bogus",
    Disagreement.FAILS: "has no answer itself",
    Disagreement.NO_ANSWER: "does not answer",
    Disagreement.REFUSES: "refuses to answer",
}
_DIFFERING = {
    Disagreement.FILTERED: "keeps it from those who ask it (filtered)",
    Disagreement.SPLIT_HORIZON: "gives private addresses (split horizon)",
    Disagreement.OTHER: "gives something else, and its reply does not tell why",
}


@of_trace(Level.NOTICE, Blame.NOBODY)
def resolver_stale(evidence: Evidence) -> Iterator[Observation]:
    """A resolver holds an answer from before.

    What it is: what the resolver gives differs from what the zone's servers say now, and its TTL tells that
    it was cached before.

    Why it matters: users of this resolver get the old data until the TTL ends.

    How to mend it: wait for the TTL to end, or ask the resolver's operator to flush the name. Before the next
    change, lower the TTL in time.

    References: RFC 1034 section 3.6; RFC 8767 section 4
    """
    for each in compared(evidence.trace):
        if each.difference is Disagreement.STALE:
            left = "" if each.ttl is None else f", for {each.ttl} seconds more"
            yield _resolver_fault(each, f"holds an answer from before{left}")


@of_trace(Level.WARNING, Blame.NOBODY)
def resolver_fails(evidence: Evidence) -> Iterator[Observation]:
    """A resolver has no answer where the walk has one.

    What it is: the resolver replies with an error, or not at all.

    Why it matters: users of this resolver do not reach the name.

    How to mend it: where it finds the answer bogus, mend the chain of trust; where it cannot reach the name
    servers, look at the network between. Its extended error (EDE) says more where it gives one.

    References: RFC 8914 section 4; RFC 9520 section 2
    """
    for each in compared(evidence.trace):
        if each.difference in _FAILING:
            yield _resolver_fault(each, _FAILING[each.difference])


@of_trace(Level.NOTICE, Blame.NOBODY)
def resolver_differs(evidence: Evidence) -> Iterator[Observation]:
    """A resolver gives another answer than the zone's servers.

    What it is: the resolver filters the name, gives an answer for the inside of a network, or gives
    something else than the walk found.

    Why it matters: users of this resolver get something else than the zone's operator published.

    How to mend it: ask the resolver's operator where that is not meant.

    References: RFC 8914 section 4.16; RFC 9499 section 6
    """
    for each in compared(evidence.trace):
        if each.difference in _DIFFERING:
            yield _resolver_fault(each, _DIFFERING[each.difference])


def _resolver_fault(found: Compared, told: str) -> Observation:
    address = found.step.servers[0].addresses[0].text if found.step.servers[0].addresses else ""
    return Observation(f"the resolver {address or found.step.servers[0].name} {told}", (found.step.id,))

"""Rules on what recursive resolvers answer, if some were asked in addition to the walk (`--resolver`)."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.analysis.resolvers import compared
from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.phrases import counted
from dnstrace.model.compared import Compared, Disagreement
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain

_FAILING = {
    Disagreement.VALIDATION: "finds the answer bogus",
    Disagreement.FAILS: "has no answer",
    Disagreement.NO_ANSWER: "does not answer",
    Disagreement.REFUSES: "refuses to answer",
}
_DIFFERING = {
    Disagreement.FILTERED: "withholds the answer from its users (filtered)",
    Disagreement.SPLIT_HORIZON: "returns private addresses (split horizon)",
    Disagreement.OTHER: "returns a different answer, and its reply does not say why",
}


@of_trace(Level.NOTICE, Blame.NOBODY)
def resolver_stale(evidence: Evidence) -> Iterator[Observation]:
    """A resolver has an old answer.

    What it is: what the resolver returns differs from what the zone's servers say now, and its TTL shows
    that it was cached before.

    Why it matters: users of this resolver get the old data until the TTL ends.

    How to fix it: wait for the TTL to end, or ask the resolver's operator to flush the name. Before the
    next change, lower the TTL in time.

    References: RFC 1034 section 3.6; RFC 8767 section 4
    """
    for each in compared(evidence.trace):
        if each.difference is Disagreement.STALE:
            left = "" if each.ttl is None else f" for {counted(each.ttl, 'more second')}"
            yield _resolver_fault(each, f"keeps an old answer{left}")


@of_trace(Level.WARNING, Blame.NOBODY)
def resolver_fails(evidence: Evidence) -> Iterator[Observation]:
    """A resolver has no answer where the walk has one.

    What it is: the resolver replies with an error, or not at all.

    Why it matters: users of this resolver do not reach the name.

    How to fix it: if it finds the answer bogus, fix the chain of trust. If it cannot reach the name
    servers, check the network between. Its extended error (EDE), if any, says more.

    References: RFC 8914 section 4; RFC 9520 section 2
    """
    for each in compared(evidence.trace):
        if each.difference in _FAILING:
            yield _resolver_fault(each, _FAILING[each.difference])


@of_trace(Level.NOTICE, Blame.NOBODY)
def resolver_differs(evidence: Evidence) -> Iterator[Observation]:
    """A resolver returns a different answer from the zone's servers.

    What it is: the resolver filters the name, returns an answer meant for an internal network, or returns
    something other than what the walk found.

    Why it matters: users of this resolver get something other than what the zone's operator published.

    How to fix it: if this is not intended, ask the resolver's operator.

    References: RFC 8914 section 4.16; RFC 9499 section 6
    """
    for each in compared(evidence.trace):
        if each.difference in _DIFFERING:
            yield _resolver_fault(each, _DIFFERING[each.difference])


def _resolver_fault(found: Compared, does: str) -> Observation:
    address = found.step.servers[0].addresses[0].text if found.step.servers[0].addresses else ""
    resolver = address or plain(found.step.servers[0].name)
    return Observation(f"the resolver {resolver} {does}", (found.step.id,))

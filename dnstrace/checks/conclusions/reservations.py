"""What has to be added to "the rules found nothing wrong": nothing is right because nobody looked."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from dnstrace.analysis.paths import replied, shares
from dnstrace.analysis.reached import last_step
from dnstrace.checks.anomalies.anomalies import of_paths
from dnstrace.checks.anomalies.claims import remarkable
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.phrases import counted
from dnstrace.model import Outcome, Trace
from dnstrace.model.naming import zone_text


def reservation(evidence: Evidence) -> str:
    """Why finding nothing wrong does not mean that all is well, in words; empty if it does.

    All is well if the trace has ended, all its paths end alike, and every name server was heard.
    """
    return " and ".join((*_of_the_end(evidence.trace), *_of_paths(evidence), *_of_servers(evidence)))


def _of_the_end(trace: Trace) -> Iterator[str]:
    if trace.interrupted or trace.outcome is None:
        yield "the trace was stopped before its end"
    elif trace.outcome is Outcome.FAILED:
        yield "the question got no answer"
    elif any(step.lacks_replies for step in trace.steps):
        yield "the record lacks replies that these rules look at: a trace recorded with --check has them"
    elif any(step.limited for step in trace.steps):
        yield "a limit of the trace kept it from asking every server"
    elif (last := last_step(trace)) is not None and last.given:
        yield "only the server given was asked, which knows nothing of the delegation or of other servers"


def _of_paths(evidence: Evidence) -> Iterator[str]:
    ends = shares(evidence.trace.steps)
    if remarkable(evidence, of_paths(evidence)):
        other = sum((share.share for share in ends[1:]), Fraction(0))
        yield f"{float(other):.0%} of the paths have another end"


def _of_servers(evidence: Evidence) -> Iterator[str]:
    """The name servers of each zone on the way of which none of the addresses replied."""
    heard = replied(evidence.trace.steps)
    for cut in evidence.cuts:
        names, silent = _servers(cut, heard)
        if silent:
            were = "was" if len(silent) == 1 else "were"
            of_zone = f"{len(silent)} of {counted(len(names), 'name server')} of {zone_text(cut.zone)}"
            yield f"{of_zone} {were} not heard"


def _servers(cut: Cut, heard: frozenset[str]) -> tuple[set[object], set[object]]:
    """The names of a zone's servers, and of those the ones that were not heard."""
    known: dict[object, set[str]] = {server.name: set() for server in cut.servers}
    for server in cut.servers:
        known[server.name] |= {address.text for address in server.addresses}
    for name in cut.child:
        known.setdefault(name, set())
    for reply in cut.everyone:
        known.setdefault(reply.server, set()).add(reply.address)
    return set(known), {name for name, addresses in known.items() if not addresses & heard}

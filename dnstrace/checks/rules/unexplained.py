"""The rule that speaks last: what was seen and nothing else explains."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.anomalies.claims import unclaimed
from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.readings.anomaly import Anomaly, Sort
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import counted, listed, question_text
from dnstrace.model import ROOT, Kind, Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text

_OF_ONE_SERVER = frozenset({Sort.UNUSABLE, Sort.ANOTHER_WAY, Sort.PROBE})
_SHOWN = 3  # questions that are named


@of_trace(Level.WARNING, Blame.NOBODY)
def unexplained(evidence: Evidence) -> Iterator[Observation]:
    """Something that was seen is not explained by any other finding.

    What it is: a reply could not be used, servers of one zone answer one question differently, some paths
    end differently from the others, or a name does not exist by one reply and does by another; and none of
    the rules accounts for it.

    Why it matters: some resolvers see what was seen here. What it does to users is not known, so nothing
    is taken to be right.

    How to fix it: look at the steps that the message names, and ask the server the same question again. If it
    persists, save the trace with `--save` and report it, so that a rule can be added.

    References: RFC 1034 section 4.3.5; RFC 8906 section 2
    """
    if any(step.lacks_replies for step in evidence.trace.steps):
        return  # what a record lacks may explain it
    groups: dict[tuple[Sort, frozenset[Name], Kind | None, Name], list[Anomaly]] = {}
    for anomaly in unclaimed(evidence, evidence.found):
        kind = anomaly.replies[0].meaning.kind if anomaly.replies else None
        groups.setdefault((anomaly.sort, anomaly.servers, kind, _zone(anomaly)), []).append(anomaly)
    observed = (
        _observation(sort, servers, zone, group) for (sort, servers, _, zone), group in groups.items()
    )
    yield from sorted(observed, key=lambda each: (each.zone or ROOT, each.message))  # steps come in any order


def _observation(sort: Sort, servers: frozenset[Name], zone: Name, group: list[Anomaly]) -> Observation:
    group.sort(key=lambda each: (each.question.name, each.question.rdtype, each.what))
    return Observation(
        f"{_message(sort, zone, group)}; no rule explains this",
        tuple(number for anomaly in group for number in anomaly.steps),
        server=next(iter(servers)) if len(servers) == 1 else None,
        zone=zone,
    )


def _zone(anomaly: Anomaly) -> Name:
    """The zone to name: the one asked."""
    return anomaly.replies[0].step.zone if anomaly.replies else max(anomaly.zones, key=len)


def _message(sort: Sort, zone: Name, group: list[Anomaly]) -> str:
    first, servers = group[0], listed(sorted(group[0].servers))
    asked = list(dict.fromkeys(question_text(anomaly.question) for anomaly in group))
    if sort in _OF_ONE_SERVER:
        addresses = sorted({reply.address for anomaly in group for reply in anomaly.replies})
        return f"{servers} {first.what} when asked for {listed(asked, _SHOWN)} at {listed(addresses)}"
    if sort is Sort.LOOKUP:
        return f"{plain(first.question.name)} {first.what}"
    if sort in (Sort.PATHS, Sort.NAME):
        return f"{servers}: {first.what}"
    more = f", and {counted(len(asked) - 1, 'more question')}" if len(asked) > 1 else ""
    return f"the servers of {zone_text(zone)} answer {asked[0]}{more} differently: {first.what}"

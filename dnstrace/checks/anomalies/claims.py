"""Which anomalies are explained by findings, and which are left.

A finding claims an anomaly if its code explains that sort of anomaly, its zone is among those of the anomaly,
and its server shows it; a finding about no single server covers all servers of its zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from dnstrace.checks.anomalies.anomalies import anomalies
from dnstrace.checks.anomalies.explaining import explaining
from dnstrace.checks.anomalies.harmless import is_harmless
from dnstrace.checks.anomalies.known import Known
from dnstrace.checks.readings.anomaly import COMPARED, Anomaly, Sort
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.unlike import differences
from dnstrace.model import Probe
from dnstrace.model.findings import Finding

_OF_A_COPY = frozenset({"soa-differs", "soa-multiple"})
"""They explain what their server says, even where the others are those that deny it, or are fewer."""

_AT_THE_PARENT = "parent-servers-differ"
"""It explains what the servers do that only one server of the parent lists."""


def remarkable(evidence: Evidence, found: Iterable[Anomaly]) -> tuple[Anomaly, ...]:
    """The anomalies among `found` that no reason shows to be harmless."""
    known = Known(evidence)
    return tuple(anomaly for anomaly in found if not is_harmless(known, anomaly))


def unclaimed(evidence: Evidence, found: Iterable[Finding]) -> tuple[Anomaly, ...]:
    """The anomalies that no finding among `found` explains, and that no reason shows to be harmless."""
    by_code = defaultdict[str, list[Finding]](list)
    for finding in found:
        by_code[finding.code].append(finding)
    return tuple(
        anomaly
        for anomaly in remarkable(evidence, anomalies(evidence))
        if not any(_fits(f, anomaly) for code in explaining(anomaly) for f in by_code.get(code, ()))
    )


def _fits(finding: Finding, anomaly: Anomaly) -> bool:
    """Whether a finding is about the zone and the servers of an anomaly."""
    if finding.zone is not None and finding.zone not in anomaly.zones:
        return False
    if finding.server is None or finding.server in anomaly.servers:
        return True
    if finding.code == _AT_THE_PARENT:
        return all(each.step.probe is Probe.ELSEWHERE for each in anomaly.replies)  # none in look-ups
    if anomaly.sort is Sort.PATHS and finding.code in _OF_A_COPY:
        return bool(anomaly.replies) and all(reply.meaning.usable for reply in anomaly.replies)
    others = [reply for reply in anomaly.replies if reply.server != finding.server]
    if len(others) == len(anomaly.replies):
        return False
    return finding.code in _OF_A_COPY or _is_gone_without(anomaly, others)


def _is_gone_without(anomaly: Anomaly, others: list[HeardReply]) -> bool:
    """Whether replies do not differ any more when those of one server are left out, whoever are more."""
    compared = anomaly.sort in COMPARED and any(other.meaning.usable for other in others)
    return compared and all(each.sort is not anomaly.sort for each in differences(others))

"""Findings that the user accepts, taken out of those that count. Pure: nothing here sends a query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING

from dnstrace.analysis.changes_shown import as_shown
from dnstrace.model.accepting import Accepted, Ignore, Ignored
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.findings import Finding


def accepting(trace: Trace, ignores: Iterable[Ignore]) -> Trace:
    """The trace with the findings that are accepted apart from those that count.

    What has expired by the day on which the trace began accepts nothing. Without a check nothing changes.
    """
    if trace.findings is None or not (ignores := tuple(ignores)):
        return trace
    today = trace.started.astimezone(UTC).date()
    valid = [each for each in ignores if not each.has_expired(today)]
    counting: list[Finding] = []
    accepted: list[Accepted] = []
    for finding in trace.findings:
        if (ignore := next((each for each in valid if each.concerns(finding)), None)) is None:
            counting.append(finding)
        else:
            accepted.append(Accepted(finding, ignore))
    used = tuple(
        Ignored(each, each.has_expired(today), sum(map(each.concerns, trace.findings))) for each in ignores
    )
    return replace(trace, findings=as_shown(counting, counting), accepted=tuple(accepted), ignores=used)

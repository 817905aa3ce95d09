"""Of how many changes a rehearsal says what they led to, where not all of them are shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model.findings import Finding, Remedy


def as_shown(findings: Iterable[Finding], shown: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of which only those in `shown` are there to be read: changes of others are said to be others.

    Remedies for one zone were rehearsed together, and all have the same rehearsal.
    """
    remedies: dict[object, set[Remedy | None]] = {}
    for each in shown:
        remedies.setdefault((each.zone, each.rehearsal), set()).add(each.remedy)
    return tuple(_as_shown(each, len(remedies.get((each.zone, each.rehearsal), ()))) for each in findings)


def _as_shown(finding: Finding, shown: int) -> Finding:
    """A finding of which `shown` changes are there to be read; some may have been left out before."""
    together = finding.rehearsal
    if together is None or not 0 < shown < together.changes:
        return finding
    told = replace(together, shown=shown)
    return replace(finding, rehearsed=told.text, rehearsal=told)

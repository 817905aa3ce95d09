"""Of how many changes a rehearsal says what they led to, where not all of them are shown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dnstrace.model.counting import counted
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model.findings import Finding

_SEVERAL = re.compile(r"with (?:this|these (\d+) changes)(?: and (\d+) changes? not shown here)?, ")


def with_changes(changes: int, led_to: str) -> str:
    """What a number of changes together led to: `with these 2 changes, 4 of 4 paths give 192.0.2.1`."""
    return f"with {'this' if changes == 1 else f'these {changes} changes'}, {led_to}"


def as_shown(findings: Iterable[Finding], shown: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of which only those in `shown` are there to be read: changes of others are said to be others.

    Remedies for one zone were rehearsed together, and all say what they led to in the same words.
    """
    remedies: dict[object, set[object]] = {}
    for each in shown:
        remedies.setdefault((each.zone, each.rehearsed), set()).add(each.remedy)
    return tuple(_as_shown(each, len(remedies.get((each.zone, each.rehearsed), ()))) for each in findings)


def _as_shown(finding: Finding, shown: int) -> Finding:
    """A finding of which `shown` changes are there to be read; some may have been left out before."""
    together = _SEVERAL.match(finding.rehearsed)
    if together is None or not shown:
        return finding
    others = int(together[1] or 1) + int(together[2] or 0) - shown
    if others <= 0:
        return finding
    these = "this" if shown == 1 else f"these {shown} changes"
    led_to = finding.rehearsed[together.end() :]
    return replace(
        finding, rehearsed=f"with {these} and {counted(others, 'change')} not shown here, {led_to}"
    )

"""A report with only the findings from a level on (`--level`): how much is left out is said."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dnstrace.analysis.changes_shown import as_shown
from dnstrace.model.counting import counted
from dnstrace.model.findings import Level
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model.findings import Finding, Verdict
    from dnstrace.model.report import Report


def narrowed(report: Report, level: str) -> Report:
    """The report as it is shown from `level` on. The exit status does not follow from this one."""
    least, found = Level(level), report.trace.findings or ()
    left_out = Counter(finding.level for finding in found if not finding.level.is_at_least(least))
    if not left_out:
        return report
    shown = from_level(found, level)
    each = [counted(left_out[of], of.value) for of in Level if left_out[of]]
    were = "is" if sum(left_out.values()) == 1 else "are"
    return replace(
        report,
        trace=replace(report.trace, findings=as_shown(shown, shown)),
        verdict=_narrowed(report.verdict, least, shown),
        unshown=f"{' and '.join(each)} {were} not shown (--level {level})",
    )


def from_level(found: Iterable[Finding], level: str) -> tuple[Finding, ...]:
    """The findings from a level on."""
    least = Level(level)
    return tuple(finding for finding in found if finding.level.is_at_least(least))


def _narrowed(verdict: Verdict | None, least: Level, shown: Iterable[Finding]) -> Verdict | None:
    """The verdict, unless it is about what is left out; without the lines that list that."""
    if verdict is None or (verdict.claims and not from_level(verdict.claims, least)):
        return None
    left_out = tuple(level.value for level in Level if not level.is_at_least(least))
    summary = tuple(line for line in verdict.summary if not line.startswith(left_out))
    return replace(verdict, summary=summary, claims=as_shown(verdict.claims, shown))

"""What to do about a finding, in parts for every output: the fix, who acts, and how it was rehearsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dnstrace.render.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model.findings import Finding, Verdict

FIX, WHO, REHEARSED, NOT_REHEARSED, EXPLAINS = "fix", "who", "rehearsed", "not rehearsed", "explains"
EXPLAINED = "explained by"


class Part(NamedTuple):
    """A line about a remedy: `head` says what kind of line it is, `text` what it says."""

    head: str
    text: str


def parts(finding: Finding) -> list[Part]:
    """The lines about the remedy of a finding, and what else it explains; none of them is empty."""
    why_not = why_not_rehearsed(finding)
    rehearsed = Part(NOT_REHEARSED, why_not) if why_not else Part(REHEARSED, finding.rehearsed)
    explains = Part(EXPLAINS, ", ".join(finding.explains))
    found = (Part(FIX, finding.cure), Part(WHO, finding.actor), rehearsed, explains)
    return [Part(part.head, harmless(part.text)) for part in found if part.text]


def explained_by(finding: Finding, said: Iterable[Finding]) -> Part | None:
    """That the cause that the verdict has `said` explains a finding: what to do about that comes first."""
    for cause in said:
        of_server = cause.server is not None and cause.server == finding.server
        same = finding.zone == cause.zone or (of_server and finding.remedy == cause.remedy)
        if same and finding.code in cause.explains:
            return Part(EXPLAINED, f"{cause.code}, in the verdict")
    return None


def why_not_rehearsed(finding: Finding) -> str:
    """Why the remedy of a finding was not rehearsed; empty where it was, and where there is none."""
    return harmless(finding.unrehearsed) if finding.cure or finding.records else ""


def parts_of_verdict(found: Verdict) -> list[Part]:
    """What to do with the records below a verdict, and why that was not rehearsed; empty without any."""
    lines = (Part(FIX, found.cure), Part(NOT_REHEARSED, found.unrehearsed)) if found.records else ()
    return [Part(part.head, harmless(part.text)) for part in lines if part.text]

"""What to do about a finding, in parts for every output: the fix, who acts, and how it was rehearsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dnstrace.render.text import harmless

if TYPE_CHECKING:
    from dnstrace.model.findings import Finding

FIX, WHO, REHEARSED, EXPLAINS = "fix", "who", "rehearsed", "explains"


class Part(NamedTuple):
    """A line about a remedy: `head` says what kind of line it is, `text` what it says."""

    head: str
    text: str


def parts(finding: Finding) -> list[Part]:
    """The lines about the remedy of a finding, and what else it explains; none of them is empty."""
    if (finding.cure or finding.records) and finding.unrehearsed:
        rehearsed = Part(f"not {REHEARSED}", finding.unrehearsed)
    else:
        rehearsed = Part(REHEARSED, finding.rehearsed)
    explains = Part(EXPLAINS, ", ".join(finding.explains))
    found = (Part(FIX, finding.cure), Part(WHO, finding.actor), rehearsed, explains)
    return [Part(part.head, harmless(part.text)) for part in found if part.text]

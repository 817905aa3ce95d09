"""What to do about a finding, in parts for every output: the fix, who acts, and the result of a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dnstrace.model.findings import who_acts
from dnstrace.model.naming import zone_text
from dnstrace.render.text import harmless

if TYPE_CHECKING:
    from dnstrace.model.findings import Finding

FIX, WHO, REHEARSED = "fix", "who", "rehearsed"


class Part(NamedTuple):
    """A line about a remedy: `head` says what kind of line it is, `text` what it says."""

    head: str
    text: str


def parts(finding: Finding) -> list[Part]:
    """The lines about the remedy of a finding; none of them is empty."""
    if (finding.cure or finding.records) and finding.unrehearsed:
        rehearsed = Part(f"not {REHEARSED}", finding.unrehearsed)
    else:
        rehearsed = Part(REHEARSED, finding.rehearsed)
    found = (Part(FIX, finding.cure), Part(WHO, who(finding)), rehearsed)
    return [Part(part.head, harmless(part.text)) for part in found if part.text]


def who(finding: Finding) -> str:
    """Who needs to act on a finding; empty where nobody does."""
    where = None if finding.remedy is None else finding.remedy.where
    above = "the parent zone" if where in (None, finding.zone) else f"{zone_text(where)}, the parent zone"
    return who_acts(finding.blame, zone_text(finding.zone), above)

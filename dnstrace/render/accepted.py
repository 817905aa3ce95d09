"""Findings that the user accepts, in words. Does not need rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.render.grouped import grouped
from dnstrace.render.text import harmless

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.accepting import Accepted, Ignore
    from dnstrace.model.findings import Finding

ACCEPTED = "accepted"


def accepted_groups(trace: Trace) -> list[tuple[Finding, Ignore]]:
    """The findings that the user accepts, and why; those that are alike are one."""
    by_ignore: dict[int, list[Accepted]] = {}
    for each in trace.accepted:
        by_ignore.setdefault(id(each.ignore), []).append(each)
    return [
        (finding, group[0].ignore)
        for group in by_ignore.values()
        for finding in grouped(each.finding for each in group)
    ]


def because(ignore: Ignore) -> str:
    """Why a finding is accepted, and until when."""
    until = "" if ignore.until is None else f"until {ignore.until}"
    if not ignore.reason:
        return f"{until or 'no reason given'} (--ignore {harmless(ignore.text)})"
    return f"{until or 'because'}: {harmless(ignore.reason)}"

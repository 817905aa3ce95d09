"""Findings that the user accepts (`--ignore`): values only. `dnstrace.analysis.accepting` applies them."""

from __future__ import annotations

from datetime import date

from dnstrace.model.asked import Name
from dnstrace.model.findings import Finding
from dnstrace.model.structs import Struct


class Ignore(Struct):
    """Which findings are accepted: those with a code, at a zone and at a server if these are given.

    `code` is None for findings of any code. `reason` says why they are accepted, which may be empty; `until`
    is the last day, in UTC, on which they are. `text` is what was written, `CODE[@ZONE][@SERVER]`, and
    `place` is where: an option, or a line of a file. A `default` was set for good, for other traces too.
    """

    text: str
    code: str | None
    zone: Name | None = None
    server: Name | None = None
    reason: str = ""
    until: date | None = None
    place: str = "--ignore"
    default: bool = False

    def concerns(self, finding: Finding) -> bool:
        """Whether it is about a finding."""
        return self.is_about(finding.code, finding.zone, finding.server)

    def is_about(self, code: str, zone: Name | None, server: Name | None) -> bool:
        """Whether it is about findings with this code, at this zone and server."""
        return self.code in (None, code) and self.zone in (None, zone) and self.server in (None, server)

    def has_expired(self, day: date) -> bool:
        """Whether it no longer holds on a day."""
        return self.until is not None and day > self.until


class Accepted(Struct):
    """A finding that counts for nothing, because of an Ignore."""

    finding: Finding
    ignore: Ignore


class Ignored(Struct):
    """What became of an Ignore in a trace: whether it has expired, and how many findings it concerns."""

    ignore: Ignore
    expired: bool
    findings: int

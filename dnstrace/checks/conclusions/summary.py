"""All findings of a trace, counted by level, and each by its code and its name servers."""

from __future__ import annotations

from collections.abc import Sequence

from dnstrace.checks.readings.phrases import counted, listed
from dnstrace.model import Name
from dnstrace.model.findings import Finding, Level

_SERVERS = 4  # of one code that are named


def counts(found: Sequence[Finding]) -> str:
    """How many findings there are of each level: `2 errors, 6 warnings, 1 notice`; empty if only one."""
    by_level = [(level, sum(finding.level is level for finding in found)) for level in Level]
    each = (counted(count, level.value) for level, count in by_level if count)
    return ", ".join(each) if len(found) > 1 else ""


def summary(found: Sequence[Finding]) -> tuple[str, ...]:
    """A line for each level that has findings: `errors: unreachable (ns1.example.com, ns2.example.com)`."""
    by_level = [(level, [finding for finding in found if finding.level is level]) for level in Level]
    return tuple(
        f"{level.value if len(of_level) == 1 else f'{level.value}s'}: {_by_code(of_level)}"
        for level, of_level in by_level
        if of_level
    )


def _by_code(found: Sequence[Finding]) -> str:
    servers: dict[str, dict[Name, None]] = {}
    for finding in found:
        servers.setdefault(finding.code, {}).update({finding.server: None} if finding.server else {})
    return ", ".join(
        f"{code} ({listed(names, most=_SERVERS)})" if names else code for code, names in servers.items()
    )

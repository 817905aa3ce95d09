"""The catalogue of findings: small pure rules over a recorded trace.

`findings` applies them all. Nothing here sends: what a rule needs besides the walk is asked by `probing`.
"""

from __future__ import annotations

from dnstrace.checks import aliases as _aliases  # noqa: F401
from dnstrace.checks import answers as _answers  # noqa: F401
from dnstrace.checks import chain as _chain  # noqa: F401
from dnstrace.checks import denial as _denial  # noqa: F401
from dnstrace.checks import parent_update as _parent_update  # noqa: F401
from dnstrace.checks import security as _security  # noqa: F401
from dnstrace.checks import signatures as _signatures  # noqa: F401
from dnstrace.checks.catalogue import CATALOGUE, Rule
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.finding import Blame, Fault, Finding, Level
from dnstrace.model import Trace

__all__ = ["CATALOGUE", "Blame", "Fault", "Finding", "Level", "Rule", "findings"]

_LEVELS = tuple(Level)


def findings(trace: Trace) -> tuple[Finding, ...]:
    """All that is wrong with what `trace` recorded: errors first, then by zone from the root down."""
    evidence = Evidence(trace)
    found = [finding for rule in CATALOGUE.values() for finding in rule.apply(evidence)]
    return tuple(sorted(found, key=lambda finding: _LEVELS.index(finding.level)))

"""The catalogue of findings: small pure rules over a recorded trace.

`findings` applies them all. Nothing here sends a query: `walk.probing` asks what a rule
needs beyond the walk.
"""

from __future__ import annotations

from dnstrace.checks import (
    aliases,
    answers,
    chain,
    cycles,
    delegation,
    denial,
    glue,
    interception,
    letter_case,
    names,
    parent_update,
    question_types,
    records,
    resolver_answers,
    security,
    servers,
    signatures,
    soa,
    spread,
    transport,
    unexplained,
)
from dnstrace.checks.catalogue import ENTERED, Rule, Trait
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.operators import assigned
from dnstrace.model import Trace
from dnstrace.model.findings import Blame, Finding, Level, Observation

__all__ = [
    "CATALOGUE",
    "RULES",
    "Blame",
    "Finding",
    "Level",
    "Observation",
    "Rule",
    "Trait",
    "applied",
    "findings",
]

RULES = (
    interception, servers, question_types, transport, letter_case, delegation, spread, cycles, names, glue,
    soa, answers, aliases, records, security, signatures, denial, parent_update, chain, resolver_answers,
    unexplained
)  # fmt: skip
"""The modules of rules. Each enters its rules into the catalogue."""

_ON_DNSSEC = {module.__name__ for module in (security, signatures, denial, parent_update, chain)}

_PLACES = {module.__name__: place for place, module in enumerate(RULES)}

CATALOGUE = {code: ENTERED[code] for code in sorted(ENTERED, key=lambda code: _PLACES[ENTERED[code].module])}
"""Every rule by its code, in the order in which findings of the same level are listed."""

_LEVELS = tuple(Level)


def applied(trace: Trace) -> tuple[Rule, ...]:
    """The rules that apply to `trace`: those on DNSSEC only if it was validated."""
    unjudged = _ON_DNSSEC if trace.judgement is None else ()
    return tuple(rule for rule in CATALOGUE.values() if rule.module not in unjudged)


def findings(trace: Trace) -> tuple[Finding, ...]:
    """Everything wrong in what `trace` recorded: errors first, then warnings, then notices."""
    evidence = Evidence(trace)
    found = evidence.found
    for rule in applied(trace):
        found += rule.apply(evidence)
    alone = [finding for finding in found if Trait.STANDS_ALONE in CATALOGUE[finding.code].traits]
    ranked = sorted(alone or found, key=lambda finding: _LEVELS.index(finding.level))
    return tuple(assigned(evidence, finding) for finding in ranked)

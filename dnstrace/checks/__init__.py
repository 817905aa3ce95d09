"""The catalogue of findings: small pure rules over a recorded trace.

`findings` applies them all. Nothing here sends a query: `walk.probing` asks what a rule
needs beyond the walk.
"""

from __future__ import annotations

from contextlib import closing

from dnstrace.checks.advice.operators import assigned
from dnstrace.checks.catalogue import ENTERED, Rule, Trait
from dnstrace.checks.conclusions.causes import explained
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.unchanged import Unchanged
from dnstrace.checks.rules import (
    algorithms,
    alias_chains,
    alias_rcode,
    aliases,
    answers,
    bootstrapping,
    chain,
    child_side,
    child_sync,
    contradictions,
    cuts,
    cycles,
    delegation,
    denial,
    denial_kinds,
    digests,
    encrypted,
    existence,
    glue,
    hints,
    interception,
    key_requests,
    left_over,
    letter_case,
    losing,
    mixture,
    names,
    over_tcp,
    parent_update,
    question_types,
    records,
    redirection,
    referrals,
    resolver_answers,
    security,
    servers,
    shared_addresses,
    shared_machines,
    signatures,
    soa,
    special_addresses,
    spread,
    steadiness,
    stopping,
    superfluous,
    target_hosts,
    targets,
    transport,
    undelegated_domains,
    unexplained,
    unused_ds,
    volume,
    zone_keys,
)
from dnstrace.model import Trace
from dnstrace.model.findings import Blame, Finding, Level, Observation

__all__ = [
    "CATALOGUE",
    "RULES",
    "Blame",
    "Checking",
    "Finding",
    "Level",
    "Observation",
    "Rule",
    "Trait",
    "applied",
    "findings",
]

RULES = (
    interception, hints, cuts, servers, losing, volume, steadiness, stopping, shared_machines,
    question_types, over_tcp, transport, letter_case, delegation, mixture, left_over, referrals,
    child_sync, spread, shared_addresses, cycles, names, special_addresses, glue, superfluous, soa,
    undelegated_domains, existence, answers, alias_chains, aliases, alias_rcode, redirection, targets,
    target_hosts, records, digests, unused_ds, security, algorithms, zone_keys, signatures, contradictions,
    denial, denial_kinds, child_side, parent_update, key_requests, bootstrapping, chain, encrypted,
    resolver_answers, unexplained,
)  # fmt: skip
"""The modules of rules. Each enters its rules into the catalogue."""

_DNSSEC = (
    digests, unused_ds, security, algorithms, zone_keys, signatures, contradictions, denial, denial_kinds,
    child_side, parent_update, key_requests, bootstrapping, chain, child_sync,
)  # fmt: skip
_ON_DNSSEC = {module.__name__ for module in _DNSSEC}
_WITHOUT_CHAIN = {module.__name__ for module in (security, algorithms, zone_keys, denial_kinds)}
"""What a zone's keys and its records of denial show by themselves, whether or not anybody trusts them."""

_PLACES = {module.__name__: place for place, module in enumerate(RULES)}

CATALOGUE = {code: ENTERED[code] for code in sorted(ENTERED, key=lambda code: _PLACES[ENTERED[code].module])}
"""Every rule by its code, in the order in which findings of the same level are listed."""

_LEVELS = tuple(Level)


def applied(trace: Trace) -> tuple[Rule, ...]:
    """The rules that apply to `trace`: those on DNSSEC if it was validated, some if no anchor was there."""
    unjudged = (
        _ON_DNSSEC - (_WITHOUT_CHAIN if trace.unjudged else set()) if trace.judgement is None else set()
    )
    return tuple(rule for rule in CATALOGUE.values() if rule.module not in unjudged)


def findings(trace: Trace) -> tuple[Finding, ...]:
    """Everything wrong in what `trace` recorded: errors first, then warnings, then notices."""
    with closing(Checking(trace)) as checking:
        for rule in applied(trace):
            checking.apply(rule)
        return checking.findings


class Checking:
    """The rules applied to a trace one by one; `findings` is what those applied so far have found."""

    def __init__(self, trace: Trace, unchanged: Unchanged | None = None) -> None:
        """`unchanged` is what was found in the traces of the same run before."""
        self._evidence = Evidence(trace, unchanged)
        self._found = self._evidence.found

    def close(self) -> None:
        """Let go of what was collected; see `dnstrace.checks.readings.evidence.Evidence.close`."""
        self._evidence.close()

    def apply(self, rule: Rule) -> None:
        """Apply one rule."""
        self._found += rule.apply(self._evidence)

    @property
    def held_back(self) -> frozenset[str]:
        """The codes of the rules that a limit kept from being applied to every zone."""
        return frozenset(self._evidence.held_back)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Errors first, then warnings, then notices; what stands alone hides everything else."""
        alone = [each for each in self._found if Trait.STANDS_ALONE in CATALOGUE[each.code].traits]
        ranked = sorted(alone or self._found, key=lambda finding: _LEVELS.index(finding.level))
        return explained(self._evidence, [assigned(self._evidence, finding) for finding in ranked])

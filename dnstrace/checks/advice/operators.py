"""Who needs to fix what a rule found: decided here for every finding, by the zones that the trace saw.

A rule says in which role somebody acts. That role depends on the zone: only a zone below a registry's has a
registrar, and the operator of a name server's own zone may be the operator of the zone.
"""

from __future__ import annotations

from dnstrace.checks.advice.registries import has_registrar
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.upper_zone import delegating
from dnstrace.model import ROOT, Name
from dnstrace.model.findings import Blame, Finding
from dnstrace.model.naming import is_below
from dnstrace.model.structs import replace


def assigned(evidence: Evidence, finding: Finding) -> Finding:
    """The finding with the one who needs to act, and the zone whose operator or registrar that is.

    If the rule named the zone already, its operator or registrar is that zone's.
    """
    blame, operator = acting(evidence, finding.blame, finding.zone, finding.server)
    named = (Blame.REGISTRAR, Blame.HOST, Blame.SERVER_OPERATOR)
    if blame is finding.blame in named and finding.operator is not None:
        operator = finding.operator
    remedy = finding.remedy
    if remedy is not None:
        who, _ = acting(evidence, remedy.who, finding.zone, finding.server)
        remedy = replace(remedy, who=who)
    return replace(finding, blame=blame, operator=operator, remedy=remedy)


def acting(
    evidence: Evidence, blame: Blame, zone: Name | None, server: Name | None = None
) -> tuple[Blame, Name | None]:
    """Who acts in a role for a zone, and which zone's operator or registrar that is, as far as is known."""
    if zone is None:
        return blame, None
    if blame is Blame.REGISTRAR and not has_registrar(zone):
        blame = Blame.HOST if zone == ROOT else Blame.PARENT
    if blame is Blame.SERVER_OPERATOR and server is not None:
        holder = _deepest(evidence, server)
        return (Blame.HOST, zone) if holder == zone else (blame, holder)
    if blame is Blame.PARENT:
        return blame, parent_of(evidence, zone)
    return blame, zone if blame in (Blame.HOST, Blame.REGISTRAR) else None


def parent_of(evidence: Evidence, zone: Name) -> Name | None:
    """The zone that delegates a zone: the one that referred to it, else the deepest one known above it.

    None where a referral may be from a zone that its servers have as well.
    """
    cut = evidence.cut(zone)
    if cut is not None and cut.referrals:
        return delegating(cut)
    referring = (step for step in evidence.trace.steps if step.referral is not None)
    found = next((step.zone for step in referring if step.referral and step.referral.zone == zone), None)
    above = (each for each in evidence.zones if is_below(zone, each))
    return found or max(above, key=len, default=None)


def _deepest(evidence: Evidence, name: Name) -> Name | None:
    """The deepest zone known that a name is in."""
    return max((zone for zone in evidence.zones if name.is_subdomain(zone)), key=len, default=None)

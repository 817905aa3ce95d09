"""The rule of last resort on DNSSEC: validation failed, and no other rule explains why."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import ENTERED, Trait, of_trace
from dnstrace.checks.readings.clock import at_wrong_time
from dnstrace.checks.readings.delegated_keys import in_place
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import question_text
from dnstrace.checks.readings.replies import replies_of, soa_with_referral
from dnstrace.checks.readings.signing import signing_of
from dnstrace.checks.rules.aliases import delegated_alias, one_has_to_go
from dnstrace.dnssec.records import OddDS
from dnstrace.model import ROOT, Name, Outcome, Step, Trace
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.judgement import Judgement
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security
from dnstrace.model.structs import replace

_CODE = "chain-broken"
_COMPARE, _GIVE = "compare the trust anchor with", ", and give the right one with --trust-anchor"
_COMPARE_ROOT = (
    f"{_COMPARE} the keys that IANA publishes for the root zone, and update it;"
    " for another root, give its own with --trust-anchor"
)
_WITHOUT_LIMIT = (
    "find out why first: trace again so that every server is asked; rules that may explain this were not"
    " applied"
)


@of_trace(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, Trait.NAMES_OPERATOR, Trait.SURE_AT_ONCE)
def chain_broken(evidence: Evidence) -> Iterator[Observation]:
    """DNSSEC validation fails.

    What it is: a link in the chain of signatures from the trust anchor to the answer does not hold, for a
    reason that no other finding covers. If no signature of the root and of other zones is valid, the time of
    the check may be wrong.

    Why it matters: validating resolvers answer SERVFAIL: for their users the name is gone.

    How to fix it: the message says which link is broken, and why. Use `--dnssec` to see the whole chain.

    References: RFC 4035 section 5; RFC 4033 section 5
    """
    judgement = evidence.trace.judgement
    if judgement is None or judgement.security is not Security.BOGUS or judgement.missing:
        return
    breaking = [each for each in ENTERED.values() if Trait.BREAKS_TRUST in each.traits and each.code != _CODE]
    if any(next(rule.apply(evidence), None) for rule in breaking):
        return
    if (mistimed := at_wrong_time(evidence, judgement)) is not None:
        yield mistimed
        return
    bogus = {number for number, shown in judgement.steps.items() if shown.security is Security.BOGUS}
    steps = [step for step in evidence.trace.steps if step.id in bogus]
    if steps and all(map(_is_referral, steps)):
        return  # its SOA record is an error by itself (referral-with-soa)
    steps.sort(key=lambda step: step.outcome is not Outcome.FAILED)  # a step without a result shows it best
    zone = _broken_at(judgement, evidence.trace, steps)
    found = Observation(judgement.reason, tuple(step.id for step in steps), zone=zone)
    if (at_alias := _at_alias(evidence, found)) is not None:
        yield at_alias
        return
    if (at_anchor := _at_anchor(judgement, steps)) is not None:
        yield at_anchor
        return
    cut = None if zone is None else evidence.cut(zone)
    if cut is not None and any(isinstance(ds, OddDS) for ds in signing_of(cut).ds) and in_place(cut):
        yield replace(
            found,
            cure=f"replace the DS records of {zone_text(zone)}",
            records=in_place(cut),
            remedy=at_parent(cut, change=in_place(cut)),
            blame=Blame.REGISTRAR,
        )
        return
    remedy = None if zone is None else in_zone(zone, servers=_without_reply(steps))
    held_back = any(rule.code in evidence.held_back for rule in breaking)
    yield replace(found, cure=_WITHOUT_LIMIT if held_back else _cure(zone, steps), remedy=remedy)


def _is_referral(step: Step) -> bool:
    """Whether what was taken for a denial in a step is a referral too, as from every server."""
    replies = replies_of(step)
    return bool(replies) and all(soa_with_referral(reply) is not None for reply in replies)


def _broken_at(judgement: Judgement, trace: Trace, steps: list[Step]) -> Name | None:
    """The zone where the chain breaks: the highest whose keys did not come, else the deepest bogus one."""
    asked = [step for step in trace.steps if step.question.rdtype == dns.rdatatype.DNSKEY]
    shown = {step.id: judgement.steps[step.id].security for step in asked if step.id in judgement.steps}
    had = {step.question.name for step in asked if shown.get(step.id) is Security.SECURE}
    lacking = {step.question.name for step in asked if shown.get(step.id) is Security.BOGUS} - had
    if lacking:
        return min(lacking, key=len)
    return max((step.zone for step in steps), key=len, default=None)


def _at_alias(evidence: Evidence, found: Observation) -> Observation | None:
    """The same where the zone hangs on a name that is an alias too: a signer does not prove such a cut."""
    if (zone := found.zone) is None:
        return None
    for cut in evidence.cuts:
        if (owner := delegated_alias(cut, zone)) is not None:
            return replace(
                found, zone=cut.zone, cure=one_has_to_go(owner, cut.zone), remedy=in_zone(cut.zone)
            )
    return None


def _at_anchor(judgement: Judgement, steps: list[Step]) -> Observation | None:
    """That the keys of the zone of the trust anchor are not those of the anchor: nothing below matters."""
    secure = {number for number, shown in judgement.steps.items() if shown.security is Security.SECURE}
    asked = [step for step in steps if step.question.rdtype == dns.rdatatype.DNSKEY]
    top = min((step.question.name for step in asked), key=len, default=None)
    for step in (each for each in asked if each.question.name == top and each.outcome is not Outcome.FAILED):
        shown = judgement.steps[step.id]
        if top is not None and not secure and not any(key.trusted for key in shown.keys):
            cure = _COMPARE_ROOT if top == ROOT else f"{_COMPARE} the keys of {zone_text(top)}{_GIVE}"
            return Observation(shown.reason, (step.id,), zone=top, cure=cure, blame=Blame.NOBODY)
    return None


def _cure(zone: Name | None, steps: list[Step]) -> str:
    """What to do: first to get replies, then right ones."""
    failed = next((step for step in steps if step.outcome is Outcome.FAILED), None)
    if failed is None:
        return f"sign {zone_text(zone)} again, and load it on all its servers"
    servers = "the root servers" if failed.zone == ROOT else f"the servers of {plain(failed.zone)}"
    return f"make {servers} answer {question_text(failed.question)}, over UDP and TCP port 53"


def _without_reply(steps: list[Step]) -> tuple[Name, ...]:
    failed = (step for step in steps if step.outcome is Outcome.FAILED)
    return tuple(dict.fromkeys(attempt.server for step in failed for attempt in step.attempts))

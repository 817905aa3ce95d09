"""The last rule of all on DNSSEC: what validation found broken and no other rule explains."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.catalogue import ENTERED, Trait, of_trace
from dnstrace.checks.evidence import Evidence
from dnstrace.model import Outcome
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.security import Security

_CODE = "chain-broken"


@of_trace(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, Trait.NAMES_OPERATOR)
def chain_broken(evidence: Evidence) -> Iterator[Observation]:
    """Validation fails.

    What it is: from the trust anchor down to the answer, some link of the chain of signatures does not
    hold, in a way that no other finding names.

    Why it matters: validating resolvers answer SERVFAIL: for their users the name is gone.

    How to mend it: the message says which link, and why. `--dnssec` draws the chain.

    References: RFC 4035 section 5; RFC 4033 section 5
    """
    judgement = evidence.trace.judgement
    if judgement is None or judgement.security is not Security.BOGUS or judgement.missing:
        return
    others = (rule for rule in ENTERED.values() if Trait.BREAKS_TRUST in rule.traits and rule.code != _CODE)
    if any(next(rule.apply(evidence), None) for rule in others):
        return
    bogus = {number for number, shown in judgement.steps.items() if shown.security is Security.BOGUS}
    steps = [step for step in evidence.trace.steps if step.id in bogus]
    steps.sort(key=lambda step: step.outcome is not Outcome.FAILED)  # what brought nothing shows it best
    zones = [step.zone for step in steps]
    yield Observation(
        judgement.reason, tuple(step.id for step in steps), zone=max(zones, key=len, default=None)
    )

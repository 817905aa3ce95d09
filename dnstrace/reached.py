"""Where a trace came to: its last step, the zone that answered, the delegation that led there.

Readings of a Trace or a Meaning for whoever shows or judges one; nothing here asks or decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model import Delegation, Outcome

if TYPE_CHECKING:
    import dns.rrset

    from dnstrace.model import Meaning, Name, Step, Trace

_NEGATIVE = (Outcome.NODATA, Outcome.NXDOMAIN)


def last_step(trace: Trace) -> Step | None:
    """The last step of the walk itself."""
    return next((step for step in reversed(trace.steps) if step.main), None)


def zone_reached(trace: Trace) -> Name | None:
    """The deepest zone that the walk came to, as far as the replies tell; None before its first step.

    It is the zone referred to where the trace ends with a referral, else the one whose server was asked
    last, or the one below it for which that server answered, as where parent and child share servers.
    """
    if (step := last_step(trace)) is None:
        return None
    if step.referral is not None:
        return step.referral.zone
    return step.zone if step.meaning is None or step.meaning.zone is None else step.meaning.zone


def is_bogus(trace: Trace) -> bool:
    """Whether the chain of trust is broken: resolvers that validate give no answer (RFC 4035 section 4.3)."""
    return trace.judgement is not None and trace.judgement.security.value == "bogus"


def went_wrong(trace: Trace) -> bool:
    """Whether a trace that has ended came to nothing, or the rules found something in it."""
    ended = trace.outcome is not None and not trace.interrupted
    return ended and (trace.outcome is Outcome.FAILED or is_bogus(trace) or bool(trace.findings))


def delegation_reached(trace: Trace) -> Delegation | None:
    """What the parent said of the zone that the walk came to; None where no referral was seen."""
    zone = zone_reached(trace)
    referrals = (step.referral for step in reversed(trace.steps))
    return next((cut for cut in referrals if cut is not None and cut.zone == zone), None)


def negative_ttl(meaning: Meaning) -> int | None:
    """Seconds that a negative answer may be cached: the lesser of the SOA's TTL and MINIMUM (RFC 2308).

    None without an SOA record that can be read: then it is not cached at all.
    """
    minimum = None if meaning.soa is None else getattr(meaning.soa[0], "minimum", None)
    if meaning.soa is None or not isinstance(minimum, int):
        return None
    return min(meaning.soa.ttl, minimum)


def signed_ttl(trace: Trace, rrset: dns.rrset.RRset) -> int:
    """The TTL of an RRset of the answer; of a secure one, no longer than signed (RFC 4035 section 5.3.3).

    That is the least of the TTL, the Original TTL of the signature, and the time until that expires.
    """
    if trace.judgement is None or trace.judgement.security.value != "secure":
        return rrset.ttl
    covering = (r for r in trace.answer if r.rdtype == dns.rdatatype.RRSIG and r.name == rrset.name)
    lives = [
        min(rrsig.original_ttl, max(rrsig.expiration - int(trace.judgement.at), 0))
        for signatures in covering
        if signatures.covers == rrset.rdtype
        for rrsig in signatures
    ]
    return min(rrset.ttl, max(lives, default=rrset.ttl))


def life(trace: Trace) -> int | None:
    """Seconds for which a resolver that asked now would hold what was reached: the least TTL counts.

    None where nothing was reached; 0 where it is not to be cached at all.
    """
    ttls: list[int | None] = [
        signed_ttl(trace, rrset) for rrset in trace.answer if rrset.rdtype != dns.rdatatype.RRSIG
    ]
    if trace.outcome in _NEGATIVE:
        step = last_step(trace)
        ttls.append(None if step is None or step.meaning is None else negative_ttl(step.meaning))
    elif trace.outcome is Outcome.REFERRAL:
        cut = delegation_reached(trace)
        ttls.append(None if cut is None else cut.ttl)
    elif trace.outcome is not Outcome.ANSWER:
        return None
    return min((ttl or 0 for ttl in ttls), default=0)

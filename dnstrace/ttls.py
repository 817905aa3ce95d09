"""For how long a resolver that asked now would keep what a trace came to."""

from __future__ import annotations

import dns.rdatatype
import dns.rrset

from dnstrace.model import Meaning, Outcome, Trace
from dnstrace.reached import delegation_reached, last_step

_NEGATIVE = (Outcome.NODATA, Outcome.NXDOMAIN)


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

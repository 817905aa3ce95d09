"""How long a resolver that asked now would cache what a trace saw: the answer, and everything on the way.

After a change, old data stay in use for that long: the NS records of the parent and of the zone, the glue,
the DS records, the answer. Pure readings of a Trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.reached import delegation_reached, last_step
from dnstrace.model import Outcome, Probe
from dnstrace.model.lives import Held, Life
from dnstrace.model.security import Security
from dnstrace.model.serial import ahead

if TYPE_CHECKING:
    import dns.rrset

    from dnstrace.model import Delegation, Meaning, Name, Step, Trace

_NEGATIVE = (Outcome.NODATA, Outcome.NXDOMAIN)
_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)


def lives(trace: Trace) -> tuple[Life, ...]:
    """What a resolver may cache, in the order of the walk: the delegation, the zone's own NS, the answer."""
    ended = trace.started + timedelta(seconds=trace.stats.duration)
    return tuple(
        Life(what, name, rdtype, ttl, ended + timedelta(seconds=ttl))
        for what, name, rdtype, ttl in _met(trace)
    )


_Met = tuple[Held, "Name", dns.rdatatype.RdataType, int]


def _met(trace: Trace) -> Iterator[_Met]:
    cut = delegation_reached(trace)
    if cut is not None:
        yield from _of_delegation(trace, cut)
        yield from _of_own_ns(trace, cut.zone)
    if trace.outcome is Outcome.ANSWER:
        for rrset in trace.answer:
            if rrset.rdtype != dns.rdatatype.RRSIG:
                yield Held.ANSWER, rrset.name, rrset.rdtype, signed_ttl(trace, rrset)
    last = last_step(trace)
    if last is not None and trace.outcome in _NEGATIVE and last.meaning is not None:
        ttl = negative_ttl(last.meaning)
        if ttl is not None:
            yield Held.NEGATIVE, last.meaning.target or last.question.name, last.question.rdtype, ttl


def _of_delegation(trace: Trace, cut: Delegation) -> Iterator[_Met]:
    if cut.ttl is not None:
        yield Held.DELEGATION, cut.zone, dns.rdatatype.NS, cut.ttl
    if cut.ds is not None:
        yield Held.DS, cut.zone, dns.rdatatype.DS, cut.ds.ttl
    names = {server.name for server in cut.servers}
    step = next((step for step in trace.steps if step.referral is cut), None)
    glue = [rrset for rrset in _additional(step) if rrset.rdtype in _ADDRESSES and rrset.name in names]
    if glue:
        longest = max(glue, key=lambda rrset: rrset.ttl)
        yield Held.GLUE, longest.name, longest.rdtype, longest.ttl


def _additional(step: Step | None) -> Iterable[dns.rrset.RRset]:
    if step is None or step.chosen is None:
        return ()
    message = step.attempts[step.chosen].exchange.message
    return () if message is None else message.additional


def _of_own_ns(trace: Trace, zone: Name) -> Iterator[_Met]:
    """The longest TTL that a server of the zone returns for its NS RRset."""
    probes = (step for step in trace.steps if step.probe is Probe.NS and step.zone == zone)
    children = (attempt.meaning.child for step in probes for attempt in step.attempts)
    ttls = [
        child.ttl for child in children if child is not None and child.zone == zone and child.ttl is not None
    ]
    if ttls:
        yield Held.OWN_NS, zone, dns.rdatatype.NS, max(ttls)


# --- the answer alone -----------------------------------------------------------------------------


def negative_ttl(meaning: Meaning) -> int | None:
    """Seconds that a negative answer may be cached: the lower of the SOA's TTL and MINIMUM (RFC 2308).

    None without a readable SOA record: the answer is then not cached at all.
    """
    minimum = None if meaning.soa is None else getattr(meaning.soa[0], "minimum", None)
    if meaning.soa is None or not isinstance(minimum, int):
        return None
    return min(meaning.soa.ttl, minimum)


def signed_ttl(trace: Trace, rrset: dns.rrset.RRset) -> int:
    """The TTL of an RRset of the answer, in seconds; for a secure RRset limited by RFC 4035 section 5.3.3.

    The limit is the lowest of the TTL, the Original TTL of the signature, and the time until it expires.
    """
    if trace.judgement is None or trace.judgement.security is not Security.SECURE:
        return rrset.ttl
    covering = (r for r in trace.answer if r.rdtype == dns.rdatatype.RRSIG and r.name == rrset.name)
    lives = [
        min(rrsig.original_ttl, max(ahead(rrsig.expiration, int(trace.judgement.at)), 0))
        for signatures in covering
        if signatures.covers == rrset.rdtype
        for rrsig in signatures
    ]
    return min(rrset.ttl, max(lives, default=rrset.ttl))


def life(trace: Trace) -> int | None:
    """Seconds for which a resolver that asked now would cache the result: the lowest TTL counts.

    None if there is no result; 0 if it may not be cached.
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

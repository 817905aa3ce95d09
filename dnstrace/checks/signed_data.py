"""What in one reply has to do with signatures: the keys, and the RRsets that have to be signed."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.checks.replies import HeardReply
from dnstrace.dnssec.denial import DENIAL_TYPES
from dnstrace.dnssec.records import DNSKEY, Signed, signed
from dnstrace.model.naming import is_below


def keys_in(reply: HeardReply) -> frozenset[DNSKEY]:
    """The keys in the answer to a question for them."""
    rrset = reply.rrset(reply.step.question.name, dns.rdatatype.DNSKEY) or ()
    return frozenset(rdata for rdata in rrset if isinstance(rdata, DNSKEY))


def to_be_signed(reply: HeardReply) -> tuple[Signed, ...]:
    """The RRsets of a reply that the zone they belong to has to sign."""
    message = reply.message
    if message is None:
        return ()
    dnames = [r.name for r in message.answer if r.rdtype == dns.rdatatype.DNAME]
    answer = signed(message.answer) if reply.meaning.authoritative else []
    authority = signed(message.authority, (dns.rdatatype.SOA, dns.rdatatype.DS, *DENIAL_TYPES))
    return tuple(
        data
        for data in (*answer, *authority)
        if data.signatures
        or data.rdtype != dns.rdatatype.CNAME
        or not any(is_below(data.name, dname) for dname in dnames)
    )

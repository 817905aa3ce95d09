"""What in one reply has to do with signatures: the keys, and the RRsets that have to be signed."""

from __future__ import annotations

from collections.abc import Iterable

import dns.rdatatype

from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.dnssec.denial import DENIAL_TYPES
from dnstrace.dnssec.records import DNSKEY, Signed, signed
from dnstrace.dnssec.signature import is_zone_key, usable_key
from dnstrace.message.meaning import FROM_CHILD
from dnstrace.model import Kind, Name, Step
from dnstrace.model.naming import is_below


def keys_in(reply: HeardReply) -> frozenset[DNSKEY]:
    """The keys in the answer to a question for them."""
    rrset = reply.rrset(reply.step.question.name, dns.rdatatype.DNSKEY) or ()
    return frozenset(rdata for rdata in rrset if isinstance(rdata, DNSKEY))


def signers_of_data(keys: frozenset[DNSKEY]) -> frozenset[DNSKEY]:
    """The keys that may sign data: without secure entry points, where there are others (RFC 8901).

    Where no algorithm is supported, the keys still show which servers have the same version of the zone.
    """
    usable = frozenset(key for key in keys if usable_key(key)) or frozenset(filter(is_zone_key, keys))
    return frozenset(key for key in usable if not key.flags & 1) or usable


def to_be_signed(reply: HeardReply) -> tuple[Signed, ...]:
    """The RRsets of a reply that the zone they belong to has to sign.

    An answer without the AA flag may be unsigned data of the zone below; if it is signed, it counts.
    """
    message = reply.message
    if message is None:
        return ()
    dnames = [r.name for r in message.answer if r.rdtype == dns.rdatatype.DNAME]
    authoritative = reply.meaning.authoritative
    answer = [data for data in signed(message.answer) if authoritative or data.signatures]
    authority = signed(message.authority, (dns.rdatatype.SOA, dns.rdatatype.DS, *DENIAL_TYPES))
    return tuple(
        data
        for data in (*answer, *authority)
        if data.signatures
        or data.rdtype != dns.rdatatype.CNAME
        or not any(is_below(data.name, dname) for dname in dnames)
    )


def denials_in(reply: HeardReply) -> tuple[Signed, ...]:
    """The NSEC and NSEC3 RRsets of a reply: in the authority section, or in the answer if it is asked for."""
    message = reply.message
    return () if message is None else tuple(signed([*message.authority, *message.answer], DENIAL_TYPES))


def from_child(steps: Iterable[Step], zone: Name) -> list[HeardReply]:
    """Replies of servers of `zone` to a query for DS, from the zone below whose DS RRset was asked for."""
    of_zone = (step for step in steps if step.zone == zone and step.question.rdtype == dns.rdatatype.DS)
    return [
        reply
        for step in of_zone
        for reply in replies_of(step)
        if reply.meaning.kind is Kind.LAME and reply.meaning.note == FROM_CHILD
    ]

"""What in one reply has to do with signatures: the keys, and the RRsets that have to be signed."""

from __future__ import annotations

from collections.abc import Iterable

import dns.rdatatype

from dnstrace.checks.evidence import Cut
from dnstrace.checks.replies import HeardReply, replies_of
from dnstrace.dnssec.denial import DENIAL_TYPES
from dnstrace.dnssec.records import DNSKEY, Signed, signed
from dnstrace.dnssec.signature import usable_key
from dnstrace.message.meaning import FROM_CHILD
from dnstrace.model import Kind, Name, Probe, Purpose, Step
from dnstrace.model.naming import is_below

_COMPARED = (Probe.SOA, Probe.NS, Probe.DNSKEY, Probe.CDS, Probe.CDNSKEY, Probe.NSEC3PARAM, Probe.TYPE)
_ANSWERS = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN})


def keys_in(reply: HeardReply) -> frozenset[DNSKEY]:
    """The keys in the answer to a question for them."""
    rrset = reply.rrset(reply.step.question.name, dns.rdatatype.DNSKEY) or ()
    return frozenset(rdata for rdata in rrset if isinstance(rdata, DNSKEY))


def signers_of_data(keys: frozenset[DNSKEY]) -> frozenset[DNSKEY]:
    """The keys that may sign data: without secure entry points, where there are others (RFC 8901)."""
    usable = frozenset(key for key in keys if usable_key(key))
    return frozenset(key for key in usable if not key.flags & 1) or usable


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


def without_authority(cut: Cut) -> list[HeardReply]:
    """The replies with keys of the zone that lack the AA flag, and to probes where others have it."""
    keys = (s for s in cut.steps if s.purpose is Purpose.DNSKEY and s.zone == cut.zone)
    replies = [reply for step in keys for reply in replies_of(step)]
    found = [r for r in replies if r.meaning.kind is Kind.ANSWER and not r.meaning.authoritative]
    for probe in _COMPARED:
        for step in cut.probe_steps(probe):
            heard = [r for r in replies_of(step) if r.address in cut.serving and r.meaning.kind in _ANSWERS]
            if any(reply.meaning.authoritative for reply in heard):
                found += [reply for reply in heard if not reply.meaning.authoritative]
    return found


def from_child(steps: Iterable[Step], zone: Name) -> list[HeardReply]:
    """Replies of servers of `zone` to a query for DS, from the zone below whose DS RRset was asked for."""
    of_zone = (step for step in steps if step.zone == zone and step.question.rdtype == dns.rdatatype.DS)
    return [
        reply
        for step in of_zone
        for reply in replies_of(step)
        if reply.meaning.kind is Kind.LAME and reply.meaning.note == FROM_CHILD
    ]

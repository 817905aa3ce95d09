"""What the rules on DNSSEC read from a zone cut: DS records, keys, signed data. Nothing is judged."""

from __future__ import annotations

import dns.dnssec
import dns.rdatatype

from dnstrace.checks.evidence import Cut, Reply
from dnstrace.dnssec.records import DNSKEY, DS, Signed, signed
from dnstrace.model import Kind, Name, Probe

_SEP = 0x0001  # the flag of a key that signs keys (RFC 4034 section 2.1.1)


def judged_at(cut: Cut) -> float:
    """The time as of which the trace was judged."""
    judgement = cut.evidence.trace.judgement
    return cut.evidence.trace.started.timestamp() if judgement is None else judgement.at


def ds_of(cut: Cut) -> list[DS]:
    """The DS records that the parent has for the zone."""
    found = cut.delegation.ds if cut.delegation is not None else None
    return [rdata for rdata in found or () if isinstance(rdata, DS)]


def keys_in(reply: Reply, zone: Name) -> list[DNSKEY]:
    """The keys of the zone that a reply gives."""
    return [rdata for rdata in reply.rrset(zone, dns.rdatatype.DNSKEY) or () if isinstance(rdata, DNSKEY)]


def keys_of(cut: Cut) -> list[DNSKEY]:
    """The keys that any server of the zone gives, each once."""
    return list({key: None for reply in cut.probe(Probe.DNSKEY) for key in keys_in(reply, cut.zone)})


def ds_records(zone: Name, keys: list[DNSKEY]) -> tuple[str, ...]:
    """The DS records of the keys that sign keys, in master file syntax."""
    signing = [key for key in keys if key.flags & _SEP] or keys
    return tuple(f"{zone} IN DS {dns.dnssec.make_ds(zone, key, 'SHA256').to_text()}" for key in signing)


def digest_of(record: DS) -> tuple[int, int, int, bytes]:
    """What a DS or CDS record says: key tag, algorithm, digest type, digest."""
    return record.key_tag, int(record.algorithm), int(record.digest_type), record.digest


def rsa_bits(key: DNSKEY) -> int:
    """The length of an RSA key's modulus, in bits (RFC 3110 section 2)."""
    octets = key.key
    skip = 1 + octets[0] if octets[:1] != b"\0" else 3 + int.from_bytes(octets[1:3])
    return int.from_bytes(octets[skip:]).bit_length()


def signed_replies(cut: Cut) -> list[Reply]:
    """The replies of a signed zone's servers that should be signed, since signatures were asked for."""
    if not keys_of(cut):
        return []
    asked = (*cut.replies, *cut.probe(Probe.SOA), *cut.probe(Probe.DNSKEY), *cut.probe(Probe.NS))
    return [
        reply
        for reply in asked
        if reply.address in cut.serving
        and reply.meaning.kind in (Kind.ANSWER, Kind.ALIAS)
        and reply.attempt.exchange.query.edns is not None
    ]


def data_of(reply: Reply, cut: Cut) -> list[Signed]:
    """The RRsets of a reply's answer that are the zone's own."""
    if reply.message is None:
        return []
    below = {c.zone for c in cut.evidence.cuts if c.zone != cut.zone and c.zone.is_subdomain(cut.zone)}
    dnames = [data.name for data in signed(reply.message.answer, (dns.rdatatype.DNAME,))]
    return [
        data
        for data in signed(reply.message.answer)
        if data.name.is_subdomain(cut.zone)
        and not any(data.name.is_subdomain(zone) for zone in below)
        and not any(data.name != dname and data.name.is_subdomain(dname) for dname in dnames)
    ]

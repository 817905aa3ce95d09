"""The DS records that a zone asks its parent to publish: by CDS and CDNSKEY records, or by its keys."""

from __future__ import annotations

from collections.abc import Iterable

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.dnskeybase import DNSKEYBase
from dns.rdtypes.dsbase import DSBase

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.signing import signing_of
from dnstrace.dnssec.algorithms import ds_usable, key_tag, matches
from dnstrace.dnssec.records import SEP, OddDS
from dnstrace.message.presentation import in_master_file
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.heard import SHOWS_NOTHING

_ASKS_FOR_NONE = 0  # the algorithm of the record that asks for no DS at all (RFC 8078 section 4)
_SHA256 = "SHA256"
_USUAL_TTL = 86400
_CDS_TTL = 3600

Record = tuple[int, int, int, bytes]


def wanted(cut: Cut) -> tuple[Record, ...]:
    """What the zone's CDS records, else its CDNSKEY records, ask for: tag, algorithm, digest type, digest.

    A record that asks for no DS at all counts only where it is the only one (RFC 8078 section 4).
    """
    asked = _wanted(cut)
    return asked if len(asked) == 1 else tuple(each for each in asked if each[1] != _ASKS_FOR_NONE)


def _wanted(cut: Cut) -> tuple[Record, ...]:
    for reply in cut.probe(Probe.CDS):
        if rrset := reply.rrset(cut.zone, dns.rdatatype.CDS):
            return tuple(sorted(_record(rdata) for rdata in rrset if isinstance(rdata, DSBase)))
    for reply in cut.probe(Probe.CDNSKEY):
        if rrset := reply.rrset(cut.zone, dns.rdatatype.CDNSKEY):
            keys = (rdata for rdata in rrset if isinstance(rdata, DNSKEYBase))
            return tuple(sorted(of_keys(cut.zone, keys)))
    return ()


def of_keys(zone: Name, keys: Iterable[DNSKEYBase]) -> tuple[Record, ...]:
    """The DS records of keys, by SHA-256 (RFC 4509)."""
    import dns.dnssec

    return tuple(
        (0, 0, 0, b"\0")
        if key.algorithm == _ASKS_FOR_NONE
        else _record(dns.dnssec.make_ds(zone, key, _SHA256, policy=dns.dnssec.allow_all_policy))
        for key in keys
    )


def deletes(records: Iterable[Record]) -> bool:
    """Whether the zone asks for the removal of its DS records (RFC 8078 section 4)."""
    return {algorithm for _, algorithm, _, _ in records} == {_ASKS_FOR_NONE}


def fitting(cut: Cut, asked: Iterable[Record]) -> tuple[Record, ...]:
    """The records that are of a key which validly signs the zone's DNSKEY RRset."""
    every = {record: _as_ds(record) for record in asked}
    found = matches(filter(None, every.values()), cut.zone, signing_of(cut).signing_keys)
    return tuple(record for record, ds in every.items() if ds is not None and found[ds])


def to_publish(cut: Cut) -> tuple[str, ...]:
    """The DS records that the parent should have, in master-file format; empty if nothing shows which.

    They are those that the zone asks for, if one of them is of a key that signs the DNSKEY RRset, else those
    of the keys that do: of secure entry points (RFC 4034 section 2.1.1) if there are any.
    """
    asked = wanted(cut)
    if not fitting(cut, asked):
        asked = of_keys(cut.zone, _entry_points(cut))
    return as_records(cut, asked)


def in_place(cut: Cut) -> tuple[str, ...]:
    """The DS records to replace all of the parent's by, where some of these are wrong; empty as `to_publish`.

    Those of keys that were not seen stay, unless the zone asks for no others and all its servers were heard:
    such a key may be about to be introduced (RFC 6781 section 4.1.2), or be at a server that is silent.
    """
    publish, signing = to_publish(cut), signing_of(cut)
    if not publish or (fitting(cut, wanted(cut)) and not unheard(cut)):
        return publish
    seen = {(key_tag(key), int(key.algorithm)) for key in signing.keys}
    sound = (ds for ds in signing.ds if ds_usable(ds) and not isinstance(ds, OddDS))
    others = [ds for ds in sound if (int(ds.key_tag), int(ds.algorithm)) not in seen]
    return tuple(dict.fromkeys((*publish, *published(cut, others))))


def to_ask_by(cut: Cut) -> tuple[str, ...]:
    """The CDS and CDNSKEY records of the keys that sign the DNSKEY RRset, in master-file format."""
    keys = _entry_points(cut)
    cds = (
        f"{tag} {algorithm} {kind} {digest.hex()}" for tag, algorithm, kind, digest in of_keys(cut.zone, keys)
    )
    return (
        *(f"{cut.zone} {_CDS_TTL} IN CDS {text}" for text in cds),
        *(f"{cut.zone} {_CDS_TTL} IN CDNSKEY {in_master_file(key)}" for key in keys),
    )


def _entry_points(cut: Cut) -> list[DNSKEYBase]:
    """The keys that sign the DNSKEY RRset: those that are secure entry points, if there are any."""
    keys = signing_of(cut).signing_keys
    return [key for key in keys if key.flags & SEP] or list(keys)


def published(cut: Cut, found: Iterable[DS] | None = None) -> tuple[str, ...]:
    """DS records of the parent, in master-file format: all of them, or those in `found`."""
    ttl = (cut.delegation.ttl if cut.delegation is not None else None) or _USUAL_TTL
    records = signing_of(cut).ds if found is None else found
    return tuple(f"{cut.zone} {ttl} IN DS {in_master_file(ds)}" for ds in records)


def as_records(cut: Cut, found: Iterable[Record]) -> tuple[str, ...]:
    """DS records in master-file format."""
    ttl = (cut.delegation.ttl if cut.delegation is not None else None) or _USUAL_TTL
    return tuple(
        f"{cut.zone} {ttl} IN DS {tag} {algorithm} {kind} {digest.hex().upper()}"
        for tag, algorithm, kind, digest in found
    )


def records(reply: HeardReply, zone: Name, rdtype: dns.rdatatype.RdataType) -> frozenset[Record] | None:
    """The CDS or CDNSKEY records of a reply, as DS records; None if it says nothing about them."""
    if reply.meaning.kind is Kind.NODATA:
        return frozenset()
    rrset = reply.rrset(zone, rdtype)
    if rrset is None:
        return None
    if rdtype == dns.rdatatype.CDS:
        return frozenset(_record(rdata) for rdata in rrset if isinstance(rdata, DSBase))
    return frozenset(of_keys(zone, (rdata for rdata in rrset if isinstance(rdata, DNSKEYBase))))


def in_words(found: Iterable[Record]) -> str:
    """Records by tag, algorithm and digest type: `12345 13 2`."""
    return ", ".join(f"{tag} {algorithm} {kind}" for tag, algorithm, kind, _ in sorted(found)) or "none"


def _record(ds: DSBase) -> Record:
    return int(ds.key_tag), int(ds.algorithm), int(ds.digest_type), bytes(ds.digest)


def _as_ds(record: Record) -> DS | None:
    """The DS record; None if its digest does not have the length of its type."""
    tag, algorithm, kind, digest = record
    try:
        made = dns.rdata.from_text(
            dns.rdataclass.IN, dns.rdatatype.DS, f"{tag} {algorithm} {kind} {digest.hex()}"
        )
    except (dns.exception.DNSException, ValueError):
        return None
    return made if isinstance(made, DS) else None


def of_ds(found: Iterable[DS]) -> frozenset[Record]:
    """DS records in the form in which they compare with what the zone asks for."""
    return frozenset(map(_record, found))


def unheard(cut: Cut) -> tuple[Name, ...]:
    """The servers of a zone that did not answer when asked, and may have other keys than the rest."""
    return cut.once(_unheard)


def _unheard(cut: Cut) -> tuple[Name, ...]:
    asked = [reply.attempt for reply in cut.everyone if not reply.meaning.usable]
    for step in cut.steps:
        of_keys = step.question.name == cut.zone and step.question.rdtype == dns.rdatatype.DNSKEY
        if of_keys and step.zone == cut.zone:  # others are of the walk, and of the servers of zones above
            asked += [attempt for attempt in step.attempts if attempt.meaning.kind not in SHOWS_NOTHING]
    answered = {reply.server for reply, _ in signing_of(cut).key_replies.values()}
    return tuple(dict.fromkeys(each.server for each in asked if each.server not in answered))

"""Rules on what CDS and CDNSKEY records ask for: whether a parent that follows them would break the zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

import dns.rdata
import dns.rdatatype
from dns.rdtypes.dnskeybase import DNSKEYBase
from dns.rdtypes.dsbase import DSBase

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.delegated_keys import to_ask_by
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import keys_text, listed, parent_text, where
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.checks.readings.signing import Signing, signing_of
from dnstrace.checks.rules.parent_update import cds_inconsistent
from dnstrace.dnssec.algorithms import key_tag, matches
from dnstrace.dnssec.records import DNSKEY, SEP, ds_records, signed
from dnstrace.dnssec.signature import REVOKED, ZONE_KEY
from dnstrace.model import Kind, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text

_TYPES = {Probe.CDS: dns.rdatatype.CDS, Probe.CDNSKEY: dns.rdatatype.CDNSKEY}
_NOT_SIGNED = "are not signed by a key that a DS record names"
_DELETE = 0  # the algorithm of the record that asks for no DS at all (RFC 8078 section 4)


class _Request(NamedTuple):
    """A CDS or CDNSKEY record: its key by tag, and the key of the zone that it is for, if there is one."""

    tag: int
    key: DNSKEY | None
    delete: bool = False


class _Asking(NamedTuple):
    """The records of one type, and the replies that have them."""

    rdtype: dns.rdatatype.RdataType
    replies: list[HeardReply]
    requests: list[_Request]


@of_cut(Level.WARNING, Blame.HOST, also=(Level.NOTICE,))
def cds_unusable(cut: Cut) -> Iterator[Observation]:
    """The zone's CDS or CDNSKEY records ask for DS records that would not work.

    What it is: they name keys that the zone does not have, that are not zone keys, or that do not sign the
    zone's keys; or they ask for no DS record and for others at the same time; or no key that a DS record
    names signs them.

    Why it matters: a careful parent ignores such records, and the rollover gets stuck. A parent that is not
    careful publishes DS records with which validating resolvers answer SERVFAIL for the whole zone.

    How to fix it: generate the records from the keys that sign the zone's DNSKEY RRset, and sign them with
    the key that the current DS record names. Remove records of keys that are gone.

    References: RFC 7344 section 4.1; RFC 8078 section 4; RFC 4034 section 2.1.1
    """
    groups: dict[tuple[str, ...], list[_Asking]] = {}
    for asking in _asking(cut) if cut.probed else ():
        if faults := (*_faults(signing_of(cut), asking.requests), *_signing_faults(cut, asking)):
            groups.setdefault(faults, []).append(asking)
    for faults, group in groups.items():
        if faults == (_NOT_SIGNED,):
            yield _to_be_signed(cut, group)
            continue
        replies = [reply for asking in group for reply in asking.replies]
        types = listed(asking.rdtype.name for asking in group)
        breaks = any(_breaks(signing_of(cut), asking.requests) for asking in group)
        requests = [each for asking in group for each in asking.requests]
        later = not breaks and any(each.key is None and not each.delete for each in requests)
        standby = "unless they name a key that is yet to be introduced, " if later else ""
        both = any(each.delete for each in requests) and not all(each.delete for each in requests)
        unsigned = "; or, if the zone is to become unsigned, publish only those that ask for no DS record"
        yield Observation(
            f"the {types} records of {zone_text(cut.zone)} {'; they '.join(faults)}, on {where(replies)}",
            steps_of(replies),
            cure=f"{standby}generate the CDS and CDNSKEY records of {zone_text(cut.zone)} again from the keys"
            f" that sign its DNSKEY records{unsigned if both else ''}",
            records=to_ask_by(cut),
            level=None if breaks else Level.NOTICE,
            remedy=in_zone(cut.zone, change=to_ask_by(cut)),
        )


def _to_be_signed(cut: Cut, group: list[_Asking]) -> Observation:
    """The observation of records that are right, and only signed with another key."""
    replies = [reply for asking in group for reply in asking.replies]
    records = f"the {listed(asking.rdtype.name for asking in group)} records of {zone_text(cut.zone)}"
    keys = keys_text(map(key_tag, signing_of(cut).entries))
    return Observation(
        f"{records} {_NOT_SIGNED}, on {where(replies)}",
        steps_of(replies),
        cure=f"sign {records} with {keys}, which {parent_text(cut)} has a DS record for",
        level=Level.NOTICE,
        remedy=in_zone(cut.zone),
    )


@of_cut(Level.NOTICE, Blame.HOST)
def cds_alone(cut: Cut) -> Iterator[Observation]:
    """The zone has CDS records without CDNSKEY records, or the reverse.

    What it is: of the two types with which a zone asks its parent for DS records, only one is there.

    Why it matters: some parents read CDS records and others CDNSKEY records. One that reads the other type
    does not see what the zone asks for.

    How to fix it: let the signing software publish both.

    References: RFC 7344 section 4; RFC 7344 section 5
    """
    if not cut.probed or next(cds_inconsistent(cut), None) is not None:
        return
    for there, missing in ((Probe.CDS, Probe.CDNSKEY), (Probe.CDNSKEY, Probe.CDS)):
        lacking = {reply.address: reply for reply in cut.probe(missing) if reply.meaning.kind is Kind.NODATA}
        alone = [
            reply
            for reply in cut.probe(there)
            if reply.address in lacking and reply.rrset(cut.zone, _TYPES[there]) is not None
        ]
        if alone:
            yield Observation(
                f"{zone_text(cut.zone)} has {_TYPES[there].name} records but no {_TYPES[missing].name}"
                f" records, on {where(alone)}",
                steps_of((*alone, *(lacking[reply.address] for reply in alone))),
                cure=f"publish {_TYPES[missing].name} records in {zone_text(cut.zone)} too",
                remedy=in_zone(cut.zone),
            )


# --- what they look at -------------------------------------------------------------------------


def _asking(cut: Cut) -> Iterator[_Asking]:
    """The records of each type that is there."""
    signing = signing_of(cut)
    for probe, rdtype in _TYPES.items():
        if replies := [reply for reply in cut.probe(probe) if reply.rrset(cut.zone, rdtype) is not None]:
            rrsets = (reply.rrset(cut.zone, rdtype) or () for reply in replies)
            records = dict.fromkeys(rdata for rrset in rrsets for rdata in sorted(rrset))
            requests = (_request(signing, rdata) for rdata in records)
            yield _Asking(rdtype, replies, [request for request in requests if request is not None])


def _request(signing: Signing, rdata: dns.rdata.Rdata) -> _Request | None:
    """What a record asks for; None where it is not of the form of its type."""
    if isinstance(rdata, DNSKEYBase):
        same = (key for key in signing.keys if (key.algorithm, key.key) == (rdata.algorithm, rdata.key))
        return _Request(key_tag(cast("DNSKEY", rdata)), next(same, None), rdata.algorithm == _DELETE)
    if isinstance(rdata, DSBase):
        return _Request(rdata.key_tag, _key_of(signing, rdata), rdata.algorithm == _DELETE)
    return None


def _key_of(signing: Signing, rdata: DSBase) -> DNSKEY | None:
    """The key of the zone that a CDS record is the digest of."""
    ds = ds_records([dns.rdata.GenericRdata(rdata.rdclass, dns.rdatatype.DS, rdata.to_digestable())])
    return next((key for found in matches(ds, signing.zone, signing.keys).values() for key in found), None)


def _faults(signing: Signing, requests: list[_Request]) -> Iterator[str]:
    """What is wrong with the records: each goes on after the words `the CDS records of example.com`."""
    named = [request for request in requests if not request.delete]
    if named and len(named) < len(requests):
        yield "ask for no DS record, and for DS records at the same time"
    if missing := [request.tag for request in named if request.key is None]:
        yield f"name {keys_text(missing)}, which the zone does not have"
    keys, idle = [request.key for request in named if request.key is not None], list[int]()
    plain = [key_tag(key) for key in keys if not key.flags & SEP]
    if unfit := [key_tag(key) for key in keys if not key.flags & ZONE_KEY or key.flags & REVOKED]:
        yield f"name {keys_text(unfit)}, which may not sign: not a zone key, or revoked"
    elif idle := [key_tag(key) for key in keys if key not in signing.signing_keys]:
        both = " and is not marked as a secure entry point" if idle == plain else ""
        yield f"name {keys_text(idle)}, which does not sign the zone's keys{both}"
    if plain and plain != idle:
        yield f"name {keys_text(plain)}, which is not marked as a secure entry point"


def _breaks(signing: Signing, requests: list[_Request]) -> bool:
    """Whether DS records made of the requests would break the zone, or nobody can say which are meant."""
    named = [request for request in requests if not request.delete]
    works = any(request.key in signing.signing_keys for request in named)
    return bool(named) and (len(named) < len(requests) or not works)


def _signing_faults(cut: Cut, asking: _Asking) -> Iterator[str]:
    """That the records are validly signed, but by no key that a DS record names (RFC 7344 section 4.1)."""
    signing = signing_of(cut)
    for reply in asking.replies if signing.entries else ():
        answer = () if reply.message is None else reply.message.answer
        for data in signed(answer, (asking.rdtype,), cut.zone):
            if signing.check(reply, data).valid and not signing.check(reply, data, by_entries=True).valid:
                yield _NOT_SIGNED
                return

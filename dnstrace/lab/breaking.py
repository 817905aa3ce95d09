"""Faults in the signing of a zone of the lab, by the names that a world's file uses for them.

Each is a small function that takes a plan and a parameter (the text after `=`), and returns the plan with the
fault. To add one, write such a function, with its name in the decorator. Faults of single servers are in
misbehaviour.py; for signatures that are too old or too new, `valid` is enough.

Names in parameters are relative to the zone, as in its records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.errors import WorldError
from dnstrace.lab.keys import REVOKED, ds, key_tag
from dnstrace.lab.plan import SigningPlan, Spoil
from dnstrace.model import Name
from dnstrace.model.naming import plain
from dnstrace.model.structs import replace

Break = Callable[[SigningPlan, str], SigningPlan]

BREAKS: dict[str, Break] = {}
"""By name."""

_DIGEST = 32  # octets of SHA-256
_DENIALS = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)


def breaks(name: str) -> Callable[[Break], Break]:
    """Enter a function in the table under `name`."""

    def enter(function: Break) -> Break:
        BREAKS[name] = function
        return function

    return enter


def broken(plan: SigningPlan, text: str) -> SigningPlan:
    """`plan` with the fault that `text` names (`ttl=86400`). Raises WorldError."""
    name, _, parameter = text.partition("=")
    if name not in BREAKS:
        raise WorldError(f"unknown fault {name!r}: the known ones are {', '.join(sorted(BREAKS))}")
    try:
        return BREAKS[name](plan, parameter)
    except (dns.exception.DNSException, ValueError) as error:
        raise WorldError(f"zone {plain(plan.zone)}: {text!r}: {error or type(error).__name__}") from error


# --- keys and DS records -------------------------------------------------------------------------


@breaks("ds-digest")
def _ds_digest(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The parent's DS record has the tag of the key, but not its digest."""
    return replace(plan, ds=tuple(ds.replace(digest=bytes(_DIGEST)) for ds in plan.ds))


@breaks("ds-digest-type")
def _ds_digest_type(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The parent's DS record has another digest type: `ds-digest-type=200`."""
    return replace(plan, ds=tuple(ds.replace(digest_type=int(parameter)) for ds in plan.ds))


@breaks("rolled")
def _rolled(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The keys were replaced, and the parent still has the DS record for the old one."""
    return replace(plan, keys=tuple(replace(key, number=key.number + 1) for key in plan.keys))


@breaks("algorithm")
def _algorithm(plan: SigningPlan, parameter: str) -> SigningPlan:
    """All records name another algorithm than the one that made the signatures: `algorithm=100`."""
    keys = tuple(replace(key, called=int(parameter)) for key in plan.keys)
    return replace(plan, keys=keys, ds=(ds(keys[0]),))


@breaks("revoked")
def _revoked(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The key that the parent's DS record refers to is revoked (RFC 5011 section 2.1)."""
    entry, *others = plan.keys
    entry = replace(entry, flags=entry.flags | REVOKED)
    return replace(plan, keys=(entry, *others), ds=(ds(entry),))


@breaks("same-tag")
def _same_tag(plan: SigningPlan, parameter: str) -> SigningPlan:
    """Another key of the zone has the same tag as the one that signs. The parameter is its number."""
    signing = plan.keys[-1]
    other = replace(signing, number=int(parameter))
    if key_tag(other) != key_tag(signing):
        raise ValueError("the key with that number has a different tag")
    return replace(plan, keys=(*plan.keys[:-1], signing, other))


@breaks("no-dnskey")
def _no_dnskey(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The servers have no DNSKEY RRset."""
    return _spoiled(plan, partial(_without, dns.rdatatype.DNSKEY))


def _without(rdtype: int, rrset: dns.rrset.RRset) -> dns.rrset.RRset | None:
    return None if rdtype in (rrset.rdtype, rrset.covers) else rrset


# --- signatures and what they are for ------------------------------------------------------------


@breaks("signer")
def _signer(plan: SigningPlan, parameter: str) -> SigningPlan:
    """Signatures, except those of keys, name another zone as signer: `signer=example.net.`."""
    return replace(plan, signer=dns.name.from_text(parameter, plan.zone))


@breaks("unsigned")
def _unsigned(plan: SigningPlan, parameter: str) -> SigningPlan:
    """An RRset has no signature: `unsigned=www A`."""
    owner, rdtype = parameter.split()
    kind = dns.name.from_text(owner, plan.zone), dns.rdatatype.from_text(rdtype)

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset | None:
        return None if (rrset.name, rrset.covers) == kind else rrset

    return _spoiled(plan, spoil)


@breaks("garbled")
def _garbled(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The last octet of all signatures of a type is wrong: `garbled=NSEC`."""
    covered = dns.rdatatype.from_text(parameter)

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if rrset.covers != covered:
            return rrset
        wrong = (r.replace(signature=r.signature[:-1] + bytes((r.signature[-1] ^ 1,))) for r in rrset)
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, *wrong)

    return _spoiled(plan, spoil)


@breaks("altered")
def _altered(plan: SigningPlan, parameter: str) -> SigningPlan:
    """An RRset differs from the one that was signed: `altered=www A 192.0.2.66`."""
    owner, rdtype, text = parameter.split(None, 2)
    name, altered = dns.name.from_text(owner, plan.zone), dns.rdatatype.from_text(rdtype)
    rdata = dns.rdata.from_text(dns.rdataclass.IN, altered, text, plan.zone, False)

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if (rrset.name, rrset.rdtype) != (name, altered):
            return rrset
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, rdata)

    return _spoiled(plan, spoil)


@breaks("ttl")
def _ttl(plan: SigningPlan, parameter: str) -> SigningPlan:
    """Records have a longer TTL than the one that was signed, in seconds: `ttl=86400`."""
    longer = int(parameter)

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        return dns.rrset.from_rdata_list(rrset.name, longer, list(rrset))

    return _spoiled(plan, spoil)


@breaks("early-signatures")
def _early_signatures(plan: SigningPlan, parameter: str) -> SigningPlan:
    """There are signatures by a key that is not published yet, of another algorithm: `early-signatures=15`.

    That is how an algorithm is rolled (RFC 6781 section 4.1.4).
    """
    algorithm = int(parameter)

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if rrset.rdtype != dns.rdatatype.RRSIG or rrset.covers == dns.rdatatype.DNSKEY:
            return rrset
        early = [r.replace(algorithm=algorithm, key_tag=r.key_tag ^ 1) for r in rrset]
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, *rrset, *early)

    return _spoiled(plan, spoil)


# --- denial --------------------------------------------------------------------------------------


@breaks("no-denial")
def _no_denial(plan: SigningPlan, parameter: str) -> SigningPlan:
    """Negative answers come without NSEC and NSEC3 records."""
    return replace(plan, proves=_nothing)


@breaks("wrong-denial")
def _wrong_denial(plan: SigningPlan, parameter: str) -> SigningPlan:
    """Negative answers have the NSEC or NSEC3 record of the apex, whatever is asked for."""
    return replace(plan, proves=lambda names: [plan.zone])


@breaks("claims")
def _claims(plan: SigningPlan, parameter: str) -> SigningPlan:
    """NSEC and NSEC3 records claim that a type exists at every name: `claims=TXT`."""
    claimed = dns.rdatatype.from_text(parameter)

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if rrset.rdtype not in _DENIALS:
            return rrset
        texts = [f"{rdata} {claimed.name}" for rdata in rrset]
        return dns.rrset.from_text_list(rrset.name, rrset.ttl, rrset.rdclass, rrset.rdtype, texts)

    return _spoiled(plan, spoil)


@breaks("hides")
def _hides(plan: SigningPlan, parameter: str) -> SigningPlan:
    """NSEC and NSEC3 records leave a type out of their type lists: `hides=A`."""

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if rrset.rdtype not in _DENIALS:
            return rrset
        texts = [" ".join(word for word in str(rdata).split() if word != parameter) for rdata in rrset]
        return dns.rrset.from_text_list(rrset.name, rrset.ttl, rrset.rdclass, rrset.rdtype, texts)

    return _spoiled(plan, spoil)


@breaks("doubled")
def _doubled(plan: SigningPlan, parameter: str) -> SigningPlan:
    """Every name has two NSEC or NSEC3 records, the second with TXT in its type list too."""

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if rrset.rdtype not in _DENIALS:
            return rrset
        other = dns.rdata.from_text(rrset.rdclass, rrset.rdtype, f"{rrset[0]} TXT")
        two = dns.rrset.from_rdata(rrset.name, rrset.ttl, rrset[0])
        two.items[other] = None  # `add` would keep one, as there should be
        return two

    return _spoiled(plan, spoil)


@breaks("next-name")
def _next_name(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The last NSEC record names this as the next name instead of the apex: `next-name=aaa.example.`."""

    def spoil(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if rrset.rdtype != dns.rdatatype.NSEC or rrset[0].next != plan.zone:
            return rrset
        other = rrset[0].replace(next=dns.name.from_text(parameter))
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, other)

    return _spoiled(plan, spoil)


def _nothing(names: Sequence[Name]) -> Sequence[Name]:
    return ()


def _spoiled(plan: SigningPlan, spoil: Spoil) -> SigningPlan:
    return replace(plan, spoils=(*plan.spoils, spoil))

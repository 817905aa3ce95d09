"""Denial of existence in one reply: the validated NSEC and NSEC3 records of a zone, and what they prove.

Records that the zone's keys do not validly sign are ignored, and so are NSEC3 records with unknown hash
algorithms or flags (RFC 5155 sections 8.1 and 8.2).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence

import dns.rdatatype
import dns.rrset

from dnstrace.dnssec import nsec, nsec3
from dnstrace.dnssec.effort import Effort, TooMuchWork
from dnstrace.dnssec.nsec import Nsec
from dnstrace.dnssec.nsec3 import Hashed, Nsec3
from dnstrace.dnssec.proof import Proof, ProofResult, Types
from dnstrace.dnssec.records import NSEC, NSEC3, Signed, signed, type_name
from dnstrace.dnssec.signature import Checked
from dnstrace.model import ROOT, Name
from dnstrace.model.judgement import LIMITS, SignatureEvidence
from dnstrace.model.naming import plain
from dnstrace.model.structs import Struct

DENIAL_TYPES = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)


class Denial(Struct):
    """The proof of non-existence in a reply. `trouble` says which of its records is not valid."""

    nsec: tuple[Nsec, ...]
    nsec3: Hashed
    trouble: str = ""
    signatures: tuple[SignatureEvidence, ...] = ()

    def nxdomain(self, name: Name) -> Proof:
        """Proof that `name` does not exist."""
        return self._weigh(lambda: nsec.nxdomain(name, self.nsec), lambda: nsec3.nxdomain(name, self.nsec3))

    def nodata(self, name: Name, rdtype: int) -> Proof:
        """Proof that `name` has no data of `rdtype`."""
        return self._weigh(
            lambda: nsec.nodata(name, rdtype, self.nsec), lambda: nsec3.nodata(name, rdtype, self.nsec3)
        )

    def wildcard_answer(self, name: Name, encloser: Name) -> Proof:
        """Proof that the wildcard below `encloser` applies to `name`."""
        return self._weigh(
            lambda: nsec.wildcard_answer(name, encloser, self.nsec),
            lambda: nsec3.wildcard_answer(name, encloser, self.nsec3),
        )

    def no_ds(self, name: Name) -> Proof:
        """Proof that `name` has no DS record."""
        return self._weigh(lambda: nsec.no_ds(name, self.nsec), lambda: nsec3.no_ds(name, self.nsec3))

    def _weigh(self, by_nsec: Callable[[], Proof], by_nsec3: Callable[[], Proof]) -> Proof:
        """The proof by NSEC or by NSEC3, whichever shows anything; otherwise what is missing."""
        proof = by_nsec() if self.nsec or not self.nsec3.records else None
        if self.nsec3.records and (proof is None or proof.shown is ProofResult.UNPROVED):
            try:
                proof = self.nsec3.excessive() or by_nsec3()
            except TooMuchWork as bound:
                proof = Proof(ProofResult.UNPROVED, str(bound))
        assert proof is not None
        if proof.shown is ProofResult.UNPROVED and self.trouble:
            return Proof(ProofResult.UNPROVED, self.trouble)
        if not self.nsec and not self.nsec3.records:
            return Proof(ProofResult.UNPROVED, "no NSEC or NSEC3 record proves it")
        return proof


def read_denial(
    rrsets: Sequence[dns.rrset.RRset], zone: Name, check: Callable[[Signed], Checked], effort: Effort
) -> Denial:
    """The denial records of `zone` among the RRsets of a reply, each validated by `check`."""
    found_nsec: list[Nsec] = []
    found_nsec3: list[Nsec3] = []
    trouble = ""
    signatures: list[SignatureEvidence] = []
    for data in signed(rrsets, DENIAL_TYPES):
        if not data.name.is_subdomain(zone):
            continue
        checked = as_denial(data, check(data))
        signatures += checked.signatures
        if not checked.valid:
            record = f"the {type_name(data.rdtype)} record of {plain(data.name)}"
            trouble = trouble or f"{record} does not validate: {checked.reason}"
            continue
        found_nsec += read_nsec(data, zone)
        found_nsec3 += read_nsec3(data, zone)
    return Denial(tuple(found_nsec), Hashed(zone, tuple(found_nsec3), effort), trouble, tuple(signatures))


def as_denial(data: Signed, checked: Checked) -> Checked:
    """The result of checking a denial record, which is invalid as such if it was expanded from a wildcard.

    It would deny what exists (CVE-2017-15105). In the answer to a query for NSEC an expanded record is valid
    (RFC 4592 section 4.7).
    """
    if checked.encloser is None or data.rrset.rdtype not in DENIAL_TYPES:
        return checked
    return Checked(False, "it was expanded from a wildcard, so it proves nothing", checked.signatures)


def read_nsec(data: Signed, zone: Name) -> list[Nsec]:
    """The NSEC records in an RRset that can be one of the zone, valid or not."""
    return [
        Nsec(data.name, rdata.next, Types(tuple(rdata.windows)))
        for rdata in data.rrset
        if isinstance(rdata, NSEC) and rdata.next.is_subdomain(zone)
    ]


def read_nsec3(data: Signed, zone: Name) -> list[Nsec3]:
    """The NSEC3 records in an RRset that can be one of the zone and that validators heed, valid or not.

    Hashes have the length that their algorithm gives (RFC 5155 section 3.1.6): others are of no name.
    """
    if data.name == ROOT or data.name.parent() != zone or (digest := _hash_label(data.name)) is None:
        return []
    label = data.name.labels[0].decode("ascii").lower()
    return [
        Nsec3(
            label, digest, rdata.next, Types(tuple(rdata.windows)), rdata.flags, rdata.iterations, rdata.salt
        )
        for rdata in data.rrset
        if isinstance(rdata, NSEC3) and rdata.algorithm == nsec3.SHA1 and rdata.flags in (0, nsec3.OPT_OUT)
        if len(digest) == len(rdata.next) == nsec3.OCTETS
    ]


def marked_absent(rrsets: Iterable[dns.rrset.RRset], name: Name) -> bool:
    """Whether an authority section marks `name` as one that does not exist, by the type NXNAME.

    The RCODE of such a reply is NOERROR, unless the query has the CO flag (RFC 9824 section 5).
    """
    records = ((rrset.name, rdata) for rrset in rrsets for rdata in rrset if isinstance(rdata, NSEC | NSEC3))
    return any(Types(tuple(rdata.windows)).absent and _is_of(name, owner, rdata) for owner, rdata in records)


def _is_of(name: Name, owner: Name, rdata: NSEC | NSEC3) -> bool:
    """Whether a denial record matches a name; no more is hashed for it than validators hash."""
    if isinstance(rdata, NSEC):
        return bool(owner == name)
    if rdata.algorithm != nsec3.SHA1 or rdata.iterations > LIMITS.iterations:
        return False
    digest = nsec3.hashed(name, rdata.iterations, rdata.salt)
    return _hash_label(owner) == digest


def _hash_label(owner: Name) -> bytes | None:
    """The hash in an NSEC3 owner name, which is base32hex (RFC 5155 section 3)."""
    try:
        return base64.b32hexdecode(owner.labels[0].upper())
    except (binascii.Error, ValueError, IndexError):
        return None

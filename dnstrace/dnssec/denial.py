"""Denial of existence in one reply: the validated NSEC and NSEC3 records of a zone, and what they show.

Records that are not validly signed by the zone's keys are as if they were not there, and so are NSEC3
records of unknown hash algorithms or flags (RFC 5155 section 8.1 and 8.2).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from dnstrace.model.judgement import SignatureEvidence

DENIAL_TYPES = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)


@dataclass(frozen=True, slots=True)
class Denial:
    """What a reply offers to prove that something does not exist. `trouble` says what was not valid."""

    nsec: tuple[Nsec, ...]
    nsec3: Hashed
    trouble: str = ""
    signatures: tuple[SignatureEvidence, ...] = ()

    def nxdomain(self, name: Name) -> Proof:
        """That `name` does not exist."""
        return self._weigh(lambda: nsec.nxdomain(name, self.nsec), lambda: nsec3.nxdomain(name, self.nsec3))

    def nodata(self, name: Name, rdtype: int) -> Proof:
        """That `name` has no data of `rdtype`."""
        return self._weigh(
            lambda: nsec.nodata(name, rdtype, self.nsec), lambda: nsec3.nodata(name, rdtype, self.nsec3)
        )

    def wildcard_answer(self, name: Name, encloser: Name) -> Proof:
        """That the wildcard below `encloser` stands for `name`."""
        return self._weigh(
            lambda: nsec.wildcard_answer(name, encloser, self.nsec),
            lambda: nsec3.wildcard_answer(name, encloser, self.nsec3),
        )

    def no_ds(self, name: Name) -> Proof:
        """That `name` has no DS."""
        return self._weigh(lambda: nsec.no_ds(name, self.nsec), lambda: nsec3.no_ds(name, self.nsec3))

    def _weigh(self, by_nsec: Callable[[], Proof], by_nsec3: Callable[[], Proof]) -> Proof:
        """The first kind of record that shows anything; else what is lacking."""
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
            return Proof(ProofResult.UNPROVED, "there is no NSEC or NSEC3 record that proves it")
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
            trouble = trouble or f"{type_name(data.rdtype)} {data.name}: {checked.reason}"
            continue
        found_nsec += _read_nsec(data, zone)
        found_nsec3 += _read_nsec3(data, zone)
    return Denial(tuple(found_nsec), Hashed(zone, tuple(found_nsec3), effort), trouble, tuple(signatures))


def as_denial(data: Signed, checked: Checked) -> Checked:
    """What came of checking a denial record, which is not valid as one if it was made from a wildcard.

    It would deny what exists (CVE-2017-15105). As the answer to a question for NSEC it may be so made (RFC
    4592 section 4.7).
    """
    if checked.encloser is None or data.rrset.rdtype not in DENIAL_TYPES:
        return checked
    reason = f"the {type_name(data.rdtype)} record was made from a wildcard and proves nothing"
    return Checked(False, reason, checked.signatures)


def _read_nsec(data: Signed, zone: Name) -> list[Nsec]:
    return [
        Nsec(data.name, rdata.next, Types(tuple(rdata.windows)))
        for rdata in data.rrset
        if isinstance(rdata, NSEC) and rdata.next.is_subdomain(zone)
    ]


def _read_nsec3(data: Signed, zone: Name) -> list[Nsec3]:
    if data.name == ROOT or data.name.parent() != zone or (digest := _hash_label(data.name)) is None:
        return []
    label = data.name.labels[0].decode("ascii").lower()
    return [
        Nsec3(
            label, digest, rdata.next, Types(tuple(rdata.windows)), rdata.flags, rdata.iterations, rdata.salt
        )
        for rdata in data.rrset
        if isinstance(rdata, NSEC3) and rdata.algorithm == nsec3.SHA1 and rdata.flags in (0, nsec3.OPT_OUT)
    ]


def _hash_label(owner: Name) -> bytes | None:
    """The hash that an NSEC3 owner name spells in base32hex (RFC 5155 section 3)."""
    try:
        return base64.b32hexdecode(owner.labels[0].upper())
    except (binascii.Error, ValueError, IndexError):
        return None

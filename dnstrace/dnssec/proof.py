"""What denial records prove about a name: the value that nsec.py and nsec3.py return to denial.py."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import dns.name
import dns.rdatatype
import dns.rrset

from dnstrace.dnssec.records import NSEC, Signed, type_name
from dnstrace.model import ROOT, Name
from dnstrace.model.mnemonics import AT_PARENT
from dnstrace.model.naming import plain
from dnstrace.model.structs import Struct

NXNAME = 128  # the meta-type that marks a name as non-existent in compact denial (RFC 9824 section 2)


class ProofResult(StrEnum):
    """What a proof shows."""

    PROVED = "proved"  # the claim of the reply is true
    NO_CUT = "no-cut"  # in reply to a query for DS: the name is not a zone cut
    INSECURE = "insecure"  # there is, or may be, an unsigned delegation at or above the name
    UNPROVED = "unproved"  # the records do not show it


class Proof(Struct):
    """What is shown, and one line that says by which record, or what is missing."""

    shown: ProofResult
    text: str


class Types(Struct):
    """The type bit map of an NSEC or NSEC3 record (RFC 4034 section 4.1.2)."""

    windows: tuple[tuple[int, bytes], ...]

    def __contains__(self, rdtype: int) -> bool:
        window, low = divmod(int(rdtype), 256)
        return any(
            number == window and low // 8 < len(bits) and bool(bits[low // 8] & 0x80 >> low % 8)
            for number, bits in self.windows
        )

    def listed(self) -> Iterator[int]:
        """The types in it, in ascending order."""
        for number, bits in self.windows:
            for place, octet in enumerate(bits):
                yield from (number * 256 + place * 8 + bit for bit in range(8) if octet & 0x80 >> bit)

    @property
    def apex(self) -> bool:
        """Whether the record belongs to the apex of a zone."""
        return dns.rdatatype.SOA in self

    @property
    def absent(self) -> bool:
        """Whether the record marks its name as one that does not exist (RFC 9824 section 2)."""
        return NXNAME in self

    @property
    def cut(self) -> bool:
        """Whether the record is on the parent's side of a zone cut."""
        return dns.rdatatype.NS in self and not self.apex

    @property
    def unsigned_cut(self) -> bool:
        """Whether the record is on the parent's side of a delegation without DS."""
        return self.cut and dns.rdatatype.DS not in self


def at_cut(data: Signed) -> bool:
    """Whether a signed RRset is the word of the parent on a zone cut: its own types, or their NSEC record."""
    if data.rdtype in AT_PARENT:
        return True
    return any(isinstance(record, NSEC) and Types(tuple(record.windows)).cut for record in data.rrset)


def lacks_data(types: Types, name: Name, rdtype: int, record: str) -> Proof:
    """Proof that `name` has no `rdtype`, from its type bit map (RFC 4035 section 5.4, RFC 5155 section 8.5).

    At a zone cut only DS and DELEG belong to the parent: the parent has to deny those, and the child
    everything else (RFC 6840 sections 4.1 and 4.4). Validators that do not know DELEG ask the child for it.
    """
    if rdtype in types:
        return Proof(
            ProofResult.UNPROVED, f"{record} shows that {plain(name)} has {type_name(rdtype)} records"
        )
    if dns.rdatatype.CNAME in types:
        return Proof(ProofResult.UNPROVED, f"{record} shows that {plain(name)} has a CNAME record")
    if rdtype == dns.rdatatype.DS:
        if types.apex and name != ROOT:
            return Proof(
                ProofResult.UNPROVED, f"{record} is from the child zone, but only the parent can deny DS"
            )
    elif types.cut:
        if types.unsigned_cut:
            return Proof(ProofResult.INSECURE, f"{record} shows an unsigned delegation at {plain(name)}")
        if rdtype in AT_PARENT:
            unlike = "(validators that do not know DELEG reject this)"
            return Proof(
                ProofResult.PROVED,
                f"{record} shows that {plain(name)} has no {type_name(rdtype)} records {unlike}",
            )
        useless = f"{record} is from the parent zone, so it proves nothing about the data in {plain(name)}"
        return Proof(ProofResult.UNPROVED, useless)
    if types.absent:
        return Proof(ProofResult.PROVED, absent_text(name, record))
    return Proof(ProofResult.PROVED, f"{record} shows that {plain(name)} has no {type_name(rdtype)} records")


def lacks_ds(types: Types, name: Name, record: str) -> Proof:
    """Proof that `name` has no DS, from its type bit map (RFC 4035 section 5.2, RFC 5155 section 8.6)."""
    if types.apex and name != ROOT:
        return Proof(
            ProofResult.UNPROVED, f"{record} is from the child zone, but only the parent can deny DS"
        )
    if dns.rdatatype.DS in types:
        return Proof(ProofResult.UNPROVED, f"{record} shows that {plain(name)} has a DS record")
    if types.absent:
        return Proof(ProofResult.NO_CUT, absent_text(name, record))
    if dns.rdatatype.NS not in types:
        return Proof(ProofResult.NO_CUT, f"{record} shows that {plain(name)} is not a zone cut")
    return Proof(ProofResult.INSECURE, f"{record} shows that {plain(name)} is delegated without a DS record")


def absent_text(name: Name, record: str) -> str:
    """What an NSEC or NSEC3 record with the type NXNAME shows, in words."""
    return f"{record} marks {plain(name)} as non-existent (compact denial)"

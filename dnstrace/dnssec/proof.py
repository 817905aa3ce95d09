"""What denial records show of a name: the value that nsec.py and nsec3.py give and denial.py weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import dns.name
import dns.rdatatype

from dnstrace.dnssec.records import type_name
from dnstrace.model import ROOT, Name

NXNAME = 128  # the meta-type that marks a name as absent in compact denial (RFC 9824 section 2)


class ProofResult(StrEnum):
    """What a proof comes to."""

    PROVED = "proved"  # what the reply claims is so
    NO_CUT = "no-cut"  # asked for DS: there is no zone cut at the name
    INSECURE = "insecure"  # there is, or may be, an unsigned delegation at or above the name
    UNPROVED = "unproved"  # the records do not show it


@dataclass(frozen=True, slots=True)
class Proof:
    """What is shown, and in one line by which record, or what is lacking."""

    shown: ProofResult
    text: str


@dataclass(frozen=True, slots=True)
class Types:
    """The type bit map of an NSEC or NSEC3 record (RFC 4034 section 4.1.2)."""

    windows: tuple[tuple[int, bytes], ...]

    def __contains__(self, rdtype: int) -> bool:
        window, low = divmod(int(rdtype), 256)
        return any(
            number == window and low // 8 < len(bits) and bool(bits[low // 8] & 0x80 >> low % 8)
            for number, bits in self.windows
        )

    @property
    def apex(self) -> bool:
        """Whether it is that of a zone's apex."""
        return dns.rdatatype.SOA in self

    @property
    def cut(self) -> bool:
        """Whether it is the parent's side of a zone cut."""
        return dns.rdatatype.NS in self and not self.apex

    @property
    def unsigned_cut(self) -> bool:
        """Whether it is the parent's side of a delegation without DS."""
        return self.cut and dns.rdatatype.DS not in self


def lacks_data(types: Types, name: Name, rdtype: int, record: str) -> Proof:
    """What the types at a name say of a question there (RFC 4035 section 5.4, RFC 5155 section 8.5).

    At a zone cut only the DS RRset is the parent's: all else has to be denied by the child, and DS by
    the parent (RFC 6840 section 4.1 and 4.4).
    """
    if rdtype in types:
        return Proof(ProofResult.UNPROVED, f"{record} says that {type_name(rdtype)} exists at {name}")
    if dns.rdatatype.CNAME in types:
        return Proof(ProofResult.UNPROVED, f"{record} says that there is a CNAME at {name}")
    if rdtype == dns.rdatatype.DS:
        if types.apex and name != ROOT:
            return Proof(ProofResult.UNPROVED, f"{record} is the child's, and DS is the parent's to deny")
    elif types.cut:
        if types.unsigned_cut:
            return Proof(ProofResult.INSECURE, f"{record} shows an unsigned delegation at {name}")
        return Proof(
            ProofResult.UNPROVED, f"{record} is the parent's, and proves nothing of the data in {name}"
        )
    return Proof(ProofResult.PROVED, f"{record} shows that {name} has no {type_name(rdtype)}")


def lacks_ds(types: Types, name: Name, record: str) -> Proof:
    """What the types at a name say of a delegation there (RFC 4035 section 5.2, RFC 5155 section 8.6)."""
    if types.apex and name != ROOT:
        return Proof(ProofResult.UNPROVED, f"{record} is the child's, and DS is the parent's to deny")
    if dns.rdatatype.DS in types:
        return Proof(ProofResult.UNPROVED, f"{record} says that {name} has a DS record")
    if dns.rdatatype.NS not in types:
        return Proof(ProofResult.NO_CUT, f"{record} shows that there is no zone cut at {name}")
    return Proof(ProofResult.INSECURE, f"{record} shows that {name} is delegated without DS")


def wildcard_below(name: Name) -> Name | None:
    """`*.name`; None if that is too long to exist."""
    try:
        return dns.name.Name((b"*", *name.labels))
    except dns.name.NameTooLong:
        return None

"""The DNSSEC records of a message: RRsets with their signatures, and well-formed RDATA only.

RDATA that is malformed for its type arrives as generic RDATA and is ignored.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import dns.dnssectypes
import dns.immutable
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3
from dns.rdtypes.ANY.RRSIG import RRSIG

from dnstrace.model import Name
from dnstrace.model.structs import Struct

__all__ = [
    "DNSKEY",
    "DS",
    "NSEC",
    "NSEC3",
    "RRSIG",
    "SEP",
    "OddDS",
    "Signed",
    "ds_records",
    "signed",
    "type_name",
]

SEP = 0x0001
"""The flag of a key that is a secure entry point (RFC 4034 section 2.1.1)."""

_DS = struct.Struct("!HBB")  # key tag, algorithm, digest type (RFC 4034 section 5.1)


@dns.immutable.immutable
class OddDS(DS):
    """A DS record whose digest does not fit its digest type, or whose digest type is reserved.

    Validators look at it all the same: it counts as a DS record, and matches no key (RFC 4035 section 5.2).
    """

    __slots__ = ()

    def __init__(self, octets: bytes) -> None:
        """Read RDATA of at least four octets."""
        dns.rdata.Rdata.__init__(self, dns.rdataclass.IN, dns.rdatatype.DS)
        self.key_tag, algorithm, digest_type = _DS.unpack_from(octets)
        self.algorithm = dns.dnssectypes.Algorithm.make(algorithm)
        self.digest_type = dns.dnssectypes.DSDigest.make(digest_type)
        self.digest = octets[_DS.size :]


def ds_records(rdatas: Iterable[dns.rdata.Rdata]) -> tuple[DS, ...]:
    """The DS records among some RDATA, those included whose digest is odd."""
    found: list[DS] = []
    for rdata in rdatas:
        if isinstance(rdata, DS):
            found.append(rdata)
        elif (
            isinstance(rdata, dns.rdata.GenericRdata)
            and rdata.rdtype == dns.rdatatype.DS
            and len(rdata.data) >= _DS.size
        ):
            found.append(OddDS(rdata.data))
    return tuple(found)


class Signed(Struct):
    """An RRset and the RRSIG records that cover it."""

    rrset: dns.rrset.RRset
    signatures: tuple[RRSIG, ...]

    @property
    def name(self) -> Name:
        """The owner name."""
        return self.rrset.name

    @property
    def rdtype(self) -> int:
        """The type of the RRset."""
        return int(self.rrset.rdtype)

    def are_keys_of(self, zone: Name) -> bool:
        """Whether it is the DNSKEY RRset at the apex of a zone; elsewhere it is data like all else."""
        return self.rdtype == dns.rdatatype.DNSKEY and self.name == zone

    def signers(self) -> tuple[Name, ...]:
        """The zones named as signers, each at or above the owner, deepest first.

        The signer of a DS RRset is strictly above it (RFC 4035 section 2.4).
        """
        owner = self.rrset.name
        if self.rrset.rdtype == dns.rdatatype.DS and len(owner) > 1:
            owner = owner.parent()
        names = {rrsig.signer for rrsig in self.signatures if owner.is_subdomain(rrsig.signer)}
        return tuple(sorted(names, key=len, reverse=True))


def type_name(rdtype: int) -> str:
    """The mnemonic of an RR type, or TYPEnnn."""
    return dns.rdatatype.to_text(dns.rdatatype.RdataType.make(rdtype))


def signed(
    rrsets: Sequence[dns.rrset.RRset], types: Iterable[int] = (), name: Name | None = None
) -> list[Signed]:
    """The RRsets of a section with their signatures, limited to `types` and to `name` if given.

    Those of another class than IN are left out: no question is about them.
    """
    wanted, signatures = set(types), _signatures(rrsets)
    return [
        Signed(rrset, tuple(signatures.get((rrset.name, int(rrset.rdtype)), ())))
        for rrset in rrsets
        if rrset.rdclass == dns.rdataclass.IN
        and rrset.rdtype != dns.rdatatype.RRSIG
        and (not wanted or rrset.rdtype in wanted)
        and (name is None or rrset.name == name)
    ]


def _signatures(rrsets: Sequence[dns.rrset.RRset]) -> Mapping[tuple[Name, int], list[RRSIG]]:
    """The RRSIG records of sections by the name and type that they cover."""
    found: dict[tuple[Name, int], list[RRSIG]] = defaultdict(list)
    for rrset in rrsets:
        if rrset.rdtype == dns.rdatatype.RRSIG and rrset.rdclass == dns.rdataclass.IN:
            found[rrset.name, int(rrset.covers)] += [rdata for rdata in rrset if isinstance(rdata, RRSIG)]
    return found

"""The types of record that make up nearly all replies, and how their RDATA is made of octets and names.

What is made here is what dnspython would make, without its looking again at what is known to fit. For all
else there is `dnstrace.message.rdata`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import Any, Final

import dns.ipv4
import dns.ipv6
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdatatype import RdataType

from dnstrace.message.lazy import Kind, Make
from dnstrace.message.rdata import Parser, implementation, read_rdata
from dnstrace.model import Name

_IN = dns.rdataclass.IN
_SIXTEENS = struct.Struct("!8H")
_GROUPS = ":{:x}:{:x}:{:x}:{:x}:{:x}:{:x}:{:x}:{:x}:".format
_SOA_NUMBERS = struct.Struct("!IIIII")
_new, _set = object.__new__, object.__setattr__
_FOLDED = attrgetter("folded")

SINGLE_NAME: Final = frozenset({RdataType.NS, RdataType.CNAME, RdataType.PTR})
NAME_AFTER: Final[dict[int, struct.Struct]] = {
    RdataType.MX: struct.Struct("!H"),
    RdataType.SRV: struct.Struct("!HHH"),
}
"""Types of numbers and a name."""
NAMELESS: Final = frozenset(
    {
        RdataType.TXT,
        RdataType.DS,
        RdataType.DNSKEY,
        RdataType.NSEC3,
        RdataType.NSEC3PARAM,
        RdataType.TLSA,
        RdataType.CDS,
        RdataType.CDNSKEY,
        RdataType.CAA,
    }
)
NAME_UNCOMPRESSED: Final = frozenset({RdataType.RRSIG, RdataType.NSEC})
"""Types whose name is never compressed (RFC 4034 sections 3.1.7 and 4.1.1)."""


@cache
def kind_of(number: int) -> Kind:
    """How the RDATA of one of the types above, or of A, AAAA, SOA or OPT, is made."""
    rdtype = RdataType.make(number)
    if rdtype == RdataType.A:
        return Kind(rdtype, _of_one(rdtype, "address", dns.ipv4.inet_ntoa), bytes, sound=True)
    if rdtype == RdataType.AAAA:
        return Kind(rdtype, _of_one(rdtype, "address", ipv6_text), bytes, sound=True)
    if rdtype in SINGLE_NAME:
        return Kind(rdtype, _of_one(rdtype, "target"), _FOLDED, sound=True)
    if rdtype == RdataType.SOA:
        return Kind(rdtype, _soa, sound=True)
    if rdtype in NAME_AFTER:
        return Kind(rdtype, partial(_numbers_and_name, rdtype), sound=True)
    return Kind(rdtype, _opt if rdtype == RdataType.OPT else partial(_of_octets, rdtype))


@lru_cache(1024)
def ipv6_text(octets: bytes) -> str:
    """An IPv6 address as dnspython writes it (RFC 5952)."""
    if not octets[0]:
        return dns.ipv6.inet_ntoa(octets)  # with an IPv4 address in it, perhaps
    text = _GROUPS(*_SIXTEENS.unpack(octets))
    for zeros in (":0:0:0:0:0:0:0:", ":0:0:0:0:0:0:", ":0:0:0:0:0:", ":0:0:0:0:", ":0:0:0:", ":0:0:"):
        head, found, tail = text.partition(zeros)
        if found:
            return f"{head[1:]}::{tail[:-1]}"
    return text[1:-1]


# --- from what was found to RDATA ----------------------------------------------------------------


def _class_of(rdtype: int) -> type[Any]:
    found = implementation(_IN, rdtype)
    assert found is not None
    return found


def _of_one(rdtype: RdataType, field: str, value: Callable[[Any], object] | None = None) -> Make:
    """What makes RDATA of one field, which is what was found, or a value made of that."""
    kind = _class_of(rdtype)
    slots = {slot for each in kind.__mro__ for slot in getattr(each, "__slots__", ())}
    if slots != {"rdclass", "rdtype", "rdcomment", field}:  # a dnspython that prepares more
        return lambda found: kind(_IN, rdtype, value(found) if value else found)

    def made(found: Any) -> dns.rdata.Rdata:
        rdata: dns.rdata.Rdata = _new(kind)
        _set(rdata, "rdclass", _IN)
        _set(rdata, "rdtype", rdtype)
        _set(rdata, "rdcomment", None)
        _set(rdata, field, value(found) if value else found)
        return rdata

    return made


def _soa(found: tuple[Name, Name, bytes]) -> dns.rdata.Rdata:
    fields = *found[:2], *_SOA_NUMBERS.unpack(found[2])
    made: dns.rdata.Rdata = _class_of(RdataType.SOA)(_IN, RdataType.SOA, *fields)
    return made


def _numbers_and_name(rdtype: RdataType, found: tuple[bytes, Name]) -> dns.rdata.Rdata:
    numbers = NAME_AFTER[rdtype].unpack(found[0])
    made: dns.rdata.Rdata = _class_of(rdtype)(_IN, rdtype, *numbers, found[1])
    return made


def _of_octets(rdtype: RdataType, octets: bytes) -> dns.rdata.Rdata:
    return read_rdata(Parser(octets), _IN, rdtype, len(octets))


def _opt(found: tuple[dns.rdataclass.RdataClass, bytes]) -> dns.rdata.Rdata:
    payload, options = found
    return read_rdata(Parser(options), payload, RdataType.OPT, len(options)) if options else _bare(payload)


@lru_cache(64)
def _bare(payload: dns.rdataclass.RdataClass) -> dns.rdata.Rdata:
    """The RDATA of an OPT record without options."""
    return read_rdata(Parser(b""), payload, RdataType.OPT, 0)

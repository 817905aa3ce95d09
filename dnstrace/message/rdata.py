"""RDATA from octets, as dnspython reads it, within bounds and without loss.

What does not fit its type is kept as octets (RFC 3597 section 5). Each name of a message is read once,
however often it is pointed to, and the work that names can cause is bounded by the octets received: two
octets can point to a name of 127 labels (RFC 1035 section 4.1.4).
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Final

import dns.edns
import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.OPT
import dns.wire

from dnstrace.model import Name
from dnstrace.model.known_name import known

_OPTION = struct.Struct("!HH")
_POINTER: Final = 0xC0
HOPS: Final = dns.name.MAX_COMPRESSION_POINTER_CHAIN
"""How many pointers may lead to a name, one to the next."""
_BESIDES, _AN_OCTET, _MOST_WORK = 50_000, 250, 2_000_000
_TYPES = frozenset(map(int, dns.rdatatype.RdataType))
_OLD = frozenset((3, 4, 7, 8, 9, 14, 30, 38))  # the keys of `oldtypes.CLASSES`, which few replies need


class TooMuchWork(Exception):
    """The names of a message expand out of all proportion to its octets."""


def work_allowed(octets: int) -> int:
    """The work that names may cause in a message of N octets: the sum of the squares of their label counts.

    Honest replies stay far below it: names of 34 labels, as in the reverse zones of IPv6, need at most 165 an
    octet.
    """
    return min(_BESIDES + _AN_OCTET * octets, _MOST_WORK)


class Parser(dns.wire.Parser):
    """dnspython's parser, with names that are read once for each place and whose work is counted."""

    def __init__(self, wire: bytes) -> None:
        super().__init__(wire)
        self._left = work_allowed(len(wire))
        self._known: dict[int, tuple[tuple[bytes, ...], int, int]] = {}
        self._names: dict[tuple[bytes, ...], Name] = {}

    @property
    def spent(self) -> bool:
        """Whether the names read so far are more work than is allowed."""
        return self._left < 0

    def get_name(self, origin: Name | None = None, decompress: bool = False) -> Name:
        """The name at the current place; raises as `dns.name.from_wire_parser` does, and TooMuchWork."""
        labels, self.current, hops = self._labels(self.current, self.end)
        self.furthest = max(self.furthest, self.current)
        if hops and not decompress:
            raise dns.name.DecompressionForbidden
        self._left -= len(labels) ** 2
        if self.spent:
            raise TooMuchWork
        if (name := self._names.get(labels)) is None:
            name = self._names[labels] = known(dns.name.Name(labels))
        return name

    def _labels(self, start: int, end: int) -> tuple[tuple[bytes, ...], int, int]:
        """The labels of the name at `start`, the place after it, and the number of pointers followed."""
        if (known := self._known.get(start)) is not None and known[1] <= end:
            return known
        wire, place, own = self.wire, start, list[bytes]()
        rest: tuple[bytes, ...] = (b"",)
        hops = 0
        while True:
            if place >= end:
                raise dns.exception.FormError
            length = wire[place]
            place += 1
            if length == 0:
                break
            if length >= _POINTER:
                if place >= end:
                    raise dns.exception.FormError
                target = (length & 0x3F) << 8 | wire[place]
                place += 1
                if target >= start:
                    raise dns.name.BadPointer
                rest, _, hops = self._labels(target, start)
                hops += 1
                break
            if length > 63:
                raise dns.name.BadLabelType
            if place + length > end:
                raise dns.exception.FormError
            own.append(wire[place : place + length])
            place += length
        if hops > HOPS:
            raise dns.name.PointerChainTooLong
        found = (*own, *rest), place, hops
        self._known[start] = found
        return found


def read_rdata(
    parser: Parser, rdclass: dns.rdataclass.RdataClass, rdtype: dns.rdatatype.RdataType, length: int
) -> dns.rdata.Rdata:
    """The RDATA at the current place, as octets where it is not of the form that its type has.

    Raises TooMuchWork.
    """
    octets = parser.wire[parser.current : parser.current + length]
    if rdtype == dns.rdatatype.OPT:
        return _opt(rdclass, octets)
    if (kind := implementation(rdclass, rdtype)) is None:
        return dns.rdata.GenericRdata(rdclass, rdtype, octets)
    try:
        with parser.restrict_to(length):
            return kind.from_wire_parser(rdclass, rdtype, parser)
    except Exception:  # the boundary to untrusted octets
        if parser.spent:  # dnspython wraps what is raised within
            raise TooMuchWork from None
        return dns.rdata.GenericRdata(rdclass, rdtype, octets)


def implementation(rdclass: int, rdtype: int) -> type[dns.rdata.Rdata] | None:
    """The class for the RDATA, or None; dnspython would look for one in its folders each time.

    Outside the class IN, the types that are the same in every class (RFC 3597 section 5), and CH A.
    """
    if rdtype not in _TYPES:
        return None
    if rdclass == dns.rdataclass.IN:
        return _of_internet(rdtype)
    if (rdclass, rdtype) == (dns.rdataclass.CH, dns.rdatatype.A):
        return _loaded(rdclass, rdtype)
    return _of_every_class(rdtype)


@cache
def _of_internet(rdtype: int) -> type[dns.rdata.Rdata] | None:
    if rdtype in _OLD:
        from dnstrace.message.oldtypes import register  # few replies need it

        register()
    return _loaded(dns.rdataclass.IN, rdtype)


@cache
def _of_every_class(rdtype: int) -> type[dns.rdata.Rdata] | None:
    return None if rdtype == dns.rdatatype.A else _loaded(dns.rdataclass.ANY, rdtype)


@cache
def _loaded(rdclass: int, rdtype: int) -> type[dns.rdata.Rdata] | None:
    """What dnspython has for it; None if it keeps it as octets."""
    return dns.rdata.get_rdata_class(  # type: ignore[no-any-return, no-untyped-call]
        dns.rdataclass.RdataClass.make(rdclass), dns.rdatatype.RdataType.make(rdtype), use_generic=False
    )


def _opt(payload: dns.rdataclass.RdataClass, octets: bytes) -> dns.rdata.Rdata:
    """The RDATA of an OPT record (RFC 6891 section 6.1.2), with options that cannot be read as octets."""
    try:
        return dns.rdata.from_wire(payload, dns.rdatatype.OPT, octets, 0, len(octets))
    except Exception:  # the same boundary
        return dns.rdtypes.ANY.OPT.OPT(payload, dns.rdatatype.OPT, _options(octets))  # type: ignore[no-untyped-call]


def _options(octets: bytes) -> list[dns.edns.Option]:
    options: list[dns.edns.Option] = []
    place = 0
    while place + _OPTION.size <= len(octets):
        code, length = _OPTION.unpack_from(octets, place)
        place += _OPTION.size
        kind = dns.edns.OptionType.make(code)
        options.append(dns.edns.GenericOption(kind, octets[place : place + length]))
        place += length
    return options

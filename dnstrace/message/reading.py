"""Octets to a message: the only place that reads what the network sent.

The reading is total: whatever the octets, `read_reply` returns a message or a Fault and never raises. No
record is lost: one whose RDATA dnspython refuses is kept as octets (RFC 3597 section 5), and `flaw` says what
is wrong with it. Where several records share a type that allows only one, such as CNAME, all are kept.

Each name in a message is read once, however often it is pointed to, and the work that names can cause is
bounded by the octets received: two octets can point to a name of 127 labels (RFC 1035 section 4.1.4).
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Final

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.OPT
import dns.rrset
import dns.wire

from dnstrace.model import Fault, Name

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")  # TYPE, CLASS, TTL, RDLENGTH
_OPTION = struct.Struct("!HH")
_QUESTION_TAIL = struct.Struct("!HH")
_TC = 0x0200
_POINTER: Final = 0xC0
_LONGEST_TTL = 0x7FFFFFFF  # RFC 2181 section 8: what is above counts as 0
_HOPS = dns.name.MAX_COMPRESSION_POINTER_CHAIN
_BESIDES, _AN_OCTET, _MOST_WORK = 50_000, 250, 2_000_000
_TYPES = frozenset(map(int, dns.rdatatype.RdataType))
_OLD = frozenset((3, 4, 7, 8, 9, 14, 30, 38))  # the keys of `oldtypes.CLASSES`, which few replies need
_SVCB = frozenset({dns.rdatatype.SVCB, dns.rdatatype.HTTPS})

Key = tuple[tuple[bytes, ...], int, int, int]


class _TooMuchWork(Exception):
    """The names of a message expand out of all proportion to its octets."""


def read_reply(wire: bytes) -> dns.message.Message | Fault:
    """The message in `wire`, or Fault.MALFORMED.

    RDATA that does not fit its type is kept as `dns.rdata.GenericRdata`, an EDNS option that cannot be
    read as octets. Octets after the message are ignored, as resolvers do. A message that ends too soon but
    says so (TC) keeps its question only: it can be asked for again over TCP. A message whose names would
    expand out of all proportion is not read.
    """
    try:
        return _Reader(wire).message()
    except _TooMuchWork:
        return Fault.MALFORMED
    except Exception:  # the boundary to untrusted octets: whatever it stumbles on ends here
        return _cut_off(wire)


def flaw(rdata: dns.rdata.Rdata) -> str:
    """What is wrong with the RDATA of a record that was kept as octets; empty where nothing is.

    Receivers ignore the parameters of an HTTPS or SVCB record in alias mode (RFC 9460 section 2.4.2), so they
    are not a flaw.
    """
    if not isinstance(rdata, dns.rdata.GenericRdata) or rdata.rdclass != dns.rdataclass.IN:
        return ""
    if _implementation(rdata.rdclass, rdata.rdtype) is None:
        return ""
    data = rdata.data
    if rdata.rdtype in _SVCB and data[:2] == b"\0\0":
        data = _without_parameters(data)
    try:
        dns.rdata.from_wire(rdata.rdclass, rdata.rdtype, data, 0, len(data))
    except Exception as error:  # the same boundary
        cause = error.__cause__ or error.__context__ or error
        text = str(cause) if isinstance(cause, ValueError) else ""
        return text or "its length or form does not fit its type"
    return ""


def work_allowed(octets: int) -> int:
    """The work that names may cause in a message of N octets: the sum of the squares of their label counts.

    Honest replies stay far below it: names of 34 labels, as in the reverse zones of IPv6, need at most 165 an
    octet.
    """
    return min(_BESIDES + _AN_OCTET * octets, _MOST_WORK)


class _Parser(dns.wire.Parser):
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
        """The name at the current place; raises as `dns.name.from_wire_parser` does."""
        labels, self.current, hops = self._labels(self.current, self.end)
        self.furthest = max(self.furthest, self.current)
        if hops and not decompress:
            raise dns.name.DecompressionForbidden
        self._left -= len(labels) ** 2
        if self.spent:
            raise _TooMuchWork
        if (name := self._names.get(labels)) is None:
            name = self._names[labels] = dns.name.Name(labels)
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
        if hops > _HOPS:
            raise dns.name.PointerChainTooLong
        found = (*own, *rest), place, hops
        self._known[start] = found
        return found


class _Reader:
    """One message being read."""

    def __init__(self, wire: bytes) -> None:
        self._parser = _Parser(wire)
        number, flags, *self._counts = _HEADER.unpack_from(wire)
        self._parser.seek(_HEADER.size)
        self._message = dns.message.QueryMessage(id=number)
        self._message.flags = dns.flags.Flag(flags)
        self._message.wire = wire

    def message(self) -> dns.message.Message:
        """The whole message; raises where it ends too soon."""
        message, (questions, *counts) = self._message, self._counts
        for _ in range(questions):
            message.question.append(self._question())
        for section, count in zip(
            (message.answer, message.authority, message.additional), counts, strict=True
        ):
            held: dict[Key, dns.rrset.RRset] = {}
            for _ in range(count):
                self._record(section, held)
        return message

    def _question(self) -> dns.rrset.RRset:
        name = self._parser.get_name(None, True)
        rdtype, rdclass = _QUESTION_TAIL.unpack(self._parser.get_bytes(_QUESTION_TAIL.size))
        return dns.rrset.RRset(
            name, dns.rdataclass.RdataClass.make(rdclass), dns.rdatatype.RdataType.make(rdtype)
        )

    def _record(self, section: list[dns.rrset.RRset], held: dict[Key, dns.rrset.RRset]) -> None:
        parser = self._parser
        name = parser.get_name(None, True)
        number, class_number, ttl, length = _RECORD.unpack(parser.get_bytes(_RECORD.size))
        start = parser.current
        if length > parser.remaining():
            raise dns.exception.FormError
        rdtype, rdclass = dns.rdatatype.RdataType.make(number), dns.rdataclass.RdataClass.make(class_number)
        rdata = self._rdata(rdclass, rdtype, length)
        parser.current = start + length
        if rdtype == dns.rdatatype.OPT:
            if self._message.opt is None and section is self._message.additional and name == dns.name.root:
                self._message.opt = dns.rrset.from_rdata(name, ttl, rdata)
            return
        if rdtype == dns.rdatatype.TSIG:
            return  # there is no key of ours that it could be by
        covers = rdata.covers()
        key = tuple(label.lower() for label in name.labels), number, class_number, int(covers)
        rrset = held.get(key)
        if rrset is None:
            rrset = held[key] = dns.rrset.RRset(name, rdclass, rdtype, covers)
            section.append(rrset)
        rrset.update_ttl(ttl if ttl <= _LONGEST_TTL else 0)
        rrset.items.setdefault(rdata)

    def _rdata(
        self, rdclass: dns.rdataclass.RdataClass, rdtype: dns.rdatatype.RdataType, length: int
    ) -> dns.rdata.Rdata:
        """The RDATA at the current place, as octets where it is not of the form that its type has."""
        parser = self._parser
        octets = parser.wire[parser.current : parser.current + length]
        if rdtype == dns.rdatatype.OPT:
            return _opt(rdclass, octets)
        if (implementation := _implementation(rdclass, rdtype)) is None:
            return dns.rdata.GenericRdata(rdclass, rdtype, octets)
        try:
            with parser.restrict_to(length):
                return implementation.from_wire_parser(rdclass, rdtype, parser)
        except Exception:  # the boundary to untrusted octets
            if parser.spent:  # dnspython wraps what is raised within
                raise _TooMuchWork from None
            return dns.rdata.GenericRdata(rdclass, rdtype, octets)


def _implementation(rdclass: int, rdtype: int) -> type[dns.rdata.Rdata] | None:
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


def _cut_off(wire: bytes) -> dns.message.Message | Fault:
    """A reply that ends too soon but says so (TC) can be asked for again over TCP."""
    if len(wire) < _HEADER.size or not int.from_bytes(wire[2:4]) & _TC:
        return Fault.MALFORMED
    try:
        return dns.message.from_wire(wire, question_only=True)
    except Exception:  # the same boundary: not even the question can be read
        return Fault.MALFORMED


def _without_parameters(data: bytes) -> bytes:
    """The RDATA of an HTTPS or SVCB record up to the end of its target."""
    place = 2
    while place < len(data) and data[place]:
        place += data[place] + 1
    return data[: place + 1]

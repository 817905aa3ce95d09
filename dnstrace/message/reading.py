"""Octets to a message: the only place that reads what the network sent.

The reading is total: whatever the octets, `read_reply` returns a message or a Fault and never raises. No
record is lost: one whose RDATA dnspython refuses is kept as octets (RFC 3597 section 5), and `flaw` says what
is wrong with it. Where several records share a type that allows only one, such as CNAME, all are kept.

Common replies have a reader of their own (`dnstrace.message.common`), which takes a tenth of the time. The
one here reads all others, and says what is right: tests hold that one to it.
"""

from __future__ import annotations

import os
import struct

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.message.common import read_common
from dnstrace.message.rdata import Parser, TooMuchWork, implementation, read_rdata
from dnstrace.model import Fault
from dnstrace.model.allowed import ONLY_READER, READER

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")  # TYPE, CLASS, TTL, RDLENGTH
_QUESTION_TAIL = struct.Struct("!HH")
_TC = 0x0200
_LONGEST_TTL = 0x7FFFFFFF  # RFC 2181 section 8: what is above counts as 0
_SVCB = frozenset({dns.rdatatype.SVCB, dns.rdatatype.HTTPS})

_READS_COMMON = os.environ.get(READER, "").strip() != ONLY_READER  # for reports of bugs

Key = tuple[tuple[bytes, ...], int, int, int]


def read_reply(wire: bytes) -> dns.message.Message | Fault:
    """The message in `wire`, or Fault.MALFORMED.

    RDATA that does not fit its type is kept as `dns.rdata.GenericRdata`, an EDNS option that cannot be
    read as octets. Octets after the message are ignored, as resolvers do. A message that ends too soon but
    says so (TC) keeps its question only: it can be asked for again over TCP. A message whose names would
    expand out of all proportion is not read.
    """
    return (read_common(wire) if _READS_COMMON else None) or read_any(wire)


def read_any(wire: bytes) -> dns.message.Message | Fault:
    """As `read_reply`, for any octets: record by record, by dnspython."""
    try:
        return _Reader(wire).message()
    except TooMuchWork:
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
    if implementation(rdata.rdclass, rdata.rdtype) is None:
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


class _Reader:
    """One message being read."""

    def __init__(self, wire: bytes) -> None:
        self._parser = Parser(wire)
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
        rdata = read_rdata(parser, rdclass, rdtype, length)
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

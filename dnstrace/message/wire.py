"""Queries to octets and octets to replies: the only place that parses what the network sent.

The reading is total: whatever the octets, `read_reply` returns a message or a Fault, never raises.
"""

from __future__ import annotations

import struct
from functools import lru_cache

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rdtypes.ANY.OPT
import dns.rrset

from dnstrace.model import Edns, Fault, Query, Question

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")  # TYPE, CLASS, TTL, RDLENGTH
_OPTION = struct.Struct("!HH")
_QUESTION_TAIL = 4
_QR, _OPCODE = 0x8000, 0x7800
_TC = 0x02  # in the third octet
_POINTER, _MOST_LABELS = 0xC0, 127  # RFC 1035 section 4.1.4; the most labels in 255 octets
_SMALL = 2048  # octets; a smaller reply can take no more than a few tenths of a second to read
_MOST_EXPANSION = 2_000_000  # a hundred times that of the largest real replies


def query_wire(query: Query, message_id: int) -> bytes:
    """The octets of `query` with `message_id` (RFC 1035 section 4.1, RFC 6891 section 6.1)."""
    head, tail = _template(query.edns, query.recursion_desired, query.checking_disabled)
    return b"".join((message_id.to_bytes(2), head, _question_octets(query.question), tail))


def _question_octets(question: Question) -> bytes:
    return (question.name.to_wire() or b"") + struct.pack("!HH", question.rdtype, question.rdclass)


@lru_cache
def _template(edns: Edns | None, recursion_desired: bool, checking_disabled: bool) -> tuple[bytes, bytes]:
    """The octets between ID and QNAME, and after QCLASS, of every query with these parameters."""
    message = dns.message.make_query(dns.name.root, dns.rdatatype.NS, use_edns=False)
    message.flags = dns.flags.RD if recursion_desired else dns.flags.Flag(0)
    message.flags |= dns.flags.CD if checking_disabled else 0
    if edns is not None:
        options: list[dns.edns.Option] = [_generic(code, data) for code, data in edns.options]
        flags = dns.flags.DO if edns.dnssec_ok else 0
        message.use_edns(edns.version, flags, edns.payload, options=options)
    wire = message.to_wire()
    return wire[2 : _HEADER.size], wire[_HEADER.size + 1 + _QUESTION_TAIL :]


def belongs(wire: bytes, question: Question, message_id: int) -> bool:
    """Whether a datagram can be the reply to our query: ID, QR, opcode and question agree.

    Reads only the header and the question, so that a flood of forged replies costs little; a question with
    the very octets of the query is not parsed. A reply without a question, as some servers send with an
    error, belongs if the rest agrees (RFC 5452 section 9.1; the RCODE says that the question could not be
    read).
    """
    if len(wire) < _HEADER.size:
        return False
    replied_id, flags, questions, *_ = _HEADER.unpack_from(wire)
    if replied_id != message_id or not flags & _QR or flags & _OPCODE:
        return False
    if questions == 0:
        return bool(flags & 0xF)
    if questions != 1:
        return False
    if wire.startswith(_question_octets(question), _HEADER.size):
        return True
    try:
        name, length = dns.name.from_wire(wire, _HEADER.size)
        rdtype, rdclass = struct.unpack_from("!HH", wire, _HEADER.size + length)
    except (dns.exception.DNSException, struct.error, IndexError, ValueError):
        return False
    return bool(name == question.name and rdtype == question.rdtype and rdclass == question.rdclass)


def read_reply(wire: bytes) -> dns.message.Message | Fault:
    """The message in `wire`, or Fault.MALFORMED.

    A record whose RDATA is wrong for its type is left out and noted in the message's `errors`; an EDNS
    option that is wrong is kept as octets; octets after the message are ignored, as resolvers do. If there
    are several records of a type that may have only one, such as CNAME, all are kept, in their order. A
    message whose names would expand out of all proportion is not read at all.
    """
    if len(wire) > _SMALL and _expansion(wire) > _MOST_EXPANSION:
        return Fault.MALFORMED
    try:
        message = dns.message.from_wire(wire, ignore_trailing=True, keyring=False)
        if _lacks_records(message, wire):
            _put_back(message, wire)
        return message
    except Exception:  # the boundary to untrusted octets: anything may be wrong with them
        return _read_leniently(wire)


def _lacks_records(message: dns.message.Message, wire: bytes) -> bool:
    """Whether records are missing: duplicates, or several of a type that may have only one."""
    _, _, _, answers, authorities, _ = _HEADER.unpack_from(wire)
    held = sum(map(len, message.answer)), sum(map(len, message.authority))
    return held != (answers, authorities)


def _put_back(message: dns.message.Message, wire: bytes) -> None:
    """Restore the records that dnspython drops: of a type that may have only one, it keeps the last."""
    each = dns.message.from_wire(wire, ignore_trailing=True, keyring=False, one_rr_per_rrset=True)
    for section, singly in ((message.answer, each.answer), (message.authority, each.authority)):
        found: dict[object, dict[dns.rdata.Rdata, None]] = {}
        for one in singly:
            key = one.name, one.rdclass, one.rdtype, one.covers
            found.setdefault(key, {}).update(dict.fromkeys(one))
        for rrset in section:
            rrset.items = found[rrset.name, rrset.rdclass, rrset.rdtype, rrset.covers]


def _read_leniently(wire: bytes) -> dns.message.Message | Fault:
    try:
        opt = _opt(wire)
        message = dns.message.from_wire(wire, ignore_trailing=True, keyring=False, continue_on_error=True)
    except Exception:  # the same boundary: these octets are not a complete message
        return _cut_off(wire)
    if opt is not None and message.opt is None:
        message.opt = opt
        if len(message.errors) == 1:
            message.errors = []  # the only error was in the OPT record: nothing is lost
    return message


def _cut_off(wire: bytes) -> dns.message.Message | Fault:
    """A reply that ends too early but says so (TC) can be asked for again over TCP."""
    if len(wire) < _HEADER.size or not wire[2] & _TC:
        return Fault.MALFORMED
    try:
        return dns.message.from_wire(wire, question_only=True)
    except Exception:  # the same boundary: not even the question can be read
        return Fault.MALFORMED


def _opt(wire: bytes) -> dns.rrset.RRset | None:
    """The OPT record with its options as octets (RFC 6891 section 6.1.2); None without one.

    Skips from record to record by their lengths, and raises if the message ends before they do.
    """
    _, _, questions, *counts = _HEADER.unpack_from(wire)
    place, found = _HEADER.size, None
    for _ in range(questions):
        place = _after_name(wire, place) + _QUESTION_TAIL
    for _ in range(sum(counts)):
        place = _after_name(wire, place)
        rdtype, payload, ttl, length = _RECORD.unpack_from(wire, place)
        place += _RECORD.size + length
        if place > len(wire):
            raise ValueError("a record is cut off")
        if rdtype == dns.rdatatype.OPT:
            rdata = dns.rdtypes.ANY.OPT.OPT(payload, rdtype, _options_as_octets(wire[place - length : place]))  # type: ignore[no-untyped-call]
            found = dns.rrset.from_rdata(dns.name.root, ttl, rdata)
    return found


def _after_name(wire: bytes, place: int) -> int:
    """Where the name at `place` ends; raises IndexError if the message ends first."""
    while 0 < (length := wire[place]) < _POINTER:
        place += length + 1
    return place + (2 if length else 1)


def _expansion(wire: bytes) -> int:
    """How much work the names of a message may be: the sum of the squares of their label counts.

    Two octets point to a name of up to 127 labels (RFC 1035 section 4.1.4), and dnspython's work for a name
    grows with their square: 65,535 octets can take it 16 s. What looks like a pointer in RDATA counts as one.
    """
    known: dict[int, int] = {}
    _, _, questions, *counts = _HEADER.unpack_from(wire)
    place, total = _HEADER.size, 0
    try:
        for _ in range(questions):
            place = _after_name(wire, place) + _QUESTION_TAIL
        for _ in range(sum(counts)):
            total += _count_labels(wire, place, known) ** 2
            start = _after_name(wire, place) + _RECORD.size
            place = start + int.from_bytes(wire[start - 2 : start])
            pointers = (at for at in range(start, min(place, len(wire)) - 1) if wire[at] >= _POINTER)
            total += sum(_count_labels(wire, at, known) ** 2 for at in pointers)
    except IndexError:
        pass  # it ends too early, which the parser reports
    return total


def _count_labels(wire: bytes, place: int, known: dict[int, int]) -> int:
    """How many labels the name at `place` has, as far as it can be read.

    `known` are the places visited before, pointers included, so that each place is visited only once.
    """
    passed: list[tuple[int, int]] = []  # places, and the labels there: one, or none for a pointer
    while place not in known and place + 1 < len(wire) and len(passed) < 2 * _MOST_LABELS:
        length = wire[place]
        if length >= _POINTER:
            target = int.from_bytes(wire[place : place + 2]) & 0x3FFF
            passed.append((place, 0))
            if target >= place:
                break
            place = target
        elif length == 0:
            break
        else:
            passed.append((place, 1))
            place += length + 1
    total = known.get(place, 0)
    for earlier, labels in reversed(passed):
        total += labels
        known[earlier] = total
    return total


def _options_as_octets(rdata: bytes) -> list[dns.edns.Option]:
    options: list[dns.edns.Option] = []
    place = 0
    while place + _OPTION.size <= len(rdata):
        code, length = _OPTION.unpack_from(rdata, place)
        place += _OPTION.size
        options.append(_generic(code, rdata[place : place + length]))
        place += length
    return options


def _generic(code: int, data: bytes) -> dns.edns.GenericOption:
    return dns.edns.GenericOption(dns.edns.OptionType.make(code), data)

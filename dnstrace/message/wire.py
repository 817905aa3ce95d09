"""Queries to octets, and whether a datagram can be the reply to one; `reading` reads the reply."""

from __future__ import annotations

import struct
from functools import lru_cache

import dns.exception
import dns.name

from dnstrace.model import Edns, Query, Question

_HEADER = struct.Struct("!HHHHHH")
_QUESTION_TAIL = struct.Struct("!HH")
_RECORD = struct.Struct("!HHIH")  # TYPE, CLASS, TTL, RDLENGTH
_OPTION = struct.Struct("!HH")
_QR, _OPCODE, _TC, _RD, _CD, _RCODE = 0x8000, 0x7800, 0x0200, 0x0100, 0x0010, 0x000F
_OPT, _DO = 41, 0x8000


def query_wire(query: Query, message_id: int) -> bytes:
    """The octets of `query` with `message_id` (RFC 1035 section 4.1, RFC 6891 section 6.1)."""
    head, tail = _template(query.edns, query.recursion_desired, query.checking_disabled)
    return b"".join((message_id.to_bytes(2), head, _question_octets(query.question), tail))


def _question_octets(question: Question) -> bytes:
    labels = b"".join([b"%c%b" % (len(label), label) for label in question.name.labels])
    return labels + _QUESTION_TAIL.pack(question.rdtype, question.rdclass)


@lru_cache
def _template(edns: Edns | None, recursion_desired: bool, checking_disabled: bool) -> tuple[bytes, bytes]:
    """The octets between ID and QNAME, and after QCLASS, of every query with these parameters."""
    flags = (_RD if recursion_desired else 0) | (_CD if checking_disabled else 0)
    head = _HEADER.pack(0, flags, 1, 0, 0, 0 if edns is None else 1)[2:]
    if edns is None:
        return head, b""
    options = b"".join([_OPTION.pack(code, len(data)) + data for code, data in edns.options])
    ttl = edns.version << 16 | (_DO if edns.dnssec_ok else 0)
    return head, b"\0" + _RECORD.pack(_OPT, edns.payload, ttl, len(options)) + options


def belongs(wire: bytes, question: Question, message_id: int) -> bool:
    """Whether a datagram can be the reply to our query: ID, QR, opcode and question agree.

    Reads only the header and the question, so that a flood of forged replies costs little; a question with
    the very octets of the query is not parsed. A reply without a question belongs if the rest agrees and it
    says why it has none: an error (RFC 5452 section 9.1; the RCODE says that the question could not be read),
    or truncation, as NSD sends to ANY, and the query is repeated over TCP.
    """
    if len(wire) < _HEADER.size:
        return False
    replied_id, flags, questions, *_ = _HEADER.unpack_from(wire)
    if replied_id != message_id or not flags & _QR or flags & _OPCODE:
        return False
    if questions == 0:
        return bool(flags & (_TC | _RCODE))
    if questions != 1:
        return False
    if wire.startswith(_question_octets(question), _HEADER.size):
        return True
    try:
        name, length = dns.name.from_wire(wire, _HEADER.size)
        rdtype, rdclass = _QUESTION_TAIL.unpack_from(wire, _HEADER.size + length)
    except (dns.exception.DNSException, struct.error, IndexError, ValueError):
        return False
    return bool(name == question.name and rdtype == question.rdtype and rdclass == question.rdclass)

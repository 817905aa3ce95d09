"""Types whose RDATA holds names: compressed names are read, and the canonical form is in lower case."""

from __future__ import annotations

import struct

import dns.message
import dns.rdata
import pytest

from dnstrace.message.oldtypes import CLASSES
from dnstrace.message.reading import flaw, read_reply

HEAD = struct.pack("!HHHHHH", 7, 0x8400, 1, 1, 0, 0) + b"\3Www\7Example\3com\0" + struct.pack("!HH", 255, 1)
SUFFIX = b"\x40" + bytes(7) + b"\1"  # of an A6 record with a prefix of 64 bits
ZONE = b"\xc0\x10"  # a pointer to Example.com in the question


def read(rdtype: int, rdata: bytes) -> dns.rdata.Rdata:
    wire = HEAD + b"\xc0\x0c" + struct.pack("!HHIH", rdtype, 1, 300, len(rdata)) + rdata
    message = read_reply(wire)
    assert isinstance(message, dns.message.Message)
    found: dns.rdata.Rdata = message.answer[0][0]
    return found


@pytest.mark.parametrize(
    ("rdtype", "rdata", "text", "canonical"),
    [
        *((rdtype, b"\2Ns" + ZONE, "Ns.Example.com.", b"\2ns\7example\3com\0") for rdtype in (3, 4, 7, 8, 9)),
        (14, ZONE + ZONE, "Example.com. Example.com.", b"\7example\3com\0" * 2),
        (30, ZONE + b"\x40\0\0\2", "Example.com. A NXT", b"\7example\3com\0\x40\0\0\2"),
        (38, SUFFIX + ZONE, "64 ::1 Example.com.", SUFFIX + b"\7example\3com\0"),
        (38, b"\0" + bytes(15) + b"\1", "0 ::1", b"\0" + bytes(15) + b"\1"),
    ],
)  # fmt: skip
def test_names_are_decompressed_and_made_canonical(
    rdtype: int, rdata: bytes, text: str, canonical: bytes
) -> None:
    found = read(rdtype, rdata)
    assert rdtype in CLASSES and not flaw(found)
    assert (found.to_text(), found.to_digestable()) == (text, canonical)


def test_a_prefix_of_more_than_128_bits_is_malformed() -> None:
    assert flaw(read(38, b"\x81" + bytes(16)))

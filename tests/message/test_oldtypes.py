"""Types that dnspython does not know: read from messages, written as dig writes them."""

from __future__ import annotations

import struct

import dns.flags
import dns.message
import dns.rdata
import dns.rdatatype
import pytest

from dnstrace.message.oldtypes import CLASSES, register
from dnstrace.message.reading import read_reply

OWNER = b"\3www\7Example\3com\0"
POINTER = b"\xc0\x10"  # to Example.com
A6_SUFFIX = bytes(7) + b"\x01"


def read(rdtype: int, rdata: bytes) -> dns.rdata.Rdata:
    """RDATA as it comes in a message, whose names may be compressed."""
    head = struct.pack("!HHHHHH", 1, 0x8400, 1, 1, 0, 0) + OWNER + struct.pack("!HH", rdtype, 1)
    wire = head + b"\xc0\x0c" + struct.pack("!HHIH", rdtype, 1, 60, len(rdata)) + rdata
    message = read_reply(wire)
    assert isinstance(message, dns.message.Message)
    (rrset,) = message.answer
    found: dns.rdata.Rdata = rrset[0]
    return found


@pytest.mark.parametrize(
    ("mnemonic", "rdata", "text"),
    [
        ("MB", POINTER, "Example.com."),
        ("MD", POINTER, "Example.com."),
        ("MF", POINTER, "Example.com."),
        ("MG", POINTER, "Example.com."),
        ("MR", b"\1a" + POINTER, "a.Example.com."),
        ("MINFO", b"\1a" + POINTER + POINTER, "a.Example.com. Example.com."),
        ("NXT", POINTER + b"\x40\0\0\2", "Example.com. A NXT"),
        ("A6", b"\0" + bytes(15) + b"\1", "0 ::1"),
        ("A6", b"\x40" + A6_SUFFIX + POINTER, "64 ::1 Example.com."),
        ("A6", b"\x80" + POINTER, "128 Example.com."),
    ],
)
def test_names_are_decompressed_and_written_out(mnemonic: str, rdata: bytes, text: str) -> None:
    found = read(dns.rdatatype.from_text(mnemonic), rdata)
    assert found.to_text() == text
    assert b"example" in found.to_digestable() or "Example" not in text  # canonical: in lower case
    assert b"\xc0" not in found.to_digestable()


def test_a_prefix_of_more_than_128_bits_is_kept_as_octets() -> None:
    assert read(dns.rdatatype.A6, b"\x81" + POINTER).to_text() == r"\# 3 81c010"


def test_registering_twice_does_no_harm() -> None:
    register()
    register()
    assert all(dns.rdata.get_rdata_class(1, rdtype) is each for rdtype, each in CLASSES.items())

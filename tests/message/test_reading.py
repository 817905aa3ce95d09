"""Record by record: what dnspython refuses is kept as octets, and `flaw` says what is wrong with it."""

from __future__ import annotations

import struct

import dns.message
import dns.rdata
import dns.rdatatype
import pytest

from dnstrace.message.reading import flaw, read_reply

OWNER = b"\3www\7example\3com\0"


def read(rdtype: str, *rdatas: bytes) -> list[dns.rdata.Rdata]:
    number = dns.rdatatype.from_text(rdtype)
    head = struct.pack("!HHHHHH", 7, 0x8400, 1, len(rdatas), 0, 0) + OWNER + struct.pack("!HH", number, 1)
    records = (b"\xc0\x0c" + struct.pack("!HHIH", number, 1, 300, len(rdata)) + rdata for rdata in rdatas)
    message = read_reply(head + b"".join(records))
    assert isinstance(message, dns.message.Message)
    (rrset,) = message.answer
    return list(rrset)


@pytest.mark.parametrize(
    ("rdtype", "rdata"),
    [
        ("HTTPS", b"\0\1\0\0\5\0\3abc"),  # ech of a wrong length
        ("HTTPS", b"\0\1\0\0\1\0\3\2h2\0\1\0\3\2h2"),  # a parameter twice
        ("LOC", b"\1" + bytes(15)),
        ("DS", b"\x83\x8d\x0d\0abcd"),
        ("DS", b"\x83\x8d\x0d\2abcd"),
        ("CDS", b"\x83\x8d\x0d\2abcd"),
        ("SSHFP", b"\1\1abcd"),
        ("TXT", b""),
    ],
)
def test_a_malformed_record_counts_in_its_rrset_and_says_what_is_wrong(rdtype: str, rdata: bytes) -> None:
    other = rdata[:-1] + b"z" if rdata else b"\1z"
    found = read(rdtype, rdata, other)
    assert found[0].to_wire() == rdata and len(found) == 2
    assert found[0].to_text().startswith(r"\# ") and flaw(found[0])


@pytest.mark.parametrize(
    ("rdtype", "rdata"),
    [
        ("HTTPS", b"\0\0\3web\0\0\1\0\3\2h2"),  # parameters in alias mode (RFC 9460 section 2.4.2)
        ("CDS", b"\0\0\0\0\0"),  # asks for the removal of DS records (RFC 8078 section 4)
        ("TYPE65280", b"abc"),
        ("MX", b"\0\1\0"),
    ],
)
def test_what_its_rfc_defines_or_ignores_is_not_a_flaw(rdtype: str, rdata: bytes) -> None:
    (found,) = read(rdtype, rdata)
    assert found.to_wire() == rdata and flaw(found) == ""

"""Replies read record by record: the same as dnspython reads them, and nothing lost where it reads none."""

from __future__ import annotations

import importlib
import struct

import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.message.reading import flaw, read_reply
from dnstrace.model import Fault
from dnstrace.render.text import rdata_text

RECORDS = (
    ("www.example.com.", "A", ("192.0.2.1", "192.0.2.2")),
    ("example.com.", "NS", ("ns1.example.com.", "ns2.example.net.")),
    ("example.com.", "SOA", ("ns1.example.com. hostmaster.example.com. 1 2 3 4 5",)),
    ("example.com.", "MX", ("10 mail.example.com.",)),
    ("example.com.", "TXT", ('"one" "two"', '"three"')),
    ("example.com.", "DS", ("12345 13 2 " + "ab" * 32,)),
    ("example.com.", "RRSIG", ("A 13 2 300 20260101000000 20250101000000 1 example.com. AAAA",)),
    ("example.com.", "NSEC", ("www.example.com. A NS SOA RRSIG NSEC",)),
    ("example.com.", "HTTPS", ('1 . alpn="h2"',)),
    ("_sip.example.com.", "SRV", ("1 2 5060 sip.example.com.",)),
)


def everything() -> dns.message.Message:
    message = dns.message.make_response(dns.message.make_query("www.example.com.", "ANY"))
    message.use_edns(0, payload=1232)
    for number, (owner, rdtype, texts) in enumerate(RECORDS):
        section = (message.answer, message.authority, message.additional)[number % 3]
        section.append(dns.rrset.from_text(owner, 300, "IN", rdtype, *texts))
    return message


def seen(message: dns.message.Message | Fault) -> object:
    """All that a message holds, in a form that can be compared."""
    if isinstance(message, Fault):
        return message
    sections = [
        [(r.name.to_text(), r.rdclass, r.rdtype, r.covers, r.ttl, [str(each) for each in r]) for r in section]
        for section in (message.answer, message.authority, message.additional)
    ]
    options = [(int(each.otype), each.to_wire()) for each in message.options]
    question = [(each.name, each.rdtype, each.rdclass) for each in message.question]
    return message.id, int(message.flags), question, sections, options, message.payload


def test_an_ordinary_reply_is_read_as_dnspython_reads_it() -> None:
    wire = everything().to_wire()
    assert seen(read_reply(wire)) == seen(dns.message.from_wire(wire))


@given(st.data())
def test_what_dnspython_reads_whole_is_read_the_same(data: st.DataObject) -> None:
    octets = bytearray(everything().to_wire())
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(12, len(octets) - 1))] = data.draw(st.integers(0, 255))
    wire = bytes(octets)
    try:
        reference = dns.message.from_wire(wire, ignore_trailing=True, keyring=False)
    except Exception:
        read_reply(wire)  # whatever it is, it does not raise
        return
    counts = struct.unpack_from("!HHH", wire, 6)
    held = [sum(map(len, section)) for section in (reference.answer, reference.authority)]
    singular = held != list(counts[:2])  # dnspython drops duplicates and all but one of some types
    if not singular:
        assert seen(read_reply(wire)) == seen(reference)


def of_class(rdclass: int, rdtype: int, rdata: bytes) -> dns.rdata.Rdata:
    """The one record of a reply in some class."""
    record = b"\1a\0" + struct.pack("!HHIH", rdtype, rdclass, 60, len(rdata)) + rdata
    message = read_reply(struct.pack("!HHHHHH", 1, 0x8400, 0, 1, 0, 0) + record)
    assert isinstance(message, dns.message.Message)
    found: dns.rdata.Rdata = message.answer[0][0]
    assert found.rdclass == rdclass and found.to_wire() == rdata and not flaw(found)
    return found


@pytest.mark.parametrize("rdclass", [3, 4, 254, 255, 65280])
def test_records_of_another_class_are_what_they_are(rdclass: int) -> None:
    """The types that are the same in every class; other types are octets there."""
    assert rdata_text(of_class(rdclass, dns.rdatatype.TXT, b"\5chaos")) == '"chaos"'
    assert rdata_text(of_class(rdclass, dns.rdatatype.MX, b"\0\1\1b\0")) == "1 b."
    assert rdata_text(of_class(rdclass, dns.rdatatype.AAAA, b"\xab")) == "\\# 1 AB"
    address = "b. 520" if rdclass == 3 else "\\# 5 0162000150"
    assert rdata_text(of_class(rdclass, dns.rdatatype.A, b"\1b\0\1\x50")) == address


def test_classes_without_end_are_not_looked_for_in_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for, load = list[str](), importlib.import_module

    def looking(name: str) -> object:
        looked_for.append(name)
        return load(name)

    monkeypatch.setattr(dns.rdata, "import_module", looking)
    for rdclass in range(300, 400):
        for rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA, dns.rdatatype.TXT, dns.rdatatype.SRV):
            of_class(rdclass, rdtype, b"\1a")
    assert len(looked_for) <= 4


def with_rdata(rdtype: str, rdata: bytes) -> dns.message.Message:
    number = dns.rdatatype.from_text(rdtype)
    head = struct.pack("!HHHHHH", 1, 0x8400, 0, 2, 0, 0)
    odd = b"\1a\0" + struct.pack("!HHIH", number, 1, 60, len(rdata)) + rdata
    good = b"\1b\0" + struct.pack("!HHIH", 1, 1, 60, 4) + b"\xc0\0\2\1"
    message = read_reply(head + odd + good)
    assert isinstance(message, dns.message.Message)
    return message


@pytest.mark.parametrize(
    ("rdtype", "rdata"),
    [
        ("LOC", b"\1" + bytes(15)),
        ("DS", b"\0\1\x0d\0\0"),
        ("CDS", b"\0\1\x0d\2\0"),
        ("ZONEMD", bytes(4) + b"\0\0" + bytes(12)),
        ("URI", bytes(4)),
        ("AMTRELAY", b"\0\4"),
        ("GPOS", b"\3200\x011\x011"),
        ("CAA", b"\0\0x"),
        ("TXT", b""),
        ("HTTPS", b"\0\1\0\0\1\0\4\2h2\2"),
        ("A", b"\1\2\3"),
    ],
)
def test_a_record_that_does_not_fit_its_type_is_kept_and_named(rdtype: str, rdata: bytes) -> None:
    ((odd,), (good,)) = with_rdata(rdtype, rdata).answer
    assert isinstance(odd, dns.rdata.GenericRdata) and odd.data == rdata
    assert flaw(odd) and not flaw(good)


def test_what_its_rfc_says_to_ignore_or_defines_is_no_flaw() -> None:
    ((alias,), _) = with_rdata("HTTPS", b"\0\0\3svc\0\0\1\0\3\2h2").answer
    ((delete,), _) = with_rdata("CDS", bytes(5)).answer
    assert not flaw(alias) and not flaw(delete)


def test_a_type_that_nobody_knows_is_no_flaw() -> None:
    ((unknown,), _) = with_rdata("TYPE65280", b"\1\2").answer
    assert not flaw(unknown)

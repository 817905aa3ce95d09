"""Replies read record by record: the same as dnspython reads them, and nothing lost where it reads none."""

from __future__ import annotations

import importlib
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any

import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.lab.world import names
from dnstrace.message import common, reading
from dnstrace.message.lazy import LazyMessage
from dnstrace.message.reading import flaw, read_any, read_reply
from dnstrace.model import Fault
from dnstrace.model.known_name import LABELS
from dnstrace.render.text import rdata_text
from tests.cli.running import run
from tests.readers import held, message

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


# --- two readers ----------------------------------------------------------------------------------


@pytest.mark.share(24)
@pytest.mark.parametrize("world", names())
def test_every_world_has_the_same_json_with_either_reader(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = ("--lab", world, "--json", "--verbose", "--check", "--dnssec", "--seed=4")
    ran = run(*line)
    monkeypatch.setattr(reading, "read_common", lambda wire: None)
    assert ran == run(*line)


@pytest.mark.parametrize(("value", "kind"), [("", LazyMessage), ("dnspython", dns.message.QueryMessage)])
def test_the_environment_says_that_dnspython_reads_all(value: str, kind: type) -> None:
    program = (
        "import sys; from dnstrace.message.reading import *; print(type(read_reply(sys.stdin.buffer.read())))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        input=message(Random(1)),
        capture_output=True,
        env={**os.environ, "DNSTRACE_READER": value},
        check=True,
    )
    assert ran.stdout.decode().strip() == str(kind)


# --- attacks --------------------------------------------------------------------------------------

DEEP = b"\1a" * 126


def record(owner: bytes, rdtype: int = 16, rdata: bytes = b"\0") -> bytes:
    return owner + struct.pack("!HHIH", rdtype, 1, 60, len(rdata)) + rdata


def steps(pointer: int, count: int) -> bytes:
    """Names each of a label and a pointer to the one before."""
    return b"".join(b"\1b" + struct.pack("!H", 0xC000 | (pointer + 4 * each)) for each in range(count))


ATTACKS: dict[str, list[bytes]] = {
    "pointers to a long name": [record(DEEP + b"\0"), *[record(b"\xc0\x13")] * 280],
    "labels before a long name": [record(DEEP[:70] + b"\0"), *[record(b"\1c\xc0\x13")] * 250],
    "pointers to everywhere in it": [
        record(DEEP + b"\0"),
        *[record(struct.pack("!H", 0xC013 + 2 * each)) for each in range(120)],
    ],
    "a chain of names": [record(b"\0", 16, bytes(4) + steps(30, 900)), *[record(b"\xce\x2e")] * 20],
    "names without an end": [record(b"\0", 16, b"\1a" * 120), *[record(b"\xc0\x1e")] * 280],
    "pointers in a circle": [record(b"\0", 16, b"\xc0\x1e\xc0\x1e"), *[record(b"\xc0\x1e")] * 280],
    "as many sets as records": [record(b"\2%b\0" % struct.pack("!H", each)) for each in range(250)],
    "as many records as fit": [record(b"\0", 16, b"")] * 360,
    "addresses": [record(b"\xc0\x0c", 1, struct.pack("!I", each)) for each in range(250)],
    "names in RDATA": [
        record(DEEP[:72] + b"\0"),
        *[record(b"\xc0\x13", 6, b"\xc0\x13\xc0\x13" + bytes(20))] * 20,
    ],
}


def attacking(attack: str, odd: bool = True) -> bytes:
    """A message that turns out to be odd at its end, if that is wanted."""
    records = [*ATTACKS[attack], *[record(b"\xc0\x0c", 65280)] * odd]
    head = struct.pack("!HHHHHH", 1, 0x8400, 1, len(records), 0, 0)
    return head + b"\1a\0\0\1\0\1" + b"".join(records)


def operations(function: Callable[[bytes], object], wire: bytes) -> int:
    """How many operations of Python's machine it takes."""
    count = 0

    def tracing(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return tracing

    function(wire)  # what is imported and remembered is not counted
    sys.settrace(tracing)
    try:
        function(wire)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_message_is_read_as_by_dnspython_alone(attack: str) -> None:
    for odd in (True, False):
        assert held(read_reply(attacking(attack, odd))) == held(read_any(attacking(attack, odd)))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_message_takes_little_longer_than_by_dnspython_alone(attack: str) -> None:
    wire = attacking(attack)
    assert operations(read_reply, wire) < 1.35 * operations(read_any, wire) + 1000


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_message_expands_within_bounds(attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held of a name while it is spelled, in labels."""
    spelled, spell = list[int](), common._Reader._spell

    def counting(*arguments: Any) -> Any:
        found = spell(*arguments)
        spelled.append(len(found[0].labels))
        return found

    monkeypatch.setattr(common._Reader, "_spell", counting)
    assert common.read_common(attacking(attack)) is None
    assert spelled and max(spelled) <= LABELS and sum(spelled) < len(attacking(attack)) * 4

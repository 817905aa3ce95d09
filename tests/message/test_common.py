"""The reader for common replies, held to dnspython's in every field of every message that it reads."""

from __future__ import annotations

import struct
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace.message.common import read_common
from dnstrace.message.reading import read_any
from tests.fuzz.mutation import corpus, mutated
from tests.readers import held, message

REPLIES = corpus("replies")
SEEDS = st.integers(0, 2**64 - 1)


def agree(wire: bytes) -> bool:
    """Whether it is read here; if so, as the other reader does."""
    read = read_common(wire)
    if read is not None:
        assert held(read) == held(read_any(wire))
    return read is not None


@settings(max_examples=200)
@given(SEEDS)
def test_common_messages_are_read_here_and_as_by_dnspython(seed: int) -> None:
    assert agree(message(Random(seed)))


@settings(max_examples=300)
@given(SEEDS)
def test_what_is_odd_or_damaged_is_read_as_by_dnspython_or_not_here(seed: int) -> None:
    random = Random(seed)
    wire = message(random, odd=random.random() < 0.5)
    agree(wire)
    for _ in range(8):
        agree(mutated(random, wire, REPLIES))


def test_the_corpus_is_read_as_by_dnspython() -> None:
    assert sum(map(agree, REPLIES)) > len(REPLIES) / 2


def test_every_single_octet_can_be_another() -> None:
    """Each octet of a reply with its most frequent damages, and each place at which it can end."""
    wire = next(each for each in map(message, map(Random, range(99))) if 250 < len(each) < 300)
    assert agree(wire + b"octets after it")
    for place in range(len(wire)):
        agree(wire[:place])
        for octet in (0, 1, 2, 41, 63, 64, 0xC0, 0xFF, wire[place] ^ 0x20):
            agree(wire[:place] + bytes((octet,)) + wire[place + 1 :])


# --- one oddity at a time -------------------------------------------------------------------------

A, NS, SOA, TXT, OPT, RRSIG, NSEC = 1, 2, 6, 16, 41, 46, 47
LONG = b"".join(b"\x3f" + bytes([each]) * 63 for each in b"xyz")  # 192 octets


def record(owner: bytes, rdtype: int, rdata: bytes = b"", rdclass: int = 1) -> bytes:
    return owner + struct.pack("!HHIH", rdtype, rdclass, 60, len(rdata)) + rdata


def answering(
    *records: bytes, authority: tuple[bytes, ...] = (), additional: tuple[bytes, ...] = ()
) -> bytes:
    """A reply to `a. A`, whose name is at 12 and whose answer begins at 19."""
    counts = map(len, (records, authority, additional))
    head = struct.pack("!HHHHHH", 7, 0x8400, 1, *counts) + b"\1a\0\0\1\0\1"
    return head + b"".join((*records, *authority, *additional))


def signature(signer: bytes, covered: int = A, ttl: int = 60) -> bytes:
    return record(b"\xc0\x0c", RRSIG, struct.pack("!HBBIIIH", covered, 13, 1, ttl, 2, 1, 7) + signer)


HERE = b"\xc0\x0c"
COMMON = {
    "a name of 255 octets": answering(record(LONG + b"\x3d" + b"w" * 61 + b"\0", A, bytes(4))),
    "a pointer to a pointer": answering(record(HERE, NS, HERE), record(b"\xc0\x1f", A, bytes(4))),
    "signatures of several types": answering(*[signature(b"\0", each) for each in (A, NS, A, A, NS, 65280)]),
    "signers of 255 octets": answering(signature(LONG + b"\x3d" + b"w" * 61 + b"\0")),
    "the same in capitals": answering(record(b"\1b\0", A, bytes(4)), record(b"\1B\0", A, bytes(3) + b"\1")),
    "a target in capitals": answering(*[record(HERE, NS, each) for each in (b"\1b\0", b"\1B\0", b"\1c\0")]),
    "OPT in the midst": answering(additional=(record(b"\0", OPT), record(HERE, A, bytes(4)))),
}
ODD = {
    "a name of 256 octets": answering(record(LONG + b"\x3e" + b"w" * 62 + b"\0", A, bytes(4))),
    "a signer of 256 octets": answering(signature(LONG + b"\x3e" + b"w" * 62 + b"\0")),
    "a signer with a label of 65 octets": answering(signature(b"\x41" + b"w" * 65 + b"\0")),
    "a signer that is a pointer": answering(signature(HERE)),
    "a signer without an end": answering(signature(b"\1a"), record(b"\0", TXT, b"\0")),
    "a signed TTL that no TTL can be": answering(signature(b"\0", ttl=0x80000000)),
    "a next name without an end": answering(record(HERE, NSEC, b"\1a"), record(b"\0", TXT, b"\0")),
    "a name of more pointers than are followed": answering(
        record(HERE, A, bytes(4)),
        *[
            record(b"\1b" + struct.pack("!H", 0xC000 | max(12, 17 + 18 * each)), A, bytes(4))
            for each in range(20)
        ],
    ),
    "a pointer to itself": answering(record(b"\xc0\x13", A, bytes(4))),
    "a pointer ahead": answering(record(b"\xc0\x1f", A, bytes(4)), record(HERE, A, bytes(4))),
    "a name that has its own pointer in it": answering(
        record(HERE, TXT, b"\0\x14"), record(b"\xc0\x20", TXT, b"\7abcdefg\0")
    ),
    "two OPT": answering(additional=(record(b"\0", OPT), record(b"\0", OPT))),
    "OPT of a name": answering(additional=(record(HERE, OPT),)),
    "OPT as an answer": answering(record(b"\0", OPT)),
    "another class": answering(record(HERE, A, bytes(4), rdclass=3)),
    "any class": answering(record(HERE, A, b"", rdclass=255)),
    "no question": b"\0\7\x84\0" + bytes(8),
    "two questions": b"\0\7\x84\0\0\2" + bytes(6) + b"\1a\0\0\1\0\1" * 2,
    "a question of another class": b"\0\7\x84\0\0\1" + bytes(6) + b"\1a\0\0\1\0\3",
    "an update": b"\0\7\xac\0\0\1" + bytes(6) + b"\1a\0\0\1\0\1",
    "SOA that ends too soon": answering(record(HERE, SOA, HERE + HERE + bytes(19))),
    "SOA that is too long": answering(record(HERE, SOA, HERE + HERE + bytes(21))),
    "more octets than are common": answering(record(HERE, TXT, b"\xff" + bytes(255)) * 16)[:6]
    + struct.pack("!H", 16)
    + answering(record(HERE, TXT, b"\xff" + bytes(255)) * 16)[8:],
}


@pytest.mark.parametrize("what", COMMON)
def test_what_is_rare_but_common_is_read_here(what: str) -> None:
    assert agree(COMMON[what])


@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_is_left_to_dnspython(what: str) -> None:
    assert not agree(ODD[what])

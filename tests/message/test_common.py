"""The reader for common replies, held to dnspython's in every field of every message that it reads."""

from __future__ import annotations

from random import Random

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

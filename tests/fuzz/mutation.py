"""Damage to octets, in the places where a DNS message is sensitive: counts, lengths, pointers, names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 4096  # octets: damage does not make an input longer than this
_TELLING = (0x00, 0x01, 0x0A, 0x1B, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF)

Damage = Callable[[Random, bytearray, Sequence[bytes]], None]


def corpus(directory: str) -> list[bytes]:
    """The kept inputs of a directory, in the order of their names."""
    return [path.read_bytes() for path in sorted((CORPUS / directory).iterdir())]


def mutated(random: Random, octets: bytes, others: Sequence[bytes]) -> bytes:
    """`octets` with a few kinds of damage; `others` are inputs to splice in."""
    damaged = bytearray(octets)
    for _ in range(random.choice((1, 1, 2, 4, 8))):
        random.choice(_DAMAGES)(random, damaged, others)
    return bytes(damaged[:LONGEST])


def _octet(random: Random, damaged: bytearray, others: Sequence[bytes]) -> None:
    if damaged:
        damaged[random.randrange(len(damaged))] = random.choice((*_TELLING, random.randrange(256)))


def _number(random: Random, damaged: bytearray, others: Sequence[bytes]) -> None:
    """Two octets together: a count, a length, a type, a pointer."""
    if len(damaged) > 1:
        place = random.randrange(len(damaged) - 1)
        number = random.choice((0, 1, 41, 255, 0xFFFF, 0xC000 | place, 0xC00C, random.randrange(0x10000)))
        damaged[place : place + 2] = number.to_bytes(2)


def _inserted(random: Random, damaged: bytearray, others: Sequence[bytes]) -> None:
    place = random.randrange(len(damaged) + 1)
    damaged[place:place] = random.randbytes(random.randint(1, 8))


def _removed(random: Random, damaged: bytearray, others: Sequence[bytes]) -> None:
    place = random.randrange(len(damaged) + 1)
    del damaged[place : place + random.randint(1, 16)]


def _cut_off(random: Random, damaged: bytearray, others: Sequence[bytes]) -> None:
    del damaged[random.randrange(len(damaged) + 1) :]


def _spliced(random: Random, damaged: bytearray, others: Sequence[bytes]) -> None:
    other = random.choice(others)
    start = random.randrange(len(other) + 1)
    place = random.randrange(len(damaged) + 1)
    damaged[place:place] = other[start : start + random.randint(1, 64)]


_DAMAGES: tuple[Damage, ...] = (_octet, _octet, _number, _number, _inserted, _removed, _cut_off, _spliced)

"""The first query before anything else: sent as soon as a plain command line is known to be right.

Importing what reads all command lines, and what walks, takes longer than many a round trip. Where a line has
nothing but a plain name, a common type and options that leave the first query as it is, that query is known
without either of them: it asks a root server for the name, and which one the seed decides, as in the walk.
Of any other line, and where a variable or a configuration file has a say, nothing is known here, and nothing
sent. `tests/cli/test_first.py` holds this reading of a line equal to the usual one.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from dnstrace.cli.environment import Environment
    from dnstrace.network.first import First

_TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
    "DNSKEY": 48, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "CAA": 257,
}  # fmt: skip
_FAMILY = {"-4": 4, "-6": 6}
_FORMS = frozenset({"--short", "+short", "--json", "--jsonl", "--mermaid", "--dot"})  # one of them at most
_LINES = frozenset({"-v", "--verbose", "--explain-steps", "+trace"})
_SEED = "--seed"
_SEED_DIGITS = 9
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_LONGEST_LABEL, _LONGEST_NAME = 63, 253
_HEADER = b"\0\0\0\1\0\0\0\0\0\1"  # no flag, one question, one additional record
_OPT = b"\0\0\x29\x04\xd0\0\0\x80\0\0\0"  # EDNS, 1232 octets, DO


class Line:
    """A plain command line: a `name`, the number of a type, the families to ask, a seed or None."""

    def __init__(self, name: str, rdtype: int, families: tuple[int, ...], seed: int | None) -> None:
        self.name, self.rdtype, self.families, self.seed = name, rdtype, families, seed


def first_query(words: Sequence[str], environment: Environment) -> First | None:
    """The first query, which is under way now; None where none is sent yet."""
    if sys.platform != "linux" or environment.stdout is None or environment.is_configured:
        return None  # elsewhere it is not known when a reply arrived
    if (line := read(words)) is None:
        return None
    from dnstrace.network.first import First, send

    seed = int.from_bytes(os.urandom(4)) if line.seed is None else line.seed
    sent = send(in_turn(root_addresses(line.families), seed), octets(line.name, line.rdtype))
    return First(seed, sent) if sent else None


def read(words: Sequence[str]) -> Line | None:
    """What a plain command line says; None for any other."""
    names, types, families, seeds, forms = [], [], [], [], 0
    left = iter(words)
    for word in left:
        if word in _TYPES:
            types.append(_TYPES[word])
        elif word in _FAMILY:
            families.append(_FAMILY[word])
        elif word in _FORMS:
            forms += 1
        elif word == _SEED or word.startswith(f"{_SEED}="):
            seeds.append(next(left, "") if word == _SEED else word.partition("=")[2])
        elif _is_plain(word):
            names.append(word)
        elif word not in _LINES:
            return None
    if len(names) != 1 or max(len(types), len(families), len(seeds), forms) > 1:
        return None
    if seeds and not (seeds[0].isascii() and seeds[0].isdecimal() and len(seeds[0]) <= _SEED_DIGITS):
        return None
    seed = int(seeds[0]) if seeds else None
    return Line(names[0], types[0] if types else _TYPES["A"], tuple(families) or (4, 6), seed)


def _is_plain(word: str) -> bool:
    """Whether a word is a name of letters, digits, hyphens and underscores, and cannot be anything else."""
    labels = word.removesuffix(".").split(".")
    whole = len(labels) > 1 and len(word) <= _LONGEST_NAME and labels[-1][:1].isalpha()
    return whole and all(
        0 < len(label) <= _LONGEST_LABEL and label[0] != "-" and _LABEL.issuperset(label) for label in labels
    )


def octets(name: str, rdtype: int) -> bytes:
    """The query without its ID, as `message.wire` makes it."""
    labels = (bytes([len(label)]) + label.encode("ascii") for label in name.removesuffix(".").split("."))
    return _HEADER + b"".join(labels) + b"\0" + rdtype.to_bytes(2) + b"\0\1" + _OPT


def root_addresses(families: tuple[int, ...]) -> list[str]:
    """The addresses of the root servers of the package, server by server, as `walk.roots` reads them."""
    from dnstrace import data

    servers: dict[str, list[str]] = {}
    for words in (line.partition(";")[0].split() for line in data.text("root.hints").splitlines()):
        if words and words[2] == "NS":
            servers[words[3].lower()] = []
        elif words and (6 if words[2] == "AAAA" else 4) in families:
            servers[words[0].lower()].append(words[3].lower())
    return [address for addresses in servers.values() for address in addresses]


def in_turn(addresses: list[str], seed: int) -> list[str]:
    """The addresses in random order: what `random.Random(seed).shuffle` makes of them."""
    from _random import Random

    draw, turns = Random(seed).getrandbits, [*addresses]
    for place in reversed(range(1, len(turns))):
        other = draw((place + 1).bit_length())
        while other > place:
            other = draw((place + 1).bit_length())
        turns[place], turns[other] = turns[other], turns[place]
    return turns

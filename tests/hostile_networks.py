"""Networks that want to wear out whoever walks through them, for the tests of what one trace may spend.

Worlds of the lab, by name, and some that are too large for a file: made here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import count
from typing import Any, NamedTuple

import dns.name
import dns.rcode
import dns.rdatatype

from dnstrace import clock
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import Foreseen, World, WorldServer, load, read
from dnstrace.lab.worldfile import build
from dnstrace.lab.zone import LabZone
from dnstrace.message.reading import read_reply
from dnstrace.message.wire import query_wire
from dnstrace.model import Delegation, Exchange, Fault, Outcome, Query, Question
from dnstrace.port import Network
from tests.replies import name, reply
from tests.scripted import RTT, Scripted, roots

ROOT = "10.0.0.0"
LABELS = 127  # as many as a name can have (RFC 1035 section 2.3.4)
CROWD = 1000
WORLDS = (
    "address-cycle",
    "alias-chain",
    "alias-loop",
    "alias-loop-across",
    "all-drip",
    "all-empty",
    "all-mismatch",
    "all-refuse",
    "all-silent",
    "deep",
    "drip",
    "endless",
    "endless-aliases",
    "endless-dname",
    "huge",
    "missing-glue",
    "no-tcp",
    "nxns",
    "referral-loop",
)


class Hostile(NamedTuple):
    """A network, the question to ask it, and where to begin (None: the usual root servers)."""

    asked: Question
    network: Network
    roots: Delegation | None = None


class Counted:
    """A network that counts what is sent through it."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network) -> None:
        self._network, self.sent = network, 0

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.sent += 1
        return await self._network.exchange(query, timeout)


def hostile(which: str) -> Hostile:
    """The network of that name, afresh."""
    if which in MADE:
        return MADE[which]()
    world = load(which)
    return Hostile(world.question, LabNetwork(world))


# --- worlds too large for a file ------------------------------------------------------------------


def _example(does: str = "", **records: str) -> Hostile:
    world = _example_world(does, tuple(records.items()))
    return Hostile(world.question, LabNetwork(world))


@cache
def _example_world(does: str, records: tuple[tuple[str, str], ...]) -> World:
    """The world `in-domain` with records added to its zones, and its two servers doing something."""
    servers = {f"ns{number}.example.com.": {"does": [does] if does else []} for number in (1, 2)}
    data: dict[str, Any] = {
        "title": "made",
        "question": "www.example.com. A",
        "include": ["in-domain"],
        "servers": servers,
        "zones": {f"{zone.replace('_', '.')}.": {"add": text} for zone, text in records},
        "expect": {"outcome": "failed"},
    }
    return build("made", data, read)


def crowd() -> Hostile:
    """NXNSAttack: a referral to 1,000 names of another zone, none of which exists (CVE-2020-12662)."""
    return _example(example_com="".join(f"www NS n{number}.victim.net.\n" for number in range(CROWD)))


def crowd_of_the_silent() -> Hostile:
    """The same, but the name servers of the zone in which the 1,000 names lie say nothing."""
    victim = "".join(f"www NS n{number}.example.net.\n" for number in range(CROWD))
    return _example(example_com=victim, net="example NS ns.example\nns.example A 203.0.113.1\n")


def crowd_with_glue() -> Hostile:
    """A referral to 1,000 name servers with glue: nobody is at these addresses."""
    names = "".join(
        f"www NS n{number}.www\nn{number}.www A 198.18.{number >> 8}.{number & 255}\n"
        for number in range(CROWD)
    )
    return _example(example_com=names)


def endless_crowds() -> Hostile:
    """Every query gets a referral to sixteen name servers not heard of before."""
    return _example("endless=example.com. 16")


# --- a delegation at every label ------------------------------------------------------------------


def label_by_label() -> Hostile:
    """A zone cut at each of 127 labels, each with a name server of its own."""
    world = _label_by_label()
    return Hostile(world.question, LabNetwork(world), roots(ROOT))


@cache
def _label_by_label() -> World:
    names = [dns.name.Name([b"a"] * depth + [b""]) for depth in range(LABELS + 1)]
    zones = [_zone(depth, names) for depth in range(LABELS + 1)]
    servers = tuple(WorldServer(names[d], {_at(d): RTT}, (), (zones[d],)) for d in range(LABELS + 1))
    question = Question(names[-1], dns.rdatatype.A)
    return World("made", "", question, Foreseen(Outcome.ANSWER), servers, tuple(zones))


def _zone(depth: int, names: list[dns.name.Name]) -> LabZone:
    text = f"@ 900 SOA . . 1 7200 900 1209600 300\n@ NS {names[depth]}\n@ A {_at(depth)}\n"
    if depth < LABELS:
        text += f"{names[depth + 1]} NS {names[depth + 1]}\n{names[depth + 1]} A {_at(depth + 1)}\n"
    return LabZone(names[depth], text)


def _at(number: int) -> str:
    return f"10.0.{number >> 8}.{number & 255}"


# --- servers that remember ------------------------------------------------------------------------


class _Everywhere(dict[str, Callable[[Question], Exchange | Fault | None]]):
    """The same server at every address there is."""

    def get(self, key: str, default: object = None) -> Any:
        return self[""]


def maze() -> Hostile:
    """Every query gets a referral one label deeper, to an address not met before; at the end an alias."""
    depths, numbers = Counter[bytes](), count(1)

    def serve(question: Question) -> Exchange:
        labels, number = question.name.labels, next(numbers)
        if len(labels) == 1:
            return known(str(question), rcode=dns.rcode.REFUSED)
        letter = labels[-2]
        depths[letter] += 1
        if depths[letter] > LABELS:
            other = dns.name.Name([bytes((letter[0] + 1,))] * LABELS + [b""])
            return known(str(question), flags="QR AA", answer=(f"{question.name} 300 CNAME {other}",))
        cut = dns.name.Name(labels[-depths[letter] - 1 :])
        referral, glue = f"{cut} 300 NS {cut}", f"{cut} 300 A {_at(number)}"
        return known(str(question), authority=(referral,), additional=(glue,))

    question = Question(name("a." * LABELS), dns.rdatatype.A)
    return Hostile(question, Scripted(_Everywhere({"": serve})), roots(ROOT))


known = lru_cache(maxsize=512)(reply)
"""Replies with names of 127 labels: five milliseconds each, if they are made."""

MADE: dict[str, Callable[[], Hostile]] = {
    "crowd": crowd,
    "crowd-of-the-silent": crowd_of_the_silent,
    "crowd-with-glue": crowd_with_glue,
    "endless-crowds": endless_crowds,
    "label-by-label": label_by_label,
    "maze": maze,
}
ALL = (*WORLDS, *MADE)


# --- large messages -------------------------------------------------------------------------------

BIGGEST = 65535
POINTER = 0xC000


class Heavy:
    """Every query gets a referral one label deeper, in a message filled up to 65,535 octets with `filling`.

    `filling` gives records in wire format; it gets the offset of the name asked for.
    """

    run = staticmethod(clock.run)

    def __init__(self, filling: Callable[[int], Iterator[bytes]]) -> None:
        self._filling, self._asked = filling, 0

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self._asked += 1
        start = asyncio.get_running_loop().time()
        await asyncio.sleep(RTT)
        wire = self._reply(query)
        message = read_reply(wire)
        exchange = Exchange(query, start, RTT, wire)
        if isinstance(message, Fault):
            return replace(exchange, fault=message)
        return replace(exchange, message=message)

    def _reply(self, query: Query) -> bytes:
        asked = query_wire(replace(query, edns=None), 0)
        return filled(asked, self._referral(query), 1, self._filling)

    def _referral(self, query: Query) -> bytes:
        """An NS record of the next cut and the address of that name server, which is the cut."""
        cut = POINTER | (len(query.question.name) - 1 - self._asked) * 2 + 12
        ns = record(cut, 2, cut.to_bytes(2))
        return ns + record(cut, 1, bytes((10, 1, *self._asked.to_bytes(2))))


def record(owner: int, rdtype: int, rdata: bytes) -> bytes:
    """A record in wire format whose owner is a compression pointer."""
    head = (owner, rdtype, 1, 300 >> 16, 300, len(rdata))
    return b"".join(field.to_bytes(2) for field in head) + rdata


def filled(asked: bytes, records: bytes, authority: int, filling: Callable[[int], Iterator[bytes]]) -> bytes:
    """A reply to the query `asked`: `records`, of which so many are authority, then filling to the brim."""
    parts, room = [records], BIGGEST - len(asked) - len(records)
    additional = 1 if records else 0
    for part in filling(12):
        room -= len(part)
        if room < 0:
            break
        parts.append(part)
        additional += 1
    counts = b"".join(number.to_bytes(2) for number in (1, 0, authority, additional))
    return asked[:2] + b"\x80\0" + counts + asked[12:] + b"".join(parts)


def addresses(name_at: int) -> Iterator[bytes]:
    """Address records of one name."""
    return (record(POINTER | name_at, 1, number.to_bytes(4)) for number in count(0x0B000000))


def types(name_at: int) -> Iterator[bytes]:
    """Records of one name, each of another type, without RDATA."""
    return (record(POINTER | name_at, number, b"") for number in count(0x1000))


def servers(name_at: int) -> Iterator[bytes]:
    """NS records of one name that all point to it."""
    owner = POINTER | name_at
    while True:
        yield record(owner, 2, owner.to_bytes(2))

"""Write the corpus: `python -m tests.fuzz.seeds`. What fuzzing found is kept beside it by hand, as `crash-*`.

Replies are those of the lab's worlds, those that dnspython builds, and ones that no program would
build: pointers in a circle, counts that lie, text that would take over a terminal.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources

import dns.edns
import dns.message

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Query
from tests.fuzz.mutation import CORPUS
from tests.replies import reply

WORLDS = (
    "textbook",
    "alias-chain",
    "dname",
    "nxdomain",
    "nodata",
    "truncated",
    "upward",
    "garbage",
    "no-edns",
)
OWNER = b"\x03www\x07example\x03com\x00"
ASKED = OWNER + b"\0\1\0\1"
SIGNATURE = "A 8 2 300 20300101000000 20200101000000 1 example.com. AAAA"
SOA = "example.com. 300 SOA a. b. 1 2 3 4 5"
HOSTILE = r'"\027[2J\027]0;x\007 \226\128\174 [red]<b>&\255\254\013\010"'


def header(*counts: int, flags: int = 0x8400) -> bytes:
    return struct.pack("!HHHHHH", 7, flags, *counts)


def record(owner: bytes, rdtype: int, rdata: bytes, length: int | None = None, ttl: int = 300) -> bytes:
    return owner + struct.pack("!HHIH", rdtype, 1, ttl, len(rdata) if length is None else length) + rdata


def replies() -> Iterator[tuple[str, bytes]]:
    """Single messages."""
    for world in WORLDS:
        for number, wire in enumerate(wires(world)):
            yield f"lab-{world}-{number}", wire
    for title, exchange in built():
        yield f"built-{title}", exchange.wire or b""
    yield from impossible()


def wires(world: str) -> Iterator[bytes]:
    """The replies of a trace in a world, in the order of the attempts."""
    at = load(world)
    found = trace(at.question.name, at.question.rdtype, network=LabNetwork(at), now=at.now, seed=1)
    for attempt in (attempt for step in found.steps for attempt in step.attempts):
        if attempt.exchange.wire is not None:
            yield attempt.exchange.wire


def built() -> Iterator[tuple[str, Exchange]]:
    """What dnspython can build."""
    www, a = "www.example.com. A", "www.example.com. 300 A 192.0.2.44"
    ns = "com. 300 NS a.com. | b.net."
    yield "answer-signed", reply(www, flags="QR AA", answer=(a, f"www.example.com. 300 RRSIG {SIGNATURE}"))
    yield "resolver", reply(www, flags="QR RA RD", answer=(a,))
    yield "alias", reply(www, flags="QR AA", answer=("www.example.com. 300 CNAME x.example.net.",))
    loop = ("www.example.com. 3 CNAME a.example.com.", "a.example.com. 3 CNAME www.example.com.")
    yield "alias-loop", reply(www, flags="QR AA", answer=loop)
    yield "dname", reply(www, flags="QR AA", answer=("example.com. 300 DNAME y.example.com.",))
    yield "nxdomain", reply(www, flags="QR AA", rcode=3, authority=(SOA,))
    denial = (
        "example.com. 3 NSEC z.example.com. A NS RRSIG",
        "x.example.com. 3 NSEC3 1 0 1 aabb abcdefghijklmnopqrstuvabcdefghij A",
    )
    yield "nodata-denied", reply(www, flags="QR AA", authority=(SOA, *denial))
    glue = ("a.com. 30 A 192.0.2.1", "a.com. 30 AAAA 2001:db8::1", "b.net. 30 A 192.0.2.2")
    yield "referral", reply(www, authority=(ns, f"com. 30 DS 1 8 2 {'ab' * 32}"), additional=glue)
    yield "upward", reply(www, authority=(". 300 NS a.root-servers.net.",))
    yield (
        "hostile",
        reply("www.example.com. TXT", flags="QR AA", answer=(f"www.example.com. 3 TXT {HOSTILE}",)),
    )
    yield (
        "hostile-name",
        reply(www, flags="QR AA", answer=(r"www.example.com. 3 CNAME \027[2J\226\128\174.\000.",)),
    )
    yield "many-types", reply("example.com. ANY", flags="QR AA", answer=tuple(MANY))
    for rcode in (1, 2, 4, 5, 6, 9, 16, 23, 4000):
        yield f"rcode-{rcode}", reply(www, rcode=rcode)
    yield "edns", with_options()


MANY = (
    "example.com. 3 MX 10 a.com.",
    "example.com. 3 LOC 42 21 54 N 71 06 18 W -24m 30m",
    'example.com. 3 NAPTR 100 10 "u" "x" "!^.*$!y!" .',
    "example.com. 3 HTTPS 1 . alpn=h2 port=1 ipv4hint=192.0.2.1",
    r"example.com. 3 TYPE65280 \# 4 01020304",
    'example.com. 3 CAA 0 issue "x"',
    "example.com. 3 APL 1:10.0.0.0/8",
    "example.com. 3 DNSKEY 257 3 8 AwEAAag=",
    "example.com. 3 CSYNC 1 3 A NS",
    f"example.com. 3 TLSA 3 1 1 {'ab' * 32}",
    'example.com. 3 URI 10 1 "https://example.com/"',
)


def with_options() -> Exchange:
    """Every EDNS option that is decoded, with text that would do harm."""
    plain = reply("www.example.com. A", rcode=2)
    message = plain.message
    assert isinstance(message, dns.message.Message)
    hostile = b"\x1b[2J\xe2\x80\xae\xff"
    data = {
        3: hostile,
        8: b"\0\1\x18\0\xc0\0\2",
        10: bytes(24),
        15: b"\0\6<b>" + "\u202e".encode(),
        65001: hostile,
    }
    options: list[dns.edns.Option] = [
        dns.edns.GenericOption(dns.edns.OptionType.make(code), octets) for code, octets in data.items()
    ]
    message.use_edns(0, 0x8000, 1232, options=options)
    return Exchange(Query(plain.query.question, "192.0.2.1"), 0.0, 0.01, message.to_wire())


def impossible() -> Iterator[tuple[str, bytes]]:
    """What no program would build, by what is wrong with it."""
    one, address = header(1, 1, 0, 0) + ASKED, b"\xc0\0\2\x2c"
    yield "pointer-to-itself", one + record(b"\xc0\x21", 1, address)
    yield "pointers-in-a-circle", one + record(b"\xc0\x23\xc0\x21", 1, address)
    yield "pointer-forward", one + record(b"\xc0\xff", 1, address)
    yield "pointer-in-the-question", header(1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1"
    yield "pointer-in-rdata", one + record(b"\xc0\x0c", 5, b"\x01x\xc0\x2d")
    yield "label-type-reserved", one + record(b"\x80www\0", 1, address)
    yield "name-too-long", one + record((b"\x3f" + b"a" * 63) * 4 + b"\0", 1, address)
    yield "counts-too-high", header(1, 0xFFFF, 0xFFFF, 0xFFFF) + ASKED
    yield "counts-too-low", header(1, 0, 0, 0) + ASKED + record(b"\xc0\x0c", 1, address)
    yield "no-question", header(0, 1, 0, 0) + record(OWNER, 1, address)
    yield "two-questions", header(2, 0, 0, 0) + ASKED + ASKED
    yield "length-too-long", one + record(b"\xc0\x0c", 1, address, length=400)
    yield "length-too-short", one + record(b"\xc0\x0c", 1, address, length=3)
    yield "length-zero", one + record(b"\xc0\x0c", 1, b"")
    yield "ttl-negative", one + record(b"\xc0\x0c", 1, address, ttl=0xFFFFFFFF)
    yield "cut-off-with-tc", header(1, 4, 0, 0, flags=0x8600) + ASKED + b"\xc0"
    yield "two-opt", header(1, 0, 0, 2) + ASKED + record(b"\0", 41, b"") * 2
    yield "opt-named", header(1, 0, 0, 1) + ASKED + record(OWNER, 41, b"")
    yield "opt-options-lie", header(1, 0, 0, 1) + ASKED + record(b"\0", 41, b"\0\x0f\xff\xff\0\1")
    yield "class-other", one + b"\xc0\x0c\0\1\0\3\0\0\0\1\0\4" + address
    yield "tsig", header(1, 0, 0, 1) + ASKED + record(b"\0", 250, bytes(20))
    yield "update", header(1, 0, 0, 0, flags=0xA800) + ASKED
    yield "header-only", header(0, 0, 0, 0, flags=0x8001)
    yield "empty", b""


def walks() -> Iterator[tuple[str, bytes]]:
    """How to ask, then the replies of a whole trace, each after its length."""
    for how, world in enumerate((*WORLDS, "in-domain", "ent", "deep")):
        yield f"lab-{world}", bytes((how,)) + framed(wires(world))
    messages = [exchange.wire or b"" for _, exchange in built()]
    yield "built", b"\x20" + framed(messages)


def framed(messages: Iterable[bytes]) -> bytes:
    return b"".join(struct.pack("!H", len(wire)) + wire for wire in messages)


def texts(kind: str) -> Iterator[tuple[str, bytes]]:
    """Files of a kind, `hints` or `key`: the package's, and others in few lines."""
    yield "package", (resources.files("dnstrace") / "data" / f"root.{kind}").read_bytes()
    if kind == "hints":
        yield "short", b". 3600000 IN NS a.x.\nA.X. A 192.0.2.1 ; remark\na.x. 1 AAAA 2001:db8::1\n"
        yield "wrong", b". NS\n\\300.\xff A 1.2.3\n"
        return
    yield "ds", f". IN DS 20326 8 2 {'ab' * 32}\nexample. 1 DS 1 8 2 ( {'ab' * 32} )\n".encode()
    bind = f'. initial-ds 1 8 2 "{"AB" * 32}"; /* y */ "a." static-key 257 3 8 "AwEAAag=";'
    yield "bind", f"trust-anchors {{ // x\n {bind} }};".encode()
    yield "directives", b"$ORIGIN x.\n$TTL 1\n$INCLUDE /dev/null\n$GENERATE 1-9 $ A 1.1.1.$\n"


def write(directory: str, inputs: Mapping[str, bytes]) -> None:
    """Write the inputs into their directory, over what has the same name."""
    (CORPUS / directory).mkdir(parents=True, exist_ok=True)
    for title, octets in inputs.items():
        (CORPUS / directory / title).write_bytes(octets)


if __name__ == "__main__":
    write("replies", dict(replies()))
    write("walks", dict(walks()))
    write("hints", dict(texts("hints")))
    write("anchors", dict(texts("key")))

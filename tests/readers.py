"""All that a message holds, in a form that can be compared, and octets of messages to read."""

from __future__ import annotations

import struct
from random import Random
from typing import Any

import dns.edns
import dns.message
import dns.name
import dns.rdata
import dns.rrset

from dnstrace.model import Fault

NAMES = [
    (b"",),
    (b"com", b""),
    (b"example", b"com", b""),
    (b"EXAMPLE", b"Com", b""),
    (b"www", b"example", b"com", b""),
    (b"ns1", b"example", b"com", b""),
    (b"NS1", b"example", b"com", b""),
    (b"ns1.example", b"com", b""),
    (b"\0\xff", b"example", b"com", b""),
    (*[b"0"] * 32, b"ip6", b"arpa", b""),
]
ODD_NAMES = [(*[b"a"] * count, b"") for count in (37, 38, 39, 127)] + [(b"x" * 63,) * 3 + (b"y" * 61, b"")]
HEAD = struct.Struct("!HHHHHH")
RECORD = struct.Struct("!HHIH")
A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, OPT, DS = 1, 2, 5, 6, 12, 15, 16, 28, 33, 41, 43
RRSIG, NSEC, DNSKEY, NSEC3, TLSA, CDS, HTTPS = 46, 47, 48, 50, 52, 59, 65

COMMON = (A, AAAA, NS, CNAME, SOA, PTR, MX, SRV, TXT, DS, RRSIG, NSEC, DNSKEY, NSEC3, TLSA, CDS)
TTLS = (0, 300, 86400, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
FORMS = {
    TXT: (b"\3one", b"\0", b"\1\xff\3two", b"", b"\4one"),
    DS: (b"\0\7\x0d\2" + bytes(32), b"\0\7\x0d\2", b"\0\7\x0d\0\0"),
}
OPTIONS = (b"", b"\0\3\0\2ns", b"\0\x0a\0\x08abcdefgh", b"\0\x0f\0\2\0\6", b"\0\x08\0\4\0\1\x18\0", b"\0\3")


def held(message: dns.message.Message | Fault) -> object:
    """Every field of a message, of its RRsets, RDATA and EDNS options."""
    if isinstance(message, Fault):
        return message
    fields = {
        each: _value(getattr(message, each))
        for each in vars(dns.message.QueryMessage(id=0))
        if each != "sections"
    }
    derived = (message.rcode(), message.opcode(), message.edns, message.ednsflags, message.payload)
    sections = [[_value(rrset) for rrset in section] for section in message.sections]
    return fields, derived, [_value(each) for each in message.options], sections


def _value(value: Any) -> Any:
    """A value with its type, and within it those of which it is made."""
    if isinstance(value, dns.rrset.RRset):
        own = [getattr(value, each) for each in ("rdclass", "rdtype", "covers", "ttl", "deleting")]
        return [value.name.labels, *map(_value, own), len(value), [_value(each) for each in value]]
    if isinstance(value, dns.rdata.Rdata):
        slots = [each for kind in type(value).__mro__ for each in getattr(kind, "__slots__", ())]
        octets = value.to_wire(), value.to_digestable(), hash(value)
        return type(value), [(each, _value(getattr(value, each))) for each in slots], octets, value.to_text()
    if isinstance(value, dns.name.Name):
        return dns.name.Name, value.labels, hash(value), value.to_text()
    if isinstance(value, dns.edns.Option):
        return type(value), _value(vars(value)), value.to_wire()
    if isinstance(value, list | tuple):
        return type(value), [_value(each) for each in value]
    if isinstance(value, dict):
        return [(each, _value(value[each])) for each in value]
    return type(value), value if hasattr(type(value), "__eq__") and not _is_bare(value) else repr(type(value))


def _is_bare(value: object) -> bool:
    """Whether two such objects are the same only if they are one."""
    return type(value).__eq__ is object.__eq__


class Writer:
    """A message being written, with names that are compressed, or not, at random."""

    def __init__(self, random: Random, names: list[tuple[bytes, ...]]) -> None:
        self.random, self.names = random, names
        self.octets = bytearray()
        self.places: dict[tuple[bytes, ...], int] = {}

    def any_name(self, compressed: bool = True) -> None:
        """A name; one that may be compressed points to where it, or what it ends with, was first written."""
        labels = self.random.choice(self.names)
        compressed = compressed and self.random.random() < 0.7
        for index, label in enumerate(labels):
            rest = labels[index:]
            if compressed and label and rest in self.places:
                self.octets += struct.pack("!H", 0xC000 | self.places[rest])
                return
            self.places.setdefault(rest, len(self.octets))
            self.octets += bytes((len(label),)) + label

    def record(self, rdtype: int) -> None:
        """A record of a type."""
        self.any_name()
        self.octets += RECORD.pack(rdtype, 1, self.random.choice(TTLS), 0)
        start = len(self.octets)
        self.rdata(rdtype)
        self.octets[start - 2 : start] = struct.pack("!H", len(self.octets) - start)

    def rdata(self, rdtype: int) -> None:
        """RDATA; where it has no names, the form is not always that of the type."""
        if rdtype in FORMS:
            self.octets += self.random.choice(FORMS[rdtype])
        elif rdtype in (A, AAAA):
            self.fill(4 if rdtype == A else 16)
        elif rdtype in (RRSIG, NSEC):
            covered = self.random.choice((A, NS, DS, 65280))
            self.octets += struct.pack("!HBBIIIH", covered, 13, 2, 60, 2, 1, 7) if rdtype == RRSIG else b""
            self.any_name(compressed=False)
            self.octets += self.random.choice((bytes(64), b"", b"\0\1\x40", b"\1\1\1\0\1\1"))
        elif rdtype in (NS, CNAME, PTR, MX, SRV, SOA):
            self.fill({MX: 2, SRV: 6}.get(rdtype, 0))
            for _ in range(2 if rdtype == SOA else 1):
                self.any_name()
            self.fill(20 if rdtype == SOA else 0)
        else:
            self.octets += self.random.randbytes(self.random.randrange(24))

    def fill(self, count: int) -> None:
        """Octets of one value, so that duplicates are frequent."""
        self.octets += bytes((self.random.choice((0, 1, 0x20, 0xFF)),)) * count

    def opt(self) -> None:
        """An OPT record."""
        options = self.random.choice(OPTIONS)
        payload, ttl = self.random.choice((512, 1232, 1, 65535)), self.random.choice((0, 0x8000, *TTLS))
        self.octets += b"\0" + RECORD.pack(OPT, payload, ttl, len(options)) + options


def message(random: Random, odd: bool = False) -> bytes:
    """The octets of a common message; with `odd`, of one that may have long names and other types too."""
    writer = Writer(random, [*NAMES, *ODD_NAMES] if odd else NAMES)
    counts, opt = [random.randrange(6) for _ in range(3)], random.randrange(2)
    flags = random.choice((0x8400, 0x8000, 0x8180, 0x8403, 0x8600))
    writer.octets += HEAD.pack(7, flags, 1, counts[0], counts[1], counts[2] + opt)
    writer.any_name(compressed=False)
    writer.octets += struct.pack("!HH", random.choice((A, NS, 255, 65280)), 1)
    for _ in range(sum(counts)):
        writer.record(random.choice((*COMMON, HTTPS, 39, 250, 65280) if odd else COMMON))
    if opt:
        writer.opt()
    return bytes(writer.octets)

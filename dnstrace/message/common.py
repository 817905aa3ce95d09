"""The reader for common replies: the message that `dnstrace.message.reading` has of them, but quick.

Common are answers, referrals and denials of the class IN in at most 4,096 octets, of the types that
`dnstrace.message.kinds` lists, without anything odd. What is odd is neither read nor refused here: that is
left to the other reader, to which tests hold this one in every field.

Each record is looked at once: its owner, type and TTL, and whether its RDATA has the form that it must have.
RDATA becomes objects later (`dnstrace.message.lazy`).
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, Final, NoReturn

import dns.rdataclass
import dns.rdatatype
from dns.rdatatype import RdataType

from dnstrace.message.kinds import (
    NAME_AFTER,
    NAME_UNCOMPRESSED,
    NAMELESS,
    SINGLE_NAME,
    kind_of,
)
from dnstrace.message.lazy import Kind, LazyMessage, LazyRRset, lazy_rrset
from dnstrace.model import Name
from dnstrace.model.known_name import LABELS, NAMES, KnownName, remember

LONGEST: Final = 4096
"""Octets of a common message."""
_POINTERS = 8  # that a name of a common message leads through
_LONGEST_LABEL, _LONGEST_NAME = 63, 255  # octets (RFC 1035 section 2.3.4)
_ROOT: Final = (b"",)
_LONGEST_TTL = 0x7FFFFFFF  # RFC 2181 section 8: what is above counts as 0
_OPCODE, _POINTER, _ADDITIONAL = 0x7800, 0xC0, 3
_HEADER = struct.Struct("!HHHHHH")
_QUESTION = struct.Struct("!HH")
_RECORD = struct.Struct("!HHIH")  # TYPE, CLASS, TTL, RDLENGTH
_POINTED = struct.Struct("!HHHIH")  # the same after a pointer to the owner
_SIGNED = struct.Struct("!HHI")  # of RRSIG: the type covered, the algorithm and labels, the original TTL
_LEAST = 1 + _RECORD.size  # octets of a record
_SIGNER, _SOA_NUMBERS = 18, 20  # octets before the signer's name in RRSIG; after both names in SOA
_SIZES: Final[dict[int, int]] = {RdataType.A: 4, RdataType.AAAA: 16}
_SOA, _OPT, _RRSIG = 6, 41, 46  # as numbers, which are compared in less time
_IN, _NONE = dns.rdataclass.IN, dns.rdatatype.NONE
_class: Final = lru_cache(64)(dns.rdataclass.RdataClass.make)
_type: Final = lru_cache(256)(RdataType.make)

Spelled = tuple[KnownName, int, int]
"""A name, the place after it, and how many pointers it leads through."""


class _Odd(Exception):
    """Something that common replies do not have."""


def read_common(wire: bytes) -> LazyMessage | None:
    """The message in `wire`; None if anything in it is not common."""
    try:
        return _Reader(wire).message() if len(wire) <= LONGEST else None
    except (_Odd, IndexError, struct.error):
        return None


class _Reader:
    """One message being read."""

    def __init__(self, wire: bytes) -> None:
        self._wire = wire
        self._spelled: dict[int, Spelled] = {}
        self._owners: dict[int, KnownName] = {}
        self._opt: LazyRRset | None = None

    def message(self) -> LazyMessage:
        number, flags, questions, *counts = _HEADER.unpack_from(self._wire)
        if questions != 1 or flags & _OPCODE or sum(counts) * _LEAST > len(self._wire):
            raise _Odd
        name, place = self._owner(_HEADER.size)
        rdtype, rdclass = _QUESTION.unpack_from(self._wire, place)
        if rdclass != _IN:
            raise _Odd
        place += _QUESTION.size
        sections: list[list[Any]] = [[lazy_rrset(name, _IN, _asked(rdtype), _NONE, 0, [])]]
        for count in counts:
            section: list[LazyRRset] = []
            sections.append(section)
            place = self._section(place, count, section, len(sections) > _ADDITIONAL) if count else place
        return LazyMessage(number, flags, self._wire, sections, self._opt)

    def _section(self, place: int, count: int, section: list[LazyRRset], additional: bool) -> int:
        """Read `count` records; the place after them."""
        wire, owners, held = self._wire, self._owners, dict[tuple[tuple[bytes, ...], int, int], LazyRRset]()
        before: KnownName | None = None
        rrset: LazyRRset | None = None
        last = covered = 0
        for _ in range(count):
            if wire[place] >= _POINTER:
                pointer, rdtype, rdclass, ttl, length = _POINTED.unpack_from(wire, place)
                owner = owners.get(pointer) or self._pointed(pointer, place)
                start = place + _POINTED.size
            else:
                owner, start = self._owner(place)
                rdtype, rdclass, ttl, length = _RECORD.unpack_from(wire, start)
                start += _RECORD.size
            place = start + length
            if rdtype == _OPT and additional:
                self._take_opt(owner, rdclass, ttl, start, place)
                continue
            if rdclass != _IN:
                raise _Odd
            found = self._found(rdtype, start, place)
            covers = int.from_bytes(found[:2]) if rdtype == _RRSIG else 0
            ttl = ttl if ttl <= _LONGEST_TTL else 0
            if rrset is None or owner is not before or rdtype != last or covers != covered:
                before, last, covered = owner, rdtype, covers
                rrset = held.get(key := (owner.folded, rdtype, covers))
                if rrset is None:
                    of = _type(covers) if covers else _NONE
                    rrset = held[key] = lazy_rrset(owner, _IN, kind_of(rdtype), of, ttl, [found])
                    section.append(rrset)
                    continue
            rrset.take(found, ttl)
        if place > len(wire):
            raise _Odd
        return place

    def _found(self, rdtype: int, start: int, end: int) -> Any:
        """What to make the RDATA of; raises _Odd where it does not have the form of its type."""
        if (size := _SIZES.get(rdtype)) is not None:
            return self._wire[start:end] if end - start == size else _odd()
        if rdtype in SINGLE_NAME:
            name, place = self._name(start)
            return name if place == end else _odd()
        if rdtype in NAMELESS:
            return self._wire[start:end]
        if rdtype in NAME_UNCOMPRESSED:
            return self._uncompressed(rdtype, start, end)
        if rdtype == _SOA:
            mname, place = self._name(start)
            rname, place = self._name(place)
            return (mname, rname, self._wire[place:end]) if place + _SOA_NUMBERS == end else _odd()
        if rdtype in NAME_AFTER:
            name, place = self._name(numbers := start + NAME_AFTER[rdtype].size)
            return (self._wire[start:numbers], name) if place == end else _odd()
        raise _Odd

    def _uncompressed(self, rdtype: int, start: int, end: int) -> bytes:
        """The RDATA of RRSIG or NSEC."""
        wire, place = self._wire, start
        if rdtype == _RRSIG:
            place += _SIGNER
            if _SIGNED.unpack_from(wire, start)[2] > _LONGEST_TTL:
                raise _Odd
        name = place
        while length := wire[place]:
            if length > _LONGEST_LABEL:
                raise _Odd
            place += length + 1
        return wire[start:end] if place < end and place - name < _LONGEST_NAME else _odd()

    def _take_opt(self, name: Name, rdclass: int, ttl: int, start: int, end: int) -> None:
        """The one OPT record, of the root (RFC 6891 section 6.1.1)."""
        if self._opt is not None or len(name.labels) != 1:
            raise _Odd
        payload = _class(rdclass)
        options = payload, self._wire[start:end]
        self._opt = lazy_rrset(name, payload, kind_of(RdataType.OPT), _NONE, ttl, [options])

    # --- names --------------------------------------------------------------------------------

    def _owner(self, place: int) -> tuple[KnownName, int]:
        """The name at a place where there is no pointer, and the place after it."""
        name, end, _ = self._spell(place)
        self._owners[_POINTER << 8 | place] = name
        return name, end

    def _pointed(self, pointer: int, place: int) -> KnownName:
        """The name to which the pointer at `place` leads."""
        name = self._owners[pointer] = self._spelled_before(pointer & 0x3FFF, place)[0]
        return name

    def _name(self, place: int) -> tuple[KnownName, int]:
        """The name at a place within RDATA, and the place after it."""
        if (first := self._wire[place]) >= _POINTER:
            return self._spelled_before((first & 0x3F) << 8 | self._wire[place + 1], place)[0], place + 2
        return self._spell(place)[:2]

    def _spelled_before(self, target: int, place: int, depth: int = 0) -> Spelled:
        """The name at `target`, to which the name at `place` leads: all of it has to be before that."""
        if target >= place:
            raise _Odd
        spelled = self._spelled.get(target) or self._spell(target, depth)
        return spelled if spelled[1] <= place else _odd()

    def _spell(self, start: int, depth: int = 0) -> Spelled:
        """Read the name at `start`, to which `depth` pointers have led."""
        wire, place, own, hops = self._wire, start, list[bytes](), 0
        rest: tuple[bytes, ...] = _ROOT
        while length := wire[place]:
            place += 1
            if length >= _POINTER:
                if depth == _POINTERS:
                    raise _Odd
                target = (length & 0x3F) << 8 | wire[place]
                name, _, hops = self._spelled_before(target, start, depth + 1)
                rest, hops = name.labels, hops + 1
                break
            if length > _LONGEST_LABEL:
                raise _Odd
            own.append(wire[place : place + length])
            place += length
        labels = (*own, *rest)
        if (known := NAMES.get(labels)) is None:
            if len(labels) > LABELS or len(b".".join(labels)) >= _LONGEST_NAME:
                raise _Odd
            known = remember(labels)
        if hops > _POINTERS:
            raise _Odd
        spelled = self._spelled[start] = known, place + 1, hops
        return spelled


@lru_cache(256)
def _asked(rdtype: int) -> Kind:
    """The kind of the RRset in the question section, which has no records."""
    return Kind(_type(rdtype), _odd)


def _odd(*_: Any) -> NoReturn:
    raise _Odd

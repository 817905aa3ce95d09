"""Denial of existence: the NSEC and NSEC3 records of a zone, and which of them prove what.

NSEC by RFC 4034 section 4 and RFC 4035 section 3.1.3, NSEC3 with and without opt-out by RFC 5155 sections 7.1
and 7.2, compact denial by RFC 9824; the TTL is that of RFC 9077. Each kind knows which names a
proof is about (`about`), and which record belongs to a name: its own, or the one that covers it (`record`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Protocol

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.plan import SigningPlan
from dnstrace.lab.zone import LabZone
from dnstrace.model import Name
from dnstrace.model.mnemonics import AT_PARENT

_SHA1 = 1  # the NSEC3 hash algorithm
_OPT_OUT = 1
_NXNAME = dns.rdatatype.RdataType.make(128)  # RFC 9824 section 3.1
_AT_CUT = {dns.rdatatype.NS, *map(dns.rdatatype.RdataType.make, AT_PARENT)}
_IN = dns.rdataclass.IN

Types = set[dns.rdatatype.RdataType]


class DenialMaker(Protocol):
    """One kind of denial in one zone."""

    def about(self, name: Name, expanded: bool) -> list[Name]:
        """The names whose records prove that what is asked for at `name` does not exist.

        With `expanded`, only that `name` itself does not, so that a wildcard applies.
        """

    def record(self, name: Name) -> dns.rrset.RRset:
        """The record at `name`, else the one that covers it."""


def denial(zone: LabZone, plan: SigningPlan) -> DenialMaker:
    """The denial that `plan` asks for, over the content of `zone`."""
    if plan.compact:
        return _Compact(zone)
    return _Nsec(zone) if plan.denial == "nsec" else _Nsec3(zone, plan)


def nsec3param(plan: SigningPlan) -> dns.rdata.Rdata:
    """The record that names the hash at the apex (RFC 5155 section 4)."""
    return _rdata_from(dns.rdatatype.NSEC3PARAM, _SHA1, 0, plan.iterations, plan.salt.hex() or "-")


# --- what is in a zone ---------------------------------------------------------------------------


def owners(zone: LabZone) -> Iterator[Name]:
    """The names with data of the zone: cuts, but not what lies below cuts or DNAMEs."""
    for name in zone.nodes:
        if zone.cut(name) in (None, name) and zone.dname(name) is None:
            yield name


def types(zone: LabZone, name: Name) -> Types:
    """The types at a name that belong to the zone, with RRSIG if any of them is signed."""
    found = {rdtype for rdtype, covered in zone.nodes.get(name, {}) if not covered}
    if zone.cut(name) == name:
        found &= _AT_CUT
    signed = found - {dns.rdatatype.NS} if zone.cut(name) == name else found
    return found | {dns.rdatatype.RRSIG} if signed else found


def _denial_ttl(zone: LabZone) -> int:
    soa = zone.nodes[zone.origin][dns.rdatatype.SOA, dns.rdatatype.NONE]
    return min(soa.ttl, int(soa[0].minimum))


def _rdata_from(rdtype: dns.rdatatype.RdataType, *fields: object) -> dns.rdata.Rdata:
    return dns.rdata.from_text(_IN, rdtype, " ".join(map(str, fields)))


def _texts(found: Types) -> list[str]:
    return [dns.rdatatype.to_text(rdtype) for rdtype in sorted(found)]


def _wildcard(name: Name) -> Name:
    return dns.name.Name((b"*", *name.labels))


# --- the kinds -----------------------------------------------------------------------------------


class _Nsec:
    """A chain of the names themselves."""

    def __init__(self, zone: LabZone) -> None:
        self._zone, self._owners = zone, sorted(owners(zone))

    def about(self, name: Name, expanded: bool) -> list[Name]:
        if expanded or name in self._zone.names:
            return [name]
        return [name, _wildcard(self._zone.encloser(name))]

    def record(self, name: Name) -> dns.rrset.RRset:
        place = bisect_right(self._owners, name)
        owner, following = self._owners[place - 1], self._owners[place % len(self._owners)]
        return self._made(owner, following, types(self._zone, owner))

    def _made(self, owner: Name, following: Name, found: Types) -> dns.rrset.RRset:
        found = found | {dns.rdatatype.RRSIG, dns.rdatatype.NSEC}
        rdata = _rdata_from(dns.rdatatype.NSEC, following, *_texts(found))
        return dns.rrset.from_rdata(owner, _denial_ttl(self._zone), rdata)


class _Compact(_Nsec):
    """Made for the name asked for: nothing lies between it and its first possible child (RFC 9824)."""

    def about(self, name: Name, expanded: bool) -> list[Name]:
        return [] if expanded else [name]

    def record(self, name: Name) -> dns.rrset.RRset:
        following = dns.name.Name((b"\0", *name.canonicalize().labels))  # RFC 6840 section 5.1: as signed
        return self._made(name, following, self._types_or_wildcard(name))

    def _types_or_wildcard(self, name: Name) -> Types:
        if name in self._zone.names:
            return types(self._zone, name)
        source = _wildcard(self._zone.encloser(name))
        return types(self._zone, source) if source in self._zone.nodes else {_NXNAME}


class _Nsec3:
    """A chain of hashes, of empty non-terminals too; with opt-out, unsigned delegations are not in it."""

    def __init__(self, zone: LabZone, plan: SigningPlan) -> None:
        self._zone, self._plan = zone, plan
        self._flags = _OPT_OUT if plan.denial == "opt-out" else 0
        self._names = {self._hash_text(name): name for name in self._chained()}
        self._hashes = sorted(self._names)

    def about(self, name: Name, expanded: bool) -> list[Name]:
        if self._hash_text(name) in self._names:
            return [name]
        encloser = name.parent()
        while self._hash_text(encloser) not in self._names:
            encloser = encloser.parent()
        next_closer = dns.name.Name(name.labels[-(len(encloser) + 1) :])
        if expanded:
            return [next_closer]
        wildcard = [] if name in self._zone.names else [_wildcard(encloser)]
        return [encloser, next_closer, *wildcard]

    def record(self, name: Name) -> dns.rrset.RRset:
        place = bisect_right(self._hashes, self._hash_text(name))
        own, following = self._hashes[place - 1], self._hashes[place % len(self._hashes)]
        owner = dns.name.Name((own.lower().encode("ascii"), *self._zone.origin.labels))
        found = _texts(types(self._zone, self._names[own]))
        head = (_SHA1, self._flags, self._plan.iterations, self._plan.salt.hex() or "-")
        rdata = _rdata_from(dns.rdatatype.NSEC3, *head, following, *found)
        return dns.rrset.from_rdata(owner, _denial_ttl(self._zone), rdata)

    def _chained(self) -> set[Name]:
        """The names that have a record: those with data, and all between them and the apex."""
        found = {self._zone.origin}
        for name in owners(self._zone):
            if self._flags and types(self._zone, name) == {dns.rdatatype.NS}:
                continue
            while name not in found:
                found.add(name)
                name = name.parent()
        return found

    def _hash_text(self, name: Name) -> str:
        return dns.dnssec.nsec3_hash(name, self._plan.salt, self._plan.iterations, _SHA1)

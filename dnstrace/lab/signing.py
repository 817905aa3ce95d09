"""Zones that are signed when their replies need it (RFC 4035 section 2).

The zones of a world are signed by `signed_zones`, as `LabNetwork(world, signed=True)` does; otherwise nothing
here is imported, nor cryptography by it. The parent of a signed zone has the DS records of its keys, unless
its own text has some for it. A signature is made when a reply first needs it, and kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset

from dnstrace.lab.denial import DenialMaker, denial, nsec3param
from dnstrace.lab.keys import Key, dnskey, ds, rrsig
from dnstrace.lab.plan import KEYS, SigningPlan
from dnstrace.lab.zone import Kind, LabZone, Node, Sign
from dnstrace.model import ROOT, Name

_NONE = dns.rdatatype.NONE
_DAY = 86400  # seconds


def plan(zone: Name, sign: Sign, now: datetime) -> SigningPlan:
    """The plan that a world's file has for a zone, in a world whose clock says `now`. Raises WorldError."""
    keys = tuple(Key(zone, sign.algorithm, flags) for flags in KEYS[sign.keys])
    inception, expiration = (int(now.timestamp() + days * _DAY) for days in sign.valid)
    made = SigningPlan(
        zone=zone,
        keys=keys,
        ds=(ds(keys[0]),) if sign.ds == "auto" else (),
        signer=zone,
        inception=inception,
        expiration=expiration,
        denial=sign.denial,
        iterations=sign.iterations,
        salt=bytes.fromhex(sign.salt),
    )
    if not sign.broken:
        return made
    from dnstrace.lab.breaking import broken

    for text in sign.broken:
        made = broken(made, text)
    return made


def signed_zones(zones: Sequence[LabZone], now: datetime) -> dict[LabZone, LabZone]:
    """The zones by the plain ones, signed where the world's file says so. Raises WorldError."""
    plans = _plans(zones, now)
    return {zone: _signed(zone, now, plans) for zone in zones}


def anchors_text(zones: Sequence[LabZone], now: datetime) -> str:
    """The trust anchor of a world, the root's DS records in master-file form; empty if it is not signed."""
    found = _plans(zones, now).get(ROOT)
    return "" if found is None else "".join(f". 172800 IN DS {record}\n" for record in found.ds)


def _plans(zones: Sequence[LabZone], now: datetime) -> dict[Name, SigningPlan]:
    """The plan of each signed zone; of several versions of a zone, the first in the file is the parent's."""
    return {
        zone.origin: plan(zone.origin, zone.sign, now) for zone in reversed(zones) if zone.sign is not None
    }


def _signed(zone: LabZone, now: datetime, plans: Mapping[Name, SigningPlan]) -> LabZone:
    return zone if zone.sign is None else SignedZone(zone, plan(zone.origin, zone.sign, now), plans)


class SignedZone(LabZone):
    """A zone with its keys, the DS records of the zones below it, and signatures when they are needed."""

    def __init__(self, plain: LabZone, how: SigningPlan, plans: Mapping[Name, SigningPlan]) -> None:
        super().__init__(plain.origin, "", plain.ttl, sign=plain.sign)
        self._true = _Whole(plain, how, plans)
        self._plan = how
        self._made: dict[tuple[Name, dns.rdatatype.RdataType], dns.rrset.RRset | None] = {}
        self.compact = how.compact

    @cached_property
    def nodes(self) -> dict[Name, Node]:
        """The RRsets by owner, as they are served."""
        return {name: self._served(node) for name, node in self._true.nodes.items()}

    def matching(self, name: Name, node: Node, rdtype: dns.rdatatype.RdataType) -> list[dns.rrset.RRset]:
        """The RRsets of a node that are of a type, signatures and the NSEC record among them."""
        found = super().matching(name, node, rdtype)
        if rdtype in (dns.rdatatype.NSEC, dns.rdatatype.ANY) and self._plan.denial in ("nsec", "compact"):
            found += [rrset for rrset in self.denial(name) if rrset.name == name]
        if rdtype == dns.rdatatype.RRSIG:
            made = (self.signature(rrset, node) for rrset in node.values())
            found += [rrset for rrset in made if rrset is not None]
        return found

    def signature(self, rrset: dns.rrset.RRset, node: Node) -> dns.rrset.RRset | None:
        """The signature of an RRset, or of the wildcard it comes from; one in the zone's text comes first."""
        if rrset.rdtype == dns.rdatatype.RRSIG:
            return None
        if (given := super().signature(rrset, node)) is not None:
            return given
        source = rrset.name
        if node and not self._plan.compact and source not in self._true.names:
            source = dns.name.Name((b"*", *self.encloser(source).labels))
        key = (source, rrset.rdtype)
        if key not in self._made:
            self._made[key] = self._plan.served(self._sign(self._true.rrset(*key) or rrset))
        made = self._made[key]
        return None if made is None else dns.rrset.from_rdata_list(rrset.name, rrset.ttl, list(made))

    def denial(self, name: Name, expanded: bool = False) -> list[dns.rrset.RRset]:
        """The NSEC or NSEC3 records that prove that a name or its data does not exist."""
        names = self._plan.proves(self._denial.about(name, expanded))
        records = {rrset.name: rrset for rrset in map(self._denial.record, names)}
        served = (self._plan.served(rrset) for rrset in records.values())
        return [rrset for rrset in served if rrset is not None]

    @cached_property
    def _denial(self) -> DenialMaker:
        return denial(self._true, self._plan)

    def _sign(self, rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        how = self._plan
        keys = rrset.rdtype == dns.rdatatype.DNSKEY
        signer = how.zone if keys else how.signer
        record = rrsig(rrset, how.signing(rrset), signer, how.inception, how.expiration)
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, record)

    def _served(self, node: Node) -> Node:
        served = {kind: self._plan.served(rrset) for kind, rrset in node.items()}
        return {kind: rrset for kind, rrset in served.items() if rrset is not None}


class _Whole(LabZone):
    """What a zone signs: its own records, its keys, and the DS records of the zones below it."""

    def __init__(self, plain: LabZone, how: SigningPlan, plans: Mapping[Name, SigningPlan]) -> None:
        super().__init__(plain.origin, "", plain.ttl)
        self._plain, self._how, self._plans = plain, how, plans

    @cached_property
    def nodes(self) -> dict[Name, Node]:
        """The RRsets by owner."""
        nodes = {name: dict(node) for name, node in self._plain.nodes.items()}
        apex = nodes.setdefault(self.origin, {})
        own = apex.get((dns.rdatatype.DNSKEY, _NONE), ())
        apex |= _as_rrset(self.origin, self.ttl, *map(dnskey, self._how.keys), *own)
        if self._how.denial in ("nsec3", "opt-out"):
            others = apex.get((dns.rdatatype.NSEC3PARAM, _NONE))
            ttl = 0 if others is None else others.ttl
            apex |= _as_rrset(self.origin, ttl, nsec3param(self._how), *(others or ()))
        for name, below in self._plans.items():
            if below.ds and name in nodes and name != self.origin and self._plain.cut(name) == name:
                nodes[name] = _as_rrset(name, self.ttl, *below.ds) | nodes[name]
        return nodes


def _as_rrset(owner: Name, ttl: int, *rdatas: dns.rdata.Rdata) -> dict[Kind, dns.rrset.RRset]:
    """An RRset, as a node has it."""
    return {(rdatas[0].rdtype, _NONE): dns.rrset.from_rdata(owner, ttl, *rdatas)}

"""Proofs by NSEC3 records: RFC 5155 section 8, RFC 9276 section 3.2, as pure functions.

The records passed in are validated and of one zone. A covering record with the opt-out flag proves less: its
span may contain unsigned delegations (RFC 5155 sections 6 and 9.2), so what it denies is insecure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import dns.name
import dns.rdatatype

from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.proof import Proof, ProofResult, Types, lacks_data, lacks_ds
from dnstrace.model import Name
from dnstrace.model.naming import plain, wildcard_below, zone_text
from dnstrace.model.structs import Struct, field

SHA1 = 1  # the only hash algorithm defined (RFC 5155 section 11)
OCTETS = 20  # of a hash by it
OPT_OUT = 1


class Nsec3(Struct):
    """An NSEC3 record: hashes instead of names, as octets (RFC 5155 section 3)."""

    label: str
    hash: bytes
    next: bytes
    types: Types
    flags: int
    iterations: int
    salt: bytes

    def __str__(self) -> str:
        return f"NSEC3 {self.label[:8]}\N{HORIZONTAL ELLIPSIS}"

    @property
    def opt_out(self) -> bool:
        """Whether unsigned delegations may lie in its span."""
        return bool(self.flags & OPT_OUT)

    def covers(self, digest: bytes) -> bool:
        """Whether a hash lies between this hash and the next; the last record wraps round to the first."""
        if self.hash < self.next:
            return self.hash < digest < self.next
        return digest > self.hash or digest < self.next


class _Encloser(Struct):
    """A closest encloser, and the record that covers the next closer name (RFC 5155 section 8.3)."""

    name: Name
    covering: Nsec3


class Hashed(Struct):
    """The NSEC3 records of a reply from one zone."""

    zone: Name
    records: Sequence[Nsec3]
    effort: Effort
    _hashes: dict[tuple[Name, int, bytes], bytes] = field(default_factory=dict)

    def excessive(self) -> Proof | None:
        """Insecure because of too many iterations (RFC 9276 section 3.2); None within the limit."""
        rounds = max((record.iterations for record in self.records), default=0)
        if rounds <= self.effort.limits.iterations:
            return None
        return Proof(
            ProofResult.INSECURE,
            f"{zone_text(self.zone)} uses {rounds} NSEC3 iterations: validators treat a zone with more than "
            f"{self.effort.limits.iterations} as insecure",
        )

    def matching(self, name: Name) -> Nsec3 | None:
        """The record that matches `name`."""
        return next((record for record in self.records if self._hash(name, record) == record.hash), None)

    def covering(self, name: Name) -> Nsec3 | None:
        """The record that covers `name`, which shows that it does not exist."""
        return next((record for record in self.records if record.covers(self._hash(name, record))), None)

    def _hash(self, name: Name, record: Nsec3) -> bytes:
        key = (name, record.iterations, record.salt)
        if key not in self._hashes:
            self.effort.hash()
            self._hashes[key] = hashed(name, record.iterations, record.salt)
        return self._hashes[key]


def hashed(name: Name, iterations: int, salt: bytes) -> bytes:
    """The NSEC3 hash of a name (RFC 5155 section 5)."""
    digest = hashlib.sha1(name.to_digestable() + salt, usedforsecurity=False).digest()
    for _ in range(iterations):
        digest = hashlib.sha1(digest + salt, usedforsecurity=False).digest()
    return digest


def nxdomain(name: Name, zone: Hashed) -> Proof:
    """Proof that neither `name` nor a wildcard for it exists (RFC 5155 section 8.4)."""
    found = _closest_encloser(name, zone)
    if isinstance(found, Proof):
        return found
    wildcard = wildcard_below(found.name)
    denied = None if wildcard is None else zone.covering(wildcard)
    if wildcard is not None and denied is None:
        missing = f"no NSEC3 record shows that the wildcard {plain(wildcard)} does not exist"
        return Proof(ProofResult.UNPROVED, missing)
    if found.covering.opt_out:
        return _opted_out(found)
    covered = f"{plain(name)}, whose closest encloser is {plain(found.name)}"
    return Proof(ProofResult.PROVED, f"{found.covering} covers {covered}")


def nodata(name: Name, rdtype: int, zone: Hashed) -> Proof:
    """Proof that `name`, or its wildcard, has no `rdtype` (RFC 5155 sections 8.5 to 8.7)."""
    if (record := zone.matching(name)) is not None:
        return lacks_data(record.types, name, rdtype, str(record))
    found = _closest_encloser(name, zone)
    if isinstance(found, Proof):
        return found
    wildcard = wildcard_below(found.name)
    record = None if wildcard is None else zone.matching(wildcard)
    if record is not None and wildcard is not None:
        proof = lacks_data(record.types, wildcard, rdtype, str(record))
        return _opted_out(found) if proof.shown is ProofResult.PROVED and found.covering.opt_out else proof
    if found.covering.opt_out:
        return _opted_out(found)
    missing = f"no NSEC3 record matches {plain(name)} or a wildcard that applies to it"
    return Proof(ProofResult.UNPROVED, missing)


def wildcard_answer(name: Name, encloser: Name, zone: Hashed) -> Proof:
    """Proof that `name` itself does not exist, so `*.encloser` applies to it (RFC 5155 section 8.8)."""
    next_closer = dns.name.Name(name.labels[-(len(encloser) + 1) :])
    covering = zone.covering(next_closer)
    if covering is None:
        return Proof(ProofResult.UNPROVED, f"no NSEC3 record shows that {plain(next_closer)} does not exist")
    if covering.opt_out:
        return _opted_out(_Encloser(encloser, covering))
    expanded = f"{plain(name)} is expanded from the wildcard below {zone_text(encloser)}"
    return Proof(ProofResult.PROVED, f"{covering} shows that {expanded}")


def no_ds(name: Name, zone: Hashed) -> Proof:
    """Proof that `name` has no DS record (RFC 5155 sections 8.6 and 8.9)."""
    if (record := zone.matching(name)) is not None:
        return lacks_ds(record.types, name, str(record))
    found = _closest_encloser(name, zone)
    if isinstance(found, Proof):
        return found
    if found.covering.opt_out:
        return _opted_out(found)
    absent = nxdomain(name, zone)
    if absent.shown is ProofResult.PROVED:
        return Proof(ProofResult.NO_CUT, absent.text)
    proof = nodata(name, dns.rdatatype.DS, zone)
    return Proof(ProofResult.NO_CUT, proof.text) if proof.shown is ProofResult.PROVED else proof


def _closest_encloser(name: Name, zone: Hashed) -> _Encloser | Proof:
    """The closest encloser proof (RFC 5155 section 8.3), or why there is none."""
    encloser = name
    while (record := zone.matching(encloser)) is None:
        if encloser == zone.zone or len(encloser) <= len(zone.zone):
            return Proof(ProofResult.UNPROVED, f"no NSEC3 record shows the closest encloser of {plain(name)}")
        encloser = encloser.parent()
    if encloser == name:
        return Proof(ProofResult.UNPROVED, f"{record} shows that {plain(name)} exists")
    if record.types.unsigned_cut:
        return Proof(ProofResult.INSECURE, f"{record} shows an unsigned delegation at {plain(encloser)}")
    if record.types.cut or dns.rdatatype.DNAME in record.types:
        return Proof(
            ProofResult.UNPROVED,
            f"{record} belongs to a zone cut or DNAME at {plain(encloser)}, "
            "so it proves nothing about names below",
        )
    next_closer = dns.name.Name(name.labels[-(len(encloser) + 1) :])
    covering = zone.covering(next_closer)
    if covering is None:
        return Proof(ProofResult.UNPROVED, f"no NSEC3 record shows that {plain(next_closer)} does not exist")
    return _Encloser(encloser, covering)


def _opted_out(found: _Encloser) -> Proof:
    below = f"there may be unsigned delegations below {zone_text(found.name)}"
    return Proof(ProofResult.INSECURE, f"{found.covering} has the opt-out flag, so {below}")

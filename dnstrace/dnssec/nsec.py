"""Proofs by NSEC records: RFC 4035 section 5.4 and RFC 6840 section 4, as pure functions.

The records passed in are validated and of one zone. Compact denial (RFC 9824) and minimally covering records
(RFC 4470) need no special treatment apart from the NXNAME type.
"""

from __future__ import annotations

from collections.abc import Sequence

import dns.name
import dns.rdatatype

from dnstrace.dnssec.proof import Proof, ProofResult, Types, absent_text, lacks_data, lacks_ds
from dnstrace.model import Name
from dnstrace.model.naming import is_below, plain, wildcard_below, zone_text
from dnstrace.model.structs import Struct


class Nsec(Struct):
    """An NSEC record: no name between `owner` and `next` has data (RFC 4034 section 4)."""

    owner: Name
    next: Name
    types: Types

    def __str__(self) -> str:
        return f"NSEC {plain(self.owner)} to {plain(self.next)}"

    def covers(self, name: Name) -> bool:
        """Whether `name` lies between owner and next in canonical order, and the record applies to it.

        The record of a zone cut or a DNAME does not apply to the names below it (RFC 6840 section 4.1).
        """
        if name.is_subdomain(self.owner) and (self.types.cut or dns.rdatatype.DNAME in self.types):
            return False
        if self.owner < self.next:
            return bool(self.owner < name < self.next)
        return bool(self.owner < name) and name.is_subdomain(self.next)  # the last record of the zone

    def closest_encloser(self, name: Name) -> Name:
        """The deepest existing ancestor of `name`, which this record covers."""
        return max(_shared(self.owner, name), _shared(self.next, name), key=len)


def nxdomain(name: Name, records: Sequence[Nsec]) -> Proof:
    """Proof that neither `name` nor a wildcard for it exists (RFC 4035 section 5.4)."""
    if proof := _unsigned_above(name, records):
        return proof
    for record in records:
        if record.owner == name and record.types.absent:
            return Proof(ProofResult.PROVED, absent_text(name, str(record)))
    covering = next((r for r in records if r.covers(name) and not is_below(r.next, name)), None)
    if covering is None:
        return Proof(ProofResult.UNPROVED, f"no NSEC record shows that {plain(name)} does not exist")
    encloser = covering.closest_encloser(name)
    wildcard = wildcard_below(encloser)
    denied = next((r for r in records if wildcard is not None and r.covers(wildcard)), None)
    if wildcard is not None and (denied is None or is_below(denied.next, wildcard)):
        missing = f"no NSEC record shows that the wildcard {plain(wildcard)} does not exist"
        return Proof(ProofResult.UNPROVED, missing)
    return Proof(
        ProofResult.PROVED,
        " and ".join(dict.fromkeys(str(record) for record in (covering, denied) if record)),
    )


def nodata(name: Name, rdtype: int, records: Sequence[Nsec]) -> Proof:
    """Proof that `name`, or its wildcard, has no `rdtype` (RFC 4035 section 5.4)."""
    for record in records:
        if record.owner == name:
            return lacks_data(record.types, name, rdtype, str(record))
    if proof := _unsigned_above(name, records):
        return proof
    if proof := _empty_non_terminal(name, records) or _empty_wildcard(name, records):
        return proof
    wildcard = _wildcard_for(name, records)
    if wildcard is None:
        missing = f"no NSEC record matches {plain(name)} or a wildcard that applies to it"
        return Proof(ProofResult.UNPROVED, missing)
    return lacks_data(wildcard.types, wildcard.owner, rdtype, str(wildcard))


def wildcard_answer(name: Name, encloser: Name, records: Sequence[Nsec]) -> Proof:
    """Proof that `name` itself does not exist, so `*.encloser` applies to it (RFC 4035 section 5.3.4)."""
    for record in records:
        if record.covers(name) and record.closest_encloser(name) == encloser:
            expanded = f"{plain(name)} is expanded from the wildcard below {zone_text(encloser)}"
            return Proof(ProofResult.PROVED, f"{record} shows that {expanded}")
    return Proof(ProofResult.UNPROVED, f"no NSEC record shows that {plain(name)} itself does not exist")


def no_ds(name: Name, records: Sequence[Nsec]) -> Proof:
    """Proof that `name` has no DS: an unsigned delegation, or no zone cut (RFC 4035 section 5.2)."""
    for record in records:
        if record.owner == name:
            return lacks_ds(record.types, name, str(record))
    if proof := _unsigned_above(name, records):
        return proof
    if proof := _empty_non_terminal(name, records) or _empty_wildcard(name, records):
        return Proof(ProofResult.NO_CUT, proof.text)
    if (wildcard := _wildcard_for(name, records)) is not None:
        return lacks_ds(wildcard.types, wildcard.owner, str(wildcard))
    absent = nxdomain(name, records)
    return Proof(ProofResult.NO_CUT, absent.text) if absent.shown is ProofResult.PROVED else absent


def _empty_non_terminal(name: Name, records: Sequence[Nsec]) -> Proof | None:
    """Proof that `name` has no data but names below it: the next name is one of them."""
    for record in records:
        if record.covers(name) and is_below(record.next, name):
            return Proof(ProofResult.PROVED, f"{record} shows that {plain(name)} is an empty non-terminal")
    return None


def _wildcard_for(name: Name, records: Sequence[Nsec]) -> Nsec | None:
    """The record of the wildcard below the closest encloser, which another record proves."""
    wildcards = _wildcards(name, records)
    return next((record for record in records if record.owner in wildcards), None)


def _empty_wildcard(name: Name, records: Sequence[Nsec]) -> Proof | None:
    """Proof that the wildcard that applies to `name` has no data but names below it (RFC 4592 section 2.2.2).

    It exists as any empty non-terminal does, so nothing above it applies to `name`.
    """
    proofs = (_empty_non_terminal(wildcard, records) for wildcard in _wildcards(name, records))
    return next((proof for proof in proofs if proof is not None), None)


def _wildcards(name: Name, records: Sequence[Nsec]) -> list[Name]:
    """The wildcard below the closest encloser, by each record that shows `name` itself not to exist."""
    covering = (record for record in records if record.covers(name) and not is_below(record.next, name))
    wildcards = (wildcard_below(record.closest_encloser(name)) for record in covering)
    return [wildcard for wildcard in dict.fromkeys(wildcards) if wildcard is not None]


def _unsigned_above(name: Name, records: Sequence[Nsec]) -> Proof | None:
    for record in records:
        if record.types.unsigned_cut and is_below(name, record.owner):
            cut = plain(record.owner)
            return Proof(ProofResult.INSECURE, f"{record} shows an unsigned delegation at {cut}")
    return None


def _shared(one: Name, other: Name) -> Name:
    """The longest common ancestor."""
    _, _, count = one.fullcompare(other)
    return dns.name.Name(other.labels[len(other.labels) - count :])

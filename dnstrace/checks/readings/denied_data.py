"""Signed denials of a zone held against its data: every record is tested against all that was seen."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import NamedTuple

import dns.rdatatype

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.serials import serials
from dnstrace.checks.readings.signing import Judged, signing_of
from dnstrace.dnssec.denial import DENIAL_TYPES, Denial, read_denial
from dnstrace.dnssec.effort import Effort, TooMuchWork
from dnstrace.dnssec.proof import Types
from dnstrace.dnssec.records import type_name
from dnstrace.model import Name
from dnstrace.model.judgement import LIMITS
from dnstrace.model.naming import is_below, plain, wildcard_below
from dnstrace.model.structs import replace

_HASHES = 4000  # of all replies of a zone
_OF_THE_CHAIN = frozenset({*DENIAL_TYPES, dns.rdatatype.RRSIG})
FOR_PARENTS = frozenset({dns.rdatatype.CDS, dns.rdatatype.CDNSKEY})
_OF_ONE_SIGNER = FOR_PARENTS | {dns.rdatatype.NSEC3PARAM}


class Denied(NamedTuple):
    """A record that denies something: its name, the replies that have it, and what it says in words."""

    record: str
    replies: list[HeardReply]
    says: str


class Denials:
    """The validated NSEC and NSEC3 records of a zone, each once for each version of it that was seen."""

    def __init__(self, cut: Cut) -> None:
        self._cut, self._serials = cut, serials(cut)
        effort = Effort(replace(LIMITS, hashes=_HASHES))
        found: dict[Hashable, tuple[list[HeardReply], Denial]] = {}
        for each in validated_denials(cut):
            key = each.data.name, frozenset(each.data.rrset), self._serials.get(each.reply.address)
            if key not in found:
                found[key] = [], _read(each, cut.zone, effort)
            found[key][0].append(each.reply)
        self._found = tuple(found.values())

    def of(self, name: Name, rdtype: int, reply: HeardReply) -> Denied | None:
        """The first record of the same version that denies that type at that name."""
        for seen, denial in self._found:
            elsewhere = reply.address not in {each.address for each in seen}
            if (rdtype in _OF_ONE_SIGNER and elsewhere) or self._other_version(seen[0], reply):
                continue
            try:
                said = _says(denial, name, rdtype)
            except TooMuchWork:
                self._cut.spoil()
                return None
            if said is not None:
                return Denied(said[0], seen, said[1])
        return None

    def owners(self) -> Iterator[tuple[Name, Types, list[HeardReply]]]:
        """The names that NSEC records are of, each with its types and the replies that show them."""
        for seen, denial in self._found:
            yield from ((record.owner, record.types, seen) for record in denial.nsec)

    def hashed(self, name: Name) -> Iterator[tuple[Types, list[HeardReply]]]:
        """The types that NSEC3 records list for a name, each with the replies that show them."""
        for seen, denial in self._found:
            try:
                found = None if denial.nsec3.excessive() is not None else denial.nsec3.matching(name)
            except TooMuchWork:
                self._cut.spoil()
                return
            if found is not None:
                yield found.types, seen

    def _other_version(self, one: HeardReply, other: HeardReply) -> bool:
        """Whether two addresses are known to have different versions of the zone."""
        versions = {self._serials.get(reply.address) for reply in (one, other)} - {None}
        return len(versions) > 1


def _read(each: Judged, zone: Name, effort: Effort) -> Denial:
    """The denial in one validated RRset."""
    return read_denial([each.data.rrset], zone, lambda data: each.checked, effort)


def _says(denial: Denial, name: Name, rdtype: int) -> tuple[str, str] | None:
    """The record that denies that type at that name, and what it says."""
    lacks = f"{plain(name)} has no {type_name(rdtype)} records"
    for record in denial.nsec:
        if record.owner == name and rdtype not in record.types:
            return str(record), lacks
        if record.covers(name):
            has = "has no data of its own" if is_below(record.next, name) else "does not exist"
            return str(record), f"{plain(name)} {has}"
    if denial.nsec3.excessive() is not None:
        return None
    found = denial.nsec3.matching(name)
    if found is not None:
        return None if rdtype in found.types else (str(found), lacks)
    covering = denial.nsec3.covering(name)
    if covering is None or covering.opt_out:
        return None
    return str(covering), f"{plain(name)} does not exist"


def validated_denials(cut: Cut) -> list[Judged]:
    """The NSEC and NSEC3 RRsets of a zone whose signature is valid and not expanded."""
    return [
        each
        for each in signing_of(cut).judged
        if each.data.rdtype in DENIAL_TYPES and each.trouble is None and each.checked.encloser is None
    ]


def contradicting_themselves(cut: Cut) -> set[str]:
    """The addresses that return data which a signed record from the same address denies to resolvers."""
    return {
        data.reply.address
        for data, denied in cut.once(contradicted)
        if data.data.rdtype not in FOR_PARENTS
        and data.reply.address in {reply.address for reply in denied.replies}
    }


def contradicted(cut: Cut) -> list[tuple[Judged, Denied]]:
    """The RRsets that a signed record denies, each with that record."""
    denials = cut.once(Denials)
    return [
        (data, denied)
        for data in validated_data(cut)
        if (denied := denials.of(owner_of(data), data.data.rdtype, data.reply)) is not None
    ]


def validated_data(cut: Cut) -> list[Judged]:
    """The other RRsets of a zone whose signature is valid, each once for each server."""
    found = {
        (each.data.name, each.data.rdtype, each.reply.address): each
        for each in reversed(signing_of(cut).judged)
        if each.data.rdtype not in _OF_THE_CHAIN and each.trouble is None
    }
    return list(reversed(found.values()))


def owner_of(each: Judged) -> Name:
    """The owner of an RRset in the zone: the wildcard that it was expanded from, if it was."""
    encloser = each.checked.encloser
    return each.data.name if encloser is None else wildcard_below(encloser) or each.data.name

"""Replies with NSEC or NSEC3 records of two chains: a zone has one record and one next name at a name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import dns.rdatatype

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import counted
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.signed_data import denials_in
from dnstrace.checks.readings.signing import signing_of
from dnstrace.dnssec.denial import read_nsec, read_nsec3
from dnstrace.dnssec.records import NSEC3, Signed
from dnstrace.model import Name
from dnstrace.model.naming import plain

_MOST = 32  # records of one reply that are compared, each with each; a proof takes three or four


def two_chains(cut: Cut) -> dict[str, list[HeardReply]]:
    """The replies that have records of two chains, by what they have in words.

    Only records of one reply are compared: the zone may change, and be signed anew, between two of them.
    """
    found: dict[str, list[HeardReply]] = {}
    for reply in signing_of(cut).replies:
        for what in reply.once(_twice).get(cut.zone, ()):
            found.setdefault(what, []).append(reply)
    return found


def _twice(reply: HeardReply) -> dict[Name, tuple[str, ...]]:
    """By the zone that signed them, what records of two chains a reply has."""
    denials: dict[Name, list[Signed]] = {}
    for data in reply.once(denials_in):
        for zone in data.signers():
            denials.setdefault(zone, []).append(data)
    return {
        zone: tuple(dict.fromkeys((*_several(own), *_overlapping(own, zone))))
        for zone, own in denials.items()
    }


def _several(denials: list[Signed]) -> Iterator[str]:
    """The names with several records; of NSEC3, with the same parameters."""
    for data in denials:
        parameters = [(r.algorithm, r.iterations, r.salt) if isinstance(r, NSEC3) else () for r in data.rrset]
        if len(set(parameters)) < len(parameters):
            records = counted(len(parameters), f"{dns.rdatatype.to_text(data.rrset.rdtype)} record")
            yield f"{records} at {plain(data.name)}"


def _overlapping(denials: list[Signed], zone: Name) -> Iterator[str]:
    """The records that say that the name of another record does not exist."""
    plain_names = [record for data in denials for record in read_nsec(data, zone)][:_MOST]
    for one, other in permutations(plain_names, 2):
        if one.covers(other.owner):
            yield f"an {one}, and a record of {plain(other.owner)}, which lies between these"
    hashes = [record for data in denials for record in read_nsec3(data, zone)][:_MOST]
    for a, b in permutations(hashes, 2):
        if (a.iterations, a.salt) == (b.iterations, b.salt) and a.covers(b.hash):
            yield f"{a} and {b}, of which the first says that there is no such hash as that of the second"

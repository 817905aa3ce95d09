"""Which probes a zone gets: the question of each, and how its query differs from the usual one.

Some ask for other types at the name in question. A server, or a device before it, that knows a few types
only fails the others, and resolvers, mail servers, browsers and certificate authorities ask for these. No
zone needs to have such records: a name without them gets NODATA.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.name
import dns.rdatatype

from dnstrace.model import ROOT, Edns, Name, Probe, Query, Question, Step, Transport
from dnstrace.model.structs import replace
from dnstrace.walk.strategy import Shape

UNKNOWN_TYPE = dns.rdatatype.RdataType.make(65280)
"""A type that nobody knows: of the range for private use (RFC 6895 section 3.1)."""

TELLING_TRIES = 3
"""Tries of a probe whose silence is a finding."""

_TRIES = 2  # of another one, in case a datagram is lost
_UNKNOWN_OPTION = 65184  # of the range for local and experimental use (RFC 6891 section 9)
_MOST_BETWEEN = 8  # names between the apex and the name asked
_TYPES = (
    dns.rdatatype.A,
    dns.rdatatype.AAAA,
    dns.rdatatype.MX,
    dns.rdatatype.CAA,
    dns.rdatatype.HTTPS,
    dns.rdatatype.DS,
    UNKNOWN_TYPE,
)


class Put(NamedTuple):
    """A probe: the question, and how its query differs from the usual one.

    Without a `shape` it is asked as the walk asks, again in other ways where the reply calls for that.
    """

    probe: Probe
    question: Question
    shape: Shape | None = None
    tries: int = _TRIES


def probes_of(zone: Name, asked: Question, after: Step) -> list[Put]:
    """The probes of a zone in which the walk ended with the step `after`.

    Those for the addresses of its name servers come later.
    """
    soa = Question(zone, dns.rdatatype.SOA)
    plain = {
        Probe.NS: dns.rdatatype.NS,
        Probe.DNSKEY: dns.rdatatype.DNSKEY,
        Probe.CDS: dns.rdatatype.CDS,
        Probe.CDNSKEY: dns.rdatatype.CDNSKEY,
    }
    if _has_signatures(after):
        plain[Probe.NSEC] = dns.rdatatype.NSEC
        plain[Probe.NSEC3PARAM] = dns.rdatatype.NSEC3PARAM
    return [
        Put(Probe.SOA, soa, tries=TELLING_TRIES),
        *(Put(probe, Question(zone, rdtype), tries=TELLING_TRIES) for probe, rdtype in plain.items()),
        *(
            Put(Probe.BETWEEN, Question(name, asked.rdtype), tries=TELLING_TRIES)
            for name in between(zone, asked.name)
        ),
        Put(Probe.TCP, soa, tcp_shape),
        Put(Probe.EDNS_VERSION, soa, _edns_version_shape),
        Put(Probe.EDNS_OPTION, soa, _unknown_option_shape),
        *(
            Put(Probe.CASE, replace(each, name=mixed_case(each.name)), usual_shape, TELLING_TRIES)
            for each in dict.fromkeys((soa, after.question))
        ),
        Put(Probe.RECURSION, Question(ROOT, dns.rdatatype.NS), _recursion_shape),
        Put(Probe.TRANSFER, Question(zone, dns.rdatatype.AXFR), tcp_shape),
        *(Put(Probe.TYPE, other, usual_shape, TELLING_TRIES) for other in _other_types(zone, after.question)),
    ]


def _other_types(zone: Name, asked: Question) -> Iterator[Question]:
    """The same name with other types.

    The DS records of the zone itself are in its parent (RFC 4035 section 3.1.4.1).
    """
    for rdtype in _TYPES:
        if rdtype != asked.rdtype and not (rdtype == dns.rdatatype.DS and asked.name == zone):
            yield Question(asked.name, rdtype, asked.rdclass)


def between(zone: Name, name: Name) -> list[Name]:
    """The names below `zone` and above `name`, the longest first."""
    found: list[Name] = []
    while name.is_subdomain(zone) and name != zone and (name := name.parent()) != zone:
        found.append(name)
    return found[:_MOST_BETWEEN]


def mixed_case(name: Name) -> Name:
    """The name with letters alternately in upper and lower case."""
    labels, capital = [], True
    for label in name.labels:
        letters = bytearray(label.lower())
        for place, octet in enumerate(letters):
            if octet in b"abcdefghijklmnopqrstuvwxyz":
                letters[place] = octet - 32 if capital else octet
                capital = not capital
        labels.append(bytes(letters))
    return dns.name.Name(labels)


def usual_shape(query: Query) -> Query:
    """The query as the walk sends it, and not again in another way."""
    return query


def plain_shape(query: Query) -> Query:
    """The query without EDNS."""
    return replace(query, edns=None)


def tcp_shape(query: Query) -> Query:
    """The query over TCP."""
    return replace(query, transport=Transport.TCP)


def _edns_version_shape(query: Query) -> Query:
    return replace(query, edns=replace(query.edns or Edns(), version=1))


def _unknown_option_shape(query: Query) -> Query:
    edns = query.edns or Edns()
    return replace(query, edns=replace(edns, options=(*edns.options, (_UNKNOWN_OPTION, b"dnstrace"))))


def _recursion_shape(query: Query) -> Query:
    return replace(query, recursion_desired=True)


def _has_signatures(step: Step) -> bool:
    """Whether a reply in a step has signatures."""
    messages = (attempt.exchange.message for attempt in step.attempts)
    return any(
        rrset.rdtype == dns.rdatatype.RRSIG
        for message in messages
        if message is not None
        for rrset in (*message.answer, *message.authority)
    )

"""The value: one thing in a recorded trace that is not as it would be if all were well."""

from __future__ import annotations

from enum import StrEnum

from dnstrace.checks.readings.replies import HeardReply
from dnstrace.model import Name, Probe, Question
from dnstrace.model.structs import Struct

SHAPED = frozenset(
    {
        Probe.TCP,
        Probe.PLAIN,
        Probe.EDNS_VERSION,
        Probe.EDNS_OPTION,
        Probe.CASE,
        Probe.RECURSION,
        Probe.TRANSFER,
    }
)
"""Probes that are compared with a plain query at the same address, or judged by a rule of their own."""

BESIDE = frozenset({Probe.REHEARSAL, Probe.SIGNAL, Probe.DSYNC})
"""Probes that are not about what the zone's servers do: what is left out, or judged by rules of their own."""


class Sort(StrEnum):
    """What is unlike what."""

    UNUSABLE = "unusable"  # nothing that an address replied to a question could be used
    ANOTHER_WAY = "another-way"  # an address had to be asked again, or in another way
    CUT = "cut"  # some servers refer, others answer, or they refer to different zones
    EXISTENCE = "existence"  # some have data, others NODATA or NXDOMAIN
    NAME_SERVERS = "name-servers"  # referrals with different name servers
    DELEGATED_KEYS = "delegated-keys"  # referrals with different DS records
    GLUE = "glue"  # referrals with different addresses for one name
    DATA = "data"  # different records for one name and type
    TTL = "ttl"  # the same records with different TTLs, all authoritative
    AUTHORITY = "authority"  # AA in some replies only
    SIGNATURES = "signatures"  # signatures in some replies only
    NEGATIVE = "negative"  # negative answers with the SOA records of different zones, or without
    PROBE = "probe"  # a probe is answered unlike its control
    NAME = "name"  # a name that does not exist by one reply, and does by another
    LOOKUP = "look-up"  # no address was found for a name server
    PATHS = "paths"  # paths that fail, or end in another result than most


COMPARED = frozenset(
    {
        Sort.CUT,
        Sort.EXISTENCE,
        Sort.NAME_SERVERS,
        Sort.DELEGATED_KEYS,
        Sort.GLUE,
        Sort.DATA,
        Sort.TTL,
        Sort.AUTHORITY,
        Sort.SIGNATURES,
        Sort.NEGATIVE,
    }
)
"""Where servers of one zone answer one question differently."""


class Anomaly(Struct):
    """One anomaly.

    `zones` are those that a finding about it may name: the zone asked, and those that it is about.
    `servers` show it: those that differ from most, or all of them if none are more. `what` says what was
    seen; `replies` are all that were compared, none if no reply shows it.
    """

    sort: Sort
    zones: frozenset[Name]
    servers: frozenset[Name]
    question: Question
    steps: tuple[int, ...]
    what: str
    replies: tuple[HeardReply, ...] = ()

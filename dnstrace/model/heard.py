"""What comes back: exchanges, what they mean, and the delegations in them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from dnstrace.model.asked import Name, Query, Question, family_of
from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    import dns.message
    import dns.rrset

    from dnstrace.model.certificates import Secured


class Fault(StrEnum):
    """Why an exchange brought no reply that could be read."""

    TIMEOUT = "timeout"  # nothing came in the time given
    ABANDONED = "abandoned"  # another server was quicker: no longer waited for
    PORT_UNREACHABLE = "port-unreachable"  # ICMP port unreachable, or TCP refused
    HOST_UNREACHABLE = "host-unreachable"  # a router on the way, or the last one, cannot reach the address
    NETWORK_UNREACHABLE = "network-unreachable"  # this machine has no route to the address
    CONNECTION_LOST = "connection-lost"  # TCP ended before the reply was whole
    CERTIFICATE = "certificate"  # that of the server is not valid, or not for its name
    MALFORMED = "malformed"  # octets that are not a DNS message
    MISMATCH = "mismatch"  # only replies with another ID, question or source
    KNOWN_SILENT = "known-silent"  # not asked: it answered none of many queries just before (RFC 9520)
    NOT_RECORDED = "not-recorded"  # the record that is replayed lacks this query


DROPPED = "taken as dead (--drop)"
"""The detail of a timeout of a server that is only supposed to be dead."""


class Exchange(Struct):
    """A query and its result.

    `start` is in seconds since the trace began; `elapsed` in seconds, from sending the query to the
    reply or to giving up. Exactly one of `message` and `fault` is set; `wire` holds the octets of the
    reply where there were any, also malformed ones. `mismatched` counts replies that were thrown away
    since their ID, question or source was not the query's (RFC 5452 section 9). `message_id` is the ID of
    the query, `source` the address and port that it left from, each None where it is not known. `cached` is
    the question of another trace of the same run to which this was the reply, None if this trace asked: then
    `start` is when this trace took it, and `elapsed` what it took the other. `secured` is how the connection
    of an opportunistic query was secured, also where no reply came over it; None if it was not.
    """

    query: Query
    start: float
    elapsed: float
    wire: bytes | None = None
    message: dns.message.Message | None = None
    fault: Fault | None = None
    detail: str = ""
    mismatched: int = 0
    message_id: int | None = None
    source: tuple[str, int] | None = None
    cached: Question | None = None
    secured: Secured | None = None


def came_from(address: str, port: int, query: Query) -> str:
    """Where a reply came from that is not from the address and port of its query, in words for `detail`."""
    place = f"{address} port {port}" if port != query.port else address
    return f"the reply comes from {place}"


class Kind(StrEnum):
    """What an exchange means for the question that was asked."""

    ANSWER = "answer"
    ALIAS = "alias"
    REFERRAL = "referral"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    YXDOMAIN = "yxdomain"
    TRUNCATED = "truncated"
    TRUNCATED_OVER_TCP = "truncated-over-tcp"
    LAME = "lame"
    UPWARD_REFERRAL = "upward-referral"
    SIDEWAYS_REFERRAL = "sideways-referral"
    SELF_REFERRAL = "self-referral"
    EMPTY = "empty-reply"
    OTHER_NAME = "answer-for-another-name"
    OTHER_TYPE = "answer-of-another-type"
    WRONG_CLASS = "wrong-class"
    ALIAS_LOOP = "alias-loop"
    REFUSED = "refused"
    SERVER_FAILURE = "server-failure"
    NOT_IMPLEMENTED = "not-implemented"
    FORMAT_ERROR = "format-error"
    BAD_VERSION = "bad-version"
    BAD_COOKIE = "bad-cookie"
    OTHER_RCODE = "other-rcode"
    TIMEOUT = "timeout"
    ABANDONED = "abandoned"
    PORT_UNREACHABLE = "port-unreachable"
    HOST_UNREACHABLE = "host-unreachable"
    NETWORK_UNREACHABLE = "network-unreachable"
    CONNECTION_LOST = "connection-lost"
    CERTIFICATE = "certificate"
    MALFORMED = "malformed"
    MISMATCH = "mismatch"
    KNOWN_SILENT = "known-silent"
    NOT_RECORDED = "not-recorded"


USABLE = frozenset(
    {Kind.ANSWER, Kind.ALIAS, Kind.REFERRAL, Kind.NODATA, Kind.NXDOMAIN, Kind.YXDOMAIN, Kind.ALIAS_LOOP}
)


class Source(StrEnum):
    """Where the address of a name server is from."""

    HINT = "hint"
    GLUE = "glue"
    RESOLVED = "resolved"
    CACHE = "cache"
    GIVEN = "given"


class Address(Struct):
    """An address of a name server, in canonical text form, and where it is from."""

    text: str
    source: Source

    @property
    def family(self) -> int:
        """4 or 6."""
        return family_of(self.text)


class NameServer(Struct):
    """A name server of a zone and the addresses known for it, in the order they were found."""

    name: Name
    addresses: tuple[Address, ...] = ()


class Delegation(Struct):
    """A zone cut as its parent (or a hint, or the zone itself) describes it (RFC 1034 section 4.2.1).

    `ttl` is that of the NS RRset in seconds, None where there is none (hints, given servers).
    `ds` is the DS RRset of the referral, `signatures` what signs it, `denial` the NSEC or NSEC3
    RRsets and their signatures that came in its stead.
    """

    zone: Name
    servers: tuple[NameServer, ...]
    ttl: int | None = None
    ds: dns.rrset.RRset | None = None
    signatures: tuple[dns.rrset.RRset, ...] = ()
    denial: tuple[dns.rrset.RRset, ...] = ()


NEGATIVE = frozenset({Kind.NODATA, Kind.NXDOMAIN})
"""What says that a name has no such data, or does not exist."""

SILENCES = frozenset({Kind.TIMEOUT, Kind.PORT_UNREACHABLE, Kind.HOST_UNREACHABLE, Kind.CONNECTION_LOST})
"""What shows that nothing came back, though it was awaited."""

SHOWS_NOTHING = frozenset({Kind.NETWORK_UNREACHABLE, Kind.KNOWN_SILENT, Kind.ABANDONED, Kind.NOT_RECORDED})
"""What says nothing of a server: nothing was sent, or its reply was not awaited."""


class Meaning(Struct):
    """What one reply (or its absence) says about the question, judged from the zone whose server was asked.

    `answer` holds the RRsets believed, aliases first, in the order of the chain; `target` the last
    name of that chain where it is not answered; `delegation` the referral; `soa` the SOA of a
    negative answer. `zone` is the zone that answered, where the reply tells. `child` is the zone's
    own NS set where the reply carried it. `offer` is what a lame reply would mean if it were
    believed. `note` is one line for people, free of text from the network.
    """

    kind: Kind
    rcode: int | None = None
    authoritative: bool = False
    answer: tuple[dns.rrset.RRset, ...] = ()
    target: Name | None = None
    delegation: Delegation | None = None
    soa: dns.rrset.RRset | None = None
    zone: Name | None = None
    child: Delegation | None = None
    offer: Meaning | None = None
    note: str = ""

    @property
    def usable(self) -> bool:
        """Whether the walk can go on with it, or end: the other servers of the zone need not be asked."""
        return self.kind in USABLE


class Outcome(StrEnum):
    """The result of a step, or of a whole trace. Only a trace with `parent_only` ends with a referral."""

    REFERRAL = "referral"
    ANSWER = "answer"
    ALIAS = "alias"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    FAILED = "failed"


_OUTCOMES = {
    Kind.REFERRAL: Outcome.REFERRAL,
    Kind.ANSWER: Outcome.ANSWER,
    Kind.ALIAS: Outcome.ALIAS,
    Kind.NODATA: Outcome.NODATA,
    Kind.NXDOMAIN: Outcome.NXDOMAIN,
}


def outcome_of(kind: Kind) -> Outcome:
    """The outcome of a step whose reply means this: with any other meaning than five, it has failed."""
    return _OUTCOMES.get(kind, Outcome.FAILED)

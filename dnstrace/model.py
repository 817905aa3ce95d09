"""The values that flow from the network to the screen.

Everything here is a frozen dataclass or an enumeration: no input, no output, no clock, no decision.
Names are absolute `dns.name.Name`s, RRsets are `dns.rrset.RRset`s, addresses are strings in their
canonical text form, times are seconds as floats. The words are those of RFC 9499.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import dns.name
import dns.rdataclass
import dns.rdatatype

if TYPE_CHECKING:
    from datetime import datetime

    import dns.message
    import dns.rrset

    from dnstrace.checks.finding import Finding
    from dnstrace.dnssec.verdict import Judgement
    from dnstrace.expect import Met
    from dnstrace.pages import Fetched

Name = dns.name.Name
ROOT = dns.name.root


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: QNAME, QTYPE and QCLASS (RFC 1035 section 4.1.2)."""

    name: Name
    rdtype: dns.rdatatype.RdataType
    rdclass: dns.rdataclass.RdataClass = dns.rdataclass.IN

    def __str__(self) -> str:
        return f"{self.name} {dns.rdatatype.to_text(self.rdtype)}"


def _family(address: str) -> int:
    return 6 if ":" in address else 4


class Transport(StrEnum):
    """How a query travels."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"  # RFC 7858; to resolvers only, as is the next
    HTTPS = "https"  # RFC 8484


@dataclass(frozen=True, slots=True)
class Edns:
    """The OPT record of a query (RFC 6891).

    `options` holds (code, data) pairs, the data in wire format.
    """

    payload: int = 1232
    dnssec_ok: bool = True
    options: tuple[tuple[int, bytes], ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """One query to one address. Its message ID and source port belong to the network.

    `endpoint` is whom the certificate must name over TLS, the URL over HTTPS; `address` is then that of
    the URL's host, or its name.
    """

    question: Question
    address: str
    port: int = 53
    transport: Transport = Transport.UDP
    edns: Edns | None = Edns()
    recursion_desired: bool = False
    checking_disabled: bool = False
    endpoint: str = ""

    @property
    def family(self) -> int:
        """4 or 6."""
        return _family(self.address)


class Fault(StrEnum):
    """Why an exchange brought no reply that could be read."""

    TIMEOUT = "timeout"  # nothing came in the time given
    ABANDONED = "abandoned"  # another server was quicker: no longer waited for
    PORT_UNREACHABLE = "port-unreachable"  # ICMP port unreachable, or TCP refused
    HOST_UNREACHABLE = "host-unreachable"  # a router on the way, or the last one, cannot reach the address
    NETWORK_UNREACHABLE = "network-unreachable"  # this machine has no route to the address
    CONNECTION_LOST = "connection-lost"  # TCP ended before the reply was whole
    CERTIFICATE = "certificate"  # that of the server is not valid, or not for its name
    MALFORMED = "malformed"  # octets that are no DNS message
    MISMATCH = "mismatch"  # only replies with another ID, question or source
    KNOWN_SILENT = "known-silent"  # not asked: it answered none of many queries just before (RFC 9520)
    NOT_RECORDED = "not-recorded"  # the record that is replayed lacks this query


@dataclass(frozen=True, slots=True)
class Exchange:
    """A query and what came of it.

    `start` is in seconds since the trace began; `elapsed` in seconds, from sending the query to the
    reply or to giving up. Exactly one of `message` and `fault` is set; `wire` holds the octets of the
    reply where there were any, also malformed ones. `mismatched` counts replies that were thrown away
    since their ID, question or source was not the query's (RFC 5452 section 9). `message_id` is the ID of
    the query, `source` the address and port that it left from, each None where it is not known.
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


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a name server, in canonical text form, and where it is from."""

    text: str
    source: Source

    @property
    def family(self) -> int:
        """4 or 6."""
        return _family(self.text)


@dataclass(frozen=True, slots=True)
class NameServer:
    """A name server of a zone and the addresses known for it, in the order they were found."""

    name: Name
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegation:
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


@dataclass(frozen=True, slots=True)
class Meaning:
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


class Purpose(StrEnum):
    """Why a step was taken."""

    WALK = "walk"
    ALIAS = "alias"
    NS_ADDRESS = "ns-address"
    PRIME = "prime"
    DS = "ds"
    DNSKEY = "dnskey"
    PROBE = "probe"


class Probe(StrEnum):
    """What a step of purpose PROBE tries, besides the walk, at every server of a zone."""

    SOA = "soa"
    NS = "ns"
    DNSKEY = "dnskey"
    CDS = "cds"
    CDNSKEY = "cdnskey"
    ADDRESS = "address"  # A and AAAA of the name servers named in the zone itself
    BETWEEN = "between"  # the names between the apex and the name asked, which exist if that does
    TCP = "tcp"  # SOA over TCP
    EDNS_VERSION = "edns-version"  # SOA with EDNS version 1, which nobody has (RFC 6891 section 6.1.3)
    EDNS_OPTION = "edns-option"  # SOA with an option that nobody knows (RFC 6891 section 6.1.2)
    CASE = "case"  # SOA with the name in capital and small letters by turns
    RECURSION = "recursion"  # a name of somebody else's, recursion desired
    TRANSFER = "transfer"  # AXFR


class Outcome(StrEnum):
    """What came of a step, or of a whole trace: a referral only of one that was to end with it."""

    REFERRAL = "referral"
    ANSWER = "answer"
    ALIAS = "alias"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    FAILED = "failed"


class Cause(StrEnum):
    """Why an address had to be asked in another way, as far as its replies to both ways tell."""

    NO_EDNS = "no-edns"  # it replies to EDNS with an error, without EDNS it answers
    DROPS_EDNS = "drops-edns"  # it does not reply to EDNS, without EDNS it does
    DROPS_LARGE_UDP = "drops-large-udp"  # replies over 512 octets do not arrive over UDP
    NO_TCP = "no-tcp"  # it truncates its reply over UDP, and over TCP there is none


@dataclass(frozen=True, slots=True)
class Attempt:
    """One address of one name server asked within a step, and what it meant.

    `cause` is what this attempt, beside those before it at the same address, shows to be wrong there.
    """

    server: Name
    exchange: Exchange
    meaning: Meaning
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One question put to the servers of one zone.

    `id` counts from 1 in the order in which steps begin; `parent` is the step that needed this one.
    `chosen` is an index into `attempts`; `outcome` is None while the step is under way. `note` says
    in one line what people should know of it. `all_servers` is set where every address of every server
    was to be asked; the attempts are then in the order of `servers` and their addresses. `probe` says what
    a step of purpose PROBE tries. `limited` is set where a bound of our own (the budget, the deadline) ended
    it before every server had its say; `superseded` where the walk went another way instead, after
    another server's reply to an earlier step.
    """

    id: int
    parent: int | None
    purpose: Purpose
    zone: Name
    question: Question
    servers: tuple[NameServer, ...]
    attempts: tuple[Attempt, ...] = ()
    chosen: int | None = None
    outcome: Outcome | None = None
    note: str = ""
    all_servers: bool = False
    probe: Probe | None = None
    limited: bool = False
    superseded: bool = False

    @property
    def main(self) -> bool:
        """Whether it is a step of the walk to what the trace came to, aliases included."""
        return self.purpose in (Purpose.WALK, Purpose.ALIAS) and not self.superseded

    @property
    def meaning(self) -> Meaning | None:
        """What the step went by: the meaning of the attempt chosen, of a lame server's what it offers."""
        if self.chosen is None:
            return None
        meaning = self.attempts[self.chosen].meaning
        return meaning.offer or meaning

    @property
    def referral(self) -> Delegation | None:
        """The delegation that this step found."""
        meaning = self.meaning
        return None if meaning is None else meaning.delegation


@dataclass(frozen=True, slots=True)
class Stats:
    """What a trace cost. Times in seconds, sizes in octets of DNS messages."""

    queries: int = 0
    retries: int = 0
    timeouts: int = 0
    tcp: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    zones: int = 0
    duration: float = 0.0
    critical_path: float = 0.0


@dataclass(frozen=True, slots=True)
class Trace:
    """A question, every step that was taken for it, and what came of it.

    `started` is the wall-clock time at which it began, in UTC. `answer` is the whole chain, aliases
    first. `outcome` is None in a snapshot of a trace that is under way. `error` says why the walk
    failed, or is empty. `seed` repeats every random choice. `judgement` is the verdict of the chain of trust,
    None where it was not asked for. `expectations` says of each that the user has whether it is met, None
    where there are none, `findings` what is wrong with what was seen, None where that was not asked for.
    `supposed` are delegations that were taken as if the parent had them so (`dnstrace.supposed`). `fetched`
    is the last hop, None where it was not taken.
    """

    question: Question
    started: datetime
    seed: int
    outcome: Outcome | None = None
    rcode: int | None = None
    answer: tuple[dns.rrset.RRset, ...] = ()
    steps: tuple[Step, ...] = ()
    stats: Stats = field(default_factory=Stats)
    error: str = ""
    interrupted: bool = False
    judgement: Judgement | None = None
    expectations: tuple[Met, ...] | None = None
    findings: tuple[Finding, ...] | None = None
    supposed: tuple[Delegation, ...] = ()
    fetched: Fetched | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How to ask: everything about the queries that a user can choose.

    `families` holds 4, 6 or both. `timeout` is that of one try, in seconds, `tries` how often one
    address is asked at most. `bind` is the source address, or None for the system's choice. `prime` asks a
    root server for the root's NS set first (RFC 9609), `qmin` shows each server one label more (RFC 9156).
    `all_servers` asks every address of every server at each cut of the walk; `probe`, which goes with it,
    puts further questions to the servers of the zones in which the walk ends (`dnstrace.probing`).
    """

    families: frozenset[int] = frozenset({4, 6})
    port: int = 53
    tcp: bool = False
    edns: Edns | None = Edns()
    timeout: float = 2.0
    tries: int = 3
    bind: str | None = None
    prime: bool = False
    qmin: bool = False
    all_servers: bool = False
    probe: bool = False

"""What a trace consists of: attempts, steps, and their results."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model.asked import ROOT, Name, Question
from dnstrace.model.heard import Delegation, Exchange, Kind, Meaning, NameServer, Outcome, Source
from dnstrace.model.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import dns.rrset

    from dnstrace.model.accepting import Accepted, Ignored
    from dnstrace.model.expectations import Met
    from dnstrace.model.families import Unasked
    from dnstrace.model.findings import Finding
    from dnstrace.model.judgement import Judgement
    from dnstrace.model.pages import Request, Visit


class Purpose(StrEnum):
    """Why a step was taken."""

    WALK = "walk"
    ALIAS = "alias"
    NS_ADDRESS = "ns-address"
    PRIME = "prime"
    DS = "ds"
    DNSKEY = "dnskey"
    PROBE = "probe"


_OF_THE_WALK = frozenset({Purpose.WALK, Purpose.ALIAS})


class Probe(StrEnum):
    """What a step of purpose PROBE tries at every server of a zone."""

    SOA = "soa"
    NS = "ns"
    DNSKEY = "dnskey"
    CDS = "cds"
    CDNSKEY = "cdnskey"
    CSYNC = "csync"  # where the parent's NS records or glue are not those of the zone
    ADDRESS = "address"  # A and AAAA of the name servers named in the zone itself
    BETWEEN = "between"  # names between an apex and the name asked or a delegation, which exist if that does
    WILDCARD = "wildcard"  # the wildcards above a name that has no such data
    ELSEWHERE = "elsewhere"  # the walk's question, of servers that only some of the parent's servers list
    CUT = "cut"  # SOA at a zone cut, of servers of the zone above that did not refer to it
    TYPE = "type"  # other types at the name asked, which a server has or denies whatever they are
    NSEC = "nsec"  # of the apex, where signatures were seen
    NSEC3PARAM = "nsec3param"  # where signatures were seen
    TCP = "tcp"  # SOA over TCP
    PLAIN = "plain"  # SOA without EDNS, where the walk's query with EDNS was refused
    EDNS_VERSION = "edns-version"  # SOA with EDNS version 1, which nobody has (RFC 6891 section 6.1.3)
    EDNS_OPTION = "edns-option"  # SOA with an option that nobody knows (RFC 6891 section 6.1.2)
    CASE = "case"  # SOA with the name in capital and small letters by turns
    RECURSION = "recursion"  # a name of somebody else's, recursion desired
    TRANSFER = "transfer"  # AXFR
    SIGNAL = "signal"  # CDS and CDNSKEY below the name of a name server (RFC 9615), and the way there
    DSYNC = "dsync"  # where the parent takes notifications (RFC 9859), if the zone asks it for a change
    REHEARSAL = "rehearsal"  # what was asked to see what a remedy would lead to


class Cause(StrEnum):
    """Why an address had to be asked in another way, as far as its replies show."""

    NO_EDNS = "no-edns"  # it replies to EDNS with an error, without EDNS it answers
    DROPS_EDNS = "drops-edns"  # it does not reply to EDNS, without EDNS it does
    DROPS_LARGE_UDP = "drops-large-udp"  # replies over 512 octets do not arrive over UDP
    NO_TCP = "no-tcp"  # it truncates its reply over UDP, and over TCP there is none


class Attempt(Struct):
    """One address of one name server asked within a step, and what it meant.

    `cause` is what this attempt, together with earlier ones at the same address, shows to be wrong there.
    `surplus` is set if it was made only because the reply that was used instead came late: with `--check`,
    nothing follows from it.
    """

    server: Name
    exchange: Exchange
    meaning: Meaning
    cause: Cause | None = None
    surplus: bool = False

    @property
    def address(self) -> str:
        """The address that was asked."""
        return self.exchange.query.address


class Step(Struct):
    """One question put to the servers of one zone.

    `id` counts from 1 in the order in which steps begin; `parent` is the step that needed this one.
    `chosen` is an index into `attempts`; `outcome` is None while the step is under way. `note` says
    in one line what people should know about it. `all_servers` is set if every address of every server is
    asked; the attempts are then in the order of `servers` and their addresses. `probe` says what a step of
    purpose PROBE tries. `limited` is set if one of our own bounds (the budget, the deadline) ended it before
    every server could be heard; `superseded` if the walk went another way instead, after another server's
    reply to an earlier step; `stopped` if it was cancelled before it ended.
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
    stopped: bool = False

    @property
    def main(self) -> bool:
        """Whether it is a step of the walk that led to the outcome, aliases included."""
        return self.purpose in _OF_THE_WALK and not self.superseded

    @property
    def asks_resolver(self) -> bool:
        """Whether it puts the trace's question to a resolver: no step of the walk needs that."""
        return self.purpose is Purpose.PROBE and self.parent is None

    @property
    def at_resolver(self) -> bool:
        """Whether it asks a resolver: the trace's question, or what follows from the reply to that."""
        follows = self.purpose is Purpose.PROBE and self.probe is None and self.zone == ROOT
        return self.asks_resolver or follows

    @property
    def given(self) -> bool:
        """Whether it asks the server that the user gave to start from: what zones that has is not known."""
        if self.zone != ROOT or self.at_resolver:
            return False
        return any(each.source is Source.GIVEN for server in self.servers for each in server.addresses)

    @property
    def lacks_replies(self) -> bool:
        """Whether the record that is replayed lacks what some server did: it may have known more."""
        return any(attempt.meaning.kind is Kind.NOT_RECORDED for attempt in self.attempts)

    @property
    def meaning(self) -> Meaning | None:
        """The meaning that the step went by: that of the attempt chosen, or what a lame server offers."""
        if self.chosen is None:
            return None
        meaning = self.attempts[self.chosen].meaning
        return meaning.offer or meaning

    @property
    def referral(self) -> Delegation | None:
        """The delegation that this step found."""
        meaning = self.meaning
        return None if meaning is None else meaning.delegation


class Stats(Struct):
    """What a trace cost. Times in seconds, sizes in octets of DNS messages.

    `duration` is from the beginning of the trace until it is complete: the walk, validation and probes, and
    the rules and rehearsals of a check, with what this program computed for them. Not in it is what is made
    of the trace afterwards: the page that `--http` fetches, which has times of its own, the verdict and the
    output. On a clock that stands while the program computes (`dnstrace.clock`), it is what was waited for.
    """

    queries: int = 0
    retries: int = 0
    timeouts: int = 0
    tcp: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    zones: int = 0
    duration: float = 0.0
    critical_path: float = 0.0


class Waiting(Struct):
    """A query that has no reply yet: who was asked, when (seconds since the trace began), and for how long.

    It is try `tries` of at most `most`.
    """

    server: Name
    address: str
    start: float
    timeout: float
    tries: int
    most: int


class Trace(Struct):
    """A question, every step that was taken for it, and the result.

    `started` is the wall-clock time at which it began, in UTC. `answer` is the whole chain, aliases first.
    `outcome` is None in a snapshot of a trace that is under way. `error` says why the walk failed, or is
    empty. `seed` repeats every random choice. `judgement` is the verdict of the chain of trust, None if it
    was not requested; `unjudged` says why it is None although it was. `expectations` has whether each of the
    user's is met, None if there are none. `findings` is what is wrong, None without a check. `supposed` are
    delegations that were taken as if the parent published them (`dnstrace.message.supposed`). `fetched` is
    the last hop, None if it was not taken. `unasked` are the address families that were not asked, and why.
    `cut_short` says which limit kept it from asking all that it had to ask, and is empty if none did.
    `unapplied` are the codes of the rules that this, or want of time, kept from being applied. `accepted` are
    findings that the user accepts, not among `findings`; `ignores` is what became of each thing that says so.
    `waiting` are the queries that have no reply yet, in a snapshot. `encrypted` are the name servers that
    were asked over TLS too, None if that was not requested; they are not part of the steps or of `stats`.
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
    unjudged: str = ""
    unasked: Mapping[int, Unasked] = field(default_factory=dict)
    cut_short: str = ""
    unapplied: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    ignores: tuple[Ignored, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    encrypted: tuple[Encrypted, ...] | None = None

    @property
    def data(self) -> tuple[str, ...]:
        """The data of the records asked for, without aliases, as text: `("192.0.2.44",)`.

        It is in the presentation format of its type: names are absolute, what does not print is escaped.
        """
        kinds = (self.question.rdtype, dns.rdatatype.ANY)
        asked = (rrset for rrset in self.answer if kinds[0] in (rrset.rdtype, kinds[1]))
        return tuple(rdata.to_text() for rrset in asked for rdata in rrset)


class Encrypted(Struct):
    """A name server that was asked over TLS too (RFC 9539): the question that it had in the clear in `step`.

    `meaning` is what `exchange` means, `plainly` what the exchange in the clear meant. Where these differed
    the server was asked in the clear once more: `again` is what that meant.
    """

    zone: Name
    server: Name
    step: int
    exchange: Exchange
    meaning: Meaning
    plainly: Meaning
    again: Meaning | None = None

    @property
    def address(self) -> str:
        """The address that was asked."""
        return self.exchange.query.address


class Fetched(Struct):
    """The last hop of a trace: the request, further traces, and what each address replied.

    `beside` are the traces of the other address family and of the HTTPS record (RFC 9460); `services` are the
    HTTPS records found, `notes` what they change.
    """

    request: Request
    visits: tuple[Visit, ...]
    beside: tuple[Trace, ...] = ()
    services: tuple[dns.rrset.RRset, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def served(self) -> bool:
        """Whether any address served the page."""
        return any(visit.served for visit in self.visits)

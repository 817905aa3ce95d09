"""Resolvers compared with the walk: the values, which `dnstrace.analysis.resolvers` fills."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from datetime import datetime

    import dns.rdata
    import dns.rdatatype

    from dnstrace.model.asked import Name
    from dnstrace.model.taken import Attempt, Step


class Disagreement(StrEnum):
    """How a resolver's answer differs from the walk's, and why."""

    SAME = "same"
    STALE = "stale"  # served after its TTL expired, or cached before the zone changed
    FILTERED = "filtered"  # the resolver blocks it
    SPLIT_HORIZON = "split-horizon"  # private addresses, for those inside a network
    DNS64 = "dns64"  # it makes IPv6 addresses of IPv4 addresses, for clients without IPv4
    VALIDATION = "validation"  # the resolver finds it bogus
    REFUSES = "refuses"  # it does not serve this client
    FAILS = "fails"  # it has no answer itself
    NO_ANSWER = "no-answer"  # it did not reply
    SERVERS_DIFFER = "servers-differ"  # as the zone's servers do: it has what another of them has
    OTHER = "other"  # for no reason that the reply tells
    NOT_COMPARED = "not-compared"  # the walk found nothing that it could be compared with

    @property
    def has_none(self) -> bool:
        """Whether the resolver has no answer at all for whoever asks it."""
        return self in _WITHOUT


_WITHOUT = {Disagreement.VALIDATION, Disagreement.REFUSES, Disagreement.FAILS, Disagreement.NO_ANSWER}


class OldRecords(Struct):
    """DS or DNSKEY records that a resolver has and no name server: what, for how many seconds, until when."""

    name: Name
    rdtype: dns.rdatatype.RdataType
    ttl: int
    until: datetime
    step: int


class OtherCopy(Struct):
    """The SOA record that a resolver has for `zone`, and the one that the zone's servers have.

    `authoritative` is set if the resolver answers with authority: it has a zone of its own.
    """

    zone: Name
    theirs: dns.rdata.Rdata
    servers: dns.rdata.Rdata
    authoritative: bool = False


class Compared(Struct):
    """One resolver compared with the walk.

    `attempt` is the one that it is judged by, None until one has ended; `difference` is None until the
    resolver has replied. `ttl` is the remaining TTL, `authoritative_ttl` the TTL in the zone, in seconds,
    both of the first RRset whose data differ, or of the one that expires first. `replied` is when the reply
    arrived, in UTC. `unchecked` is set if it answers only without validating, `past_its_ttl` if it says that
    it serves data whose TTL has expired (RFC 8767). `old` are the records that make it find the answer bogus,
    `copy` is set if it has another copy of the zone. Where the zone's servers differ, `same_as` is the one
    whose answer it has, or `newer_than` the one with an older copy of the zone that the walk went by.
    `one_asked` is set if the walk asked just one of several servers, `denied` if it has data for a name that
    does not exist: such data may be made up for every such name. `guarded` is set if it has no answer where
    the zone has private or loopback addresses, which resolvers withhold that guard against DNS rebinding.
    """

    step: Step
    attempt: Attempt | None = None
    difference: Disagreement | None = None
    ttl: int | None = None
    authoritative_ttl: int | None = None
    replied: datetime | None = None
    unchecked: bool = False
    past_its_ttl: bool = False
    old: tuple[OldRecords, ...] = ()
    copy: OtherCopy | None = None
    same_as: Name | None = None
    newer_than: Name | None = None
    one_asked: bool = False
    denied: bool = False
    guarded: bool = False

    @property
    def until(self) -> datetime | None:
        """When what it holds expires."""
        if self.replied is None or self.ttl is None:
            return None
        return self.replied + timedelta(seconds=self.ttl)

    @property
    def age(self) -> int | None:
        """Seconds since it was fetched, if the TTL was the same then; None where that cannot be."""
        if self.past_its_ttl:
            return None
        if self.ttl is None or self.authoritative_ttl is None or self.ttl > self.authoritative_ttl:
            return None
        return self.authoritative_ttl - self.ttl

    @property
    def too_long(self) -> bool:
        """Whether it is held for longer than the zone allows."""
        given = self.authoritative_ttl
        return self.ttl is not None and given is not None and self.ttl > given

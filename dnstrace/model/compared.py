"""Resolvers compared with the walk: the values, which `dnstrace.analysis.resolvers` fills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from dnstrace.model.taken import Attempt, Step


class Disagreement(StrEnum):
    """How a resolver's answer differs from the result of the walk, and why."""

    SAME = "same"
    STALE = "stale"  # old: served past its TTL, or cached before the zone changed
    FILTERED = "filtered"  # the resolver withholds the answer from its clients
    SPLIT_HORIZON = "split-horizon"  # private addresses, for clients inside a network
    VALIDATION = "validation"  # the resolver considers the answer bogus
    REFUSES = "refuses"  # the resolver does not serve this client
    FAILS = "fails"  # the resolver itself gets no answer
    NO_ANSWER = "no-answer"  # the resolver did not reply
    OTHER = "other"  # the reply does not show why
    NOT_COMPARED = "not-compared"  # the walk has no result to compare with


@dataclass(frozen=True, slots=True)
class Compared:
    """One resolver compared with the walk.

    `attempt` is the attempt that counts; `None` until one has ended. `difference` is `None` while the
    resolver is being asked. `ttl` is the remaining TTL and `authoritative_ttl` the zone's, in seconds, both
    of the first RRset whose data differ, otherwise of the one that expires first. `replied` is when the reply
    came, in UTC. `unchecked` is set if the resolver has an answer with checking disabled (CD), `past_its_ttl`
    if it reports that the answer is stale (RFC 8767).
    """

    step: Step
    attempt: Attempt | None = None
    difference: Disagreement | None = None
    ttl: int | None = None
    authoritative_ttl: int | None = None
    replied: datetime | None = None
    unchecked: bool = False
    past_its_ttl: bool = False

    @property
    def until(self) -> datetime | None:
        """When the cached data expire."""
        if self.replied is None or self.ttl is None:
            return None
        return self.replied + timedelta(seconds=self.ttl)

    @property
    def age(self) -> int | None:
        """Seconds since the data were cached, assuming an unchanged TTL; None if that is impossible."""
        if self.past_its_ttl:
            return None
        if self.ttl is None or self.authoritative_ttl is None or self.ttl > self.authoritative_ttl:
            return None
        return self.authoritative_ttl - self.ttl

    @property
    def too_long(self) -> bool:
        """Whether the resolver caches the data for longer than the zone allows."""
        given = self.authoritative_ttl
        return self.ttl is not None and given is not None and self.ttl > given

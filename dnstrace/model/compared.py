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
    """How what a resolver says differs from what the walk found, and why."""

    SAME = "same"
    STALE = "stale"  # from before: it is served after its TTL ended, or was cached before the zone changed
    FILTERED = "filtered"  # the resolver keeps it from those who ask it
    SPLIT_HORIZON = "split-horizon"  # private addresses, for those inside a network
    VALIDATION = "validation"  # the resolver finds it bogus
    REFUSES = "refuses"  # it is no resolver for this client
    FAILS = "fails"  # it has no answer itself
    NO_ANSWER = "no-answer"  # it did not reply
    OTHER = "other"  # for no reason that the reply tells
    NOT_COMPARED = "not-compared"  # the walk found nothing that it could be compared with


@dataclass(frozen=True, slots=True)
class Compared:
    """One resolver compared with the walk.

    `attempt` is what it is judged by, None while none has ended; `difference` is None while it is being
    asked. `ttl` is what is left of the TTL, `authoritative_ttl` what the zone gives, in seconds, both of the
    first RRset whose data differ, or of the one that expires first. `replied` is when the reply came, in UTC.
    `unchecked` is set where it has an answer if it does not validate, `past_its_ttl` where it says that it
    serves data whose TTL has ended (RFC 8767).
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

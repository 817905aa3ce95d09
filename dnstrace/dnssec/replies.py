"""The replies of a trace, found by what they answer: the only module here that knows of steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import dns.message
import dns.rdatatype

from dnstrace.model import Attempt, Cause, Kind, Name, Outcome, Purpose, Question, Step, Trace
from dnstrace.model.judgement import SecurityStatus
from dnstrace.model.security import Security

CHAIN = frozenset({Purpose.DS, Purpose.DNSKEY})
MAIN = frozenset({Purpose.WALK, Purpose.ALIAS})
CONCLUSIVE = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN, Kind.YXDOMAIN})


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply and the step in which it came."""

    step: Step
    message: dns.message.Message
    attempt: Attempt


class Replies:
    """A trace, as the chain of trust looks at it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._by_question: dict[Question, list[Step]] = {}
        self._referrals: dict[Name, list[Step]] = {}
        attempts = (attempt for step in trace.steps for attempt in step.attempts)
        self._refusing_edns = {a.exchange.query.address for a in attempts if a.cause is Cause.NO_EDNS}
        for step in trace.steps:
            if step.purpose is Purpose.PROBE:
                continue  # what was tried besides does not bear on what the walk found
            if step.superseded and step.purpose in MAIN:
                continue
            self._by_question.setdefault(step.question, []).append(step)
            if (referral := step.referral) is not None:
                self._referrals.setdefault(referral.zone, []).append(step)

    def to(self, question: Question) -> Iterator[Reply]:
        """The replies that answer a question, with data or without, the chosen ones first."""
        for step in self._by_question.get(question, ()):
            for attempt in _attempts(step):
                meaning = attempt.meaning.offer or attempt.meaning
                if attempt.exchange.message is not None and meaning.kind in CONCLUSIVE:
                    yield Reply(step, attempt.exchange.message, attempt)

    def referring_to(self, zone: Name) -> Iterator[Reply]:
        """The referrals to a zone."""
        for step in self._referrals.get(zone, ()):
            for attempt in _attempts(step):
                delegation = attempt.meaning.delegation
                if (
                    attempt.exchange.message is not None
                    and delegation is not None
                    and delegation.zone == zone
                ):
                    yield Reply(step, attempt.exchange.message, attempt)

    def without_signatures(self, attempt: Attempt) -> SecurityStatus | None:
        """What data are worth that an attempt brought without signatures, since it did not ask for them.

        They come with EDNS only (RFC 3225 section 3). A server that refuses EDNS fails whoever validates;
        that queries with EDNS get no reply may be the fault of the way from here. None where they were
        asked for.
        """
        edns, address = attempt.exchange.query.edns, attempt.exchange.query.address
        if edns is not None and edns.dnssec_ok:
            return None
        told = "could be had only without EDNS, and signatures come with EDNS only"
        if address in self._refusing_edns:
            return SecurityStatus(
                Security.BOGUS, f"{told}: the operator of {attempt.server} has to mend that"
            )
        return SecurityStatus(Security.INDETERMINATE, f"{told}: from here it cannot be judged")

    def asked(self, question: Question) -> bool:
        """Whether a question was put, or is under way, to those who should know the answer."""
        return any(
            step.purpose in CHAIN or step.outcome not in (None, Outcome.REFERRAL)
            for step in self._by_question.get(question, ())
        )

    def under_way(self, question: Question) -> bool:
        """Whether a step for a question has not ended."""
        return any(step.outcome is None for step in self._by_question.get(question, ()))

    def limited(self, question: Question) -> str:
        """Why not every server could be asked a question, where that was for a bound of our own."""
        steps = self._by_question.get(question, ())
        return next((step.note for step in steps if step.limited), "")

    def steps_for(self, question: Question) -> list[Step]:
        """The steps that put a question."""
        return self._by_question.get(question, [])

    def untried(self, step: Step) -> bool:
        """Whether some server of the zone may tell more of the question of a step than what it went by.

        That is one not asked, or another than the one gone by where all were asked; a step that failed
        asked all.
        """
        if step.all_servers:
            return sum(attempt.meaning.usable for attempt in step.attempts) > 1
        same = [other for other in self.steps_for(step.question) if other.zone == step.zone]
        if any(other.outcome is Outcome.FAILED for other in same):
            return False
        asked = {attempt.server for other in same for attempt in other.attempts}
        addresses = {attempt.exchange.query.address for other in same for attempt in other.attempts}
        return any(
            server.name not in asked or any(address.text not in addresses for address in server.addresses)
            for server in step.servers
        )

    def is_cut(self, name: Name) -> bool:
        """Whether some referral names a zone."""
        return name in self._referrals

    def cut_above(self, name: Name, floor: Name) -> Name:
        """The deepest zone strictly above a name that a referral names, at least `floor`."""
        while len(name) > len(floor) + 1:
            name = name.parent()
            if name in self._referrals:
                return name
        return floor

    def main(self) -> list[Step]:
        """The steps of the walk itself, aliases included, without what it needed besides."""
        return [step for step in self.trace.steps if step.main]


def _attempts(step: Step) -> list[Attempt]:
    """The attempts of a step, the one chosen first."""
    if step.chosen is None:
        return list(step.attempts)
    return [step.attempts[step.chosen], *(a for i, a in enumerate(step.attempts) if i != step.chosen)]

"""The replies of a trace, by question and by referral: the only module here that reads steps."""

from __future__ import annotations

from collections.abc import Iterator

import dns.message
import dns.rdatatype

from dnstrace.model import (
    ROOT,
    Attempt,
    Cause,
    Kind,
    Name,
    Outcome,
    Purpose,
    Question,
    Source,
    Step,
    Trace,
)
from dnstrace.model.judgement import SecurityStatus
from dnstrace.model.naming import is_below, plain
from dnstrace.model.security import Security
from dnstrace.model.structs import Struct

CHAIN = frozenset({Purpose.DS, Purpose.DNSKEY})
MAIN = frozenset({Purpose.WALK, Purpose.ALIAS})
CONCLUSIVE = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN, Kind.YXDOMAIN})
_ELSEWHERE = frozenset({Kind.REFUSED, Kind.LAME, Kind.REFERRAL, Kind.UPWARD_REFERRAL, Kind.SIDEWAYS_REFERRAL})


class Reply(Struct):
    """A reply and the step that received it."""

    step: Step
    message: dns.message.Message
    attempt: Attempt


class Replies:
    """A trace as the chain of trust sees it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._by_question: dict[Question, list[Step]] = {}
        self._referrals: dict[Name, list[Step]] = {}
        attempts = (attempt for step in trace.steps for attempt in step.attempts)
        self._refusing_edns = {a.address for a in attempts if a.cause is Cause.NO_EDNS}
        for step in trace.steps:
            if step.purpose is Purpose.PROBE:
                continue  # probes have no bearing on what the walk found
            if step.superseded and step.purpose in MAIN:
                continue
            self._by_question.setdefault(step.question, []).append(step)
            if (referral := step.referral) is not None:
                self._referrals.setdefault(referral.zone, []).append(step)

    def to(self, question: Question) -> Iterator[Reply]:
        """The replies that answer a question, positively or negatively, the chosen ones first."""
        for step in self._by_question.get(question, ()):
            for attempt in _chosen_first(step):
                meaning = attempt.meaning.offer or attempt.meaning
                if attempt.exchange.message is not None and meaning.kind in CONCLUSIVE:
                    yield Reply(step, attempt.exchange.message, attempt)

    def referring_to(self, zone: Name) -> Iterator[Reply]:
        """The referrals to a zone."""
        for step in self._referrals.get(zone, ()):
            for attempt in _chosen_first(step):
                delegation = attempt.meaning.delegation
                if (
                    attempt.exchange.message is not None
                    and delegation is not None
                    and delegation.zone == zone
                ):
                    yield Reply(step, attempt.exchange.message, attempt)

    def without_signatures(self, attempt: Attempt) -> SecurityStatus | None:
        """The status of data fetched without signatures because the query did not ask for them.

        Signatures require EDNS (RFC 3225 section 3). A server that refuses EDNS breaks validation for
        everybody; queries with EDNS that get no reply may be lost on the network path from here. None if the
        query did ask for signatures.
        """
        edns, address = attempt.exchange.query.edns, attempt.address
        if edns is not None and edns.dnssec_ok:
            return None
        unsigned = "could be fetched only without EDNS, and therefore without signatures"
        if address in self._refusing_edns:
            remedy = f"the operator of {plain(attempt.server)} needs to fix this"
            return SecurityStatus(Security.BOGUS, f"{unsigned}: {remedy}")
        return SecurityStatus(Security.INDETERMINATE, f"{unsigned}: validation is not possible from here")

    def asked(self, question: Question) -> bool:
        """Whether a question was put, or is being put, to servers that should know the answer."""
        return any(
            step.purpose in CHAIN or step.outcome not in (None, Outcome.REFERRAL)
            for step in self._by_question.get(question, ())
        )

    def under_way(self, question: Question) -> bool:
        """Whether a step for a question is still in progress."""
        return any(step.outcome is None for step in self._by_question.get(question, ()))

    def limited(self, question: Question) -> str:
        """Why not every server could be asked a question, if one of our own limits was the reason."""
        steps = self._by_question.get(question, ())
        return next((step.note for step in steps if step.limited), "")

    def heard(self, zone: Name) -> bool:
        """Whether the walk received data of a zone, or of one below it.

        Where it did not, there is nothing to validate with the keys of that zone (RFC 4035 section 4.3).
        """
        return any(_has_data_of(zone, step) for step in self.main())

    def why_unanswered(self, question: Question) -> str:
        """What kept every reply to a question away, in words; empty if that is not known."""
        steps = self._by_question.get(question, ())
        return next((step.note for step in steps if step.outcome is Outcome.FAILED and step.note), "")

    def given_server(self, question: Question) -> str:
        """The server that the user gave instead of the root servers, if the question was put to it."""
        asked = [server for step in self.steps_for(question) for server in step.servers]
        given = [(server, a) for server in asked for a in server.addresses if a.source is Source.GIVEN]
        return next(
            (address.text if server.name == ROOT else plain(server.name) for server, address in given), ""
        )

    def elsewhere(self, question: Question) -> bool:
        """Whether every reply to a question shows only that the server asked does not serve that zone."""
        replied = [attempt for step in self.steps_for(question) for attempt in step.attempts]
        return bool(replied) and all(attempt.meaning.kind in _ELSEWHERE for attempt in replied)

    def steps_for(self, question: Question) -> list[Step]:
        """The steps that asked a question."""
        return self._by_question.get(question, [])

    def untried(self, step: Step) -> bool:
        """Whether another server of the zone may have a better reply than the one this step used.

        That is a server that was not asked, or whose reply was not awaited, or a further usable reply if all
        were asked, as far as our own limits allowed. A failed step has asked them all.
        """
        if step.all_servers:
            usable = sum(attempt.meaning.usable for attempt in step.attempts)
            return step.limited or step.lacks_replies or usable > 1
        same = [other for other in self.steps_for(step.question) if other.zone == step.zone]
        if any(other.outcome is Outcome.FAILED for other in same):
            return False
        awaited = [a for other in same for a in other.attempts if a.meaning.kind is not Kind.ABANDONED]
        asked = {attempt.server for attempt in awaited}
        addresses = {attempt.address for attempt in awaited}
        return any(
            server.name not in asked or any(address.text not in addresses for address in server.addresses)
            for server in step.servers
        )

    def is_cut(self, name: Name) -> bool:
        """Whether a referral leads to a zone called `name`."""
        return name in self._referrals

    def cut_above(self, name: Name, floor: Name) -> Name:
        """The deepest zone strictly above `name` that a referral leads to; `floor` if there is none."""
        while len(name) > len(floor) + 1:
            name = name.parent()
            if name in self._referrals:
                return name
        return floor

    def main(self) -> list[Step]:
        """The steps of the walk itself, aliases included, without its look-ups."""
        return [step for step in self.trace.steps if step.main]


def _has_data_of(zone: Name, step: Step) -> bool:
    """Whether a step brought data at or below the apex of a zone; a DS RRset is data of the zone above."""
    meaning, question = step.meaning, step.question
    if meaning is None:
        return False
    if meaning.delegation is not None:
        return is_below(meaning.delegation.zone, zone)
    owners = {question.name, *(rrset.name for rrset in meaning.answer)}
    owners = {
        name.parent() if question.rdtype == dns.rdatatype.DS and len(name) > 1 else name for name in owners
    }
    return meaning.kind in CONCLUSIVE and any(name.is_subdomain(zone) for name in owners)


def _chosen_first(step: Step) -> list[Attempt]:
    """The attempts of a step, the chosen one first."""
    if step.chosen is None:
        return list(step.attempts)
    return [step.attempts[step.chosen], *(a for i, a in enumerate(step.attempts) if i != step.chosen)]

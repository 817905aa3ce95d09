"""The inputs of one judgement, and what it produces in addition to the verdict.

That is the evidence of each step (`notes`), the questions whose replies are still missing (`missing`), and
the steps whose data are not valid, for which another server may have better data.
"""

from __future__ import annotations

from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.notes import Notes
from dnstrace.dnssec.records import DNSKEY, Signed
from dnstrace.dnssec.replies import MAIN, Replies
from dnstrace.dnssec.signature import Checked, check
from dnstrace.model import Attempt, Name, Question, Step
from dnstrace.model.anchors import Anchors
from dnstrace.model.judgement import Need, SecurityStatus, arrival
from dnstrace.model.security import Security
from dnstrace.model.structs import Struct


class Zone(Struct):
    """The state of the chain of trust at a zone.

    `keys` are the trusted keys of a secure zone, and None for a presumed zone. `open` is set if the chain can
    continue below the zone.
    """

    name: Name
    verdict: SecurityStatus
    keys: tuple[DNSKEY, ...] | None = ()
    open: bool = False

    @property
    def presumed(self) -> bool:
        """Whether its keys have yet to arrive."""
        return self.open and self.keys is None

    @property
    def secure(self) -> bool:
        """Whether its keys are trusted."""
        return self.open and self.keys is not None


class Case:
    """The replies of one trace, the trust anchors, the time (seconds since 1970) and the limits on effort.

    Without a time, each reply is judged as of its arrival (RFC 4035 section 5.3.1).
    `notes` collects the evidence of each step, `missing` the questions that still have to be asked.
    """

    def __init__(self, replies: Replies, anchors: Anchors, at: float | None, effort: Effort) -> None:
        self.replies, self.anchors, self.at, self.effort = replies, anchors, at, effort
        self.notes = Notes()
        self.missing: dict[Need, None] = {}
        self._retry: dict[int, Step] = {}

    def time_of(self, attempt: Attempt) -> float:
        """The time as of which the signatures in a reply are judged."""
        started = self.replies.trace.started.timestamp()
        return arrival(started, attempt.exchange) if self.at is None else self.at

    def check(self, data: Signed, zone: Zone, attempt: Attempt) -> Checked:
        """Whether a zone signs an RRset of a reply; for a presumed zone, whether the RRset claims so."""
        if zone.keys is not None:
            return check(data, zone.name, zone.keys, self.time_of(attempt), self.effort)
        claimed = any(rrsig.signer == zone.name for rrsig in data.signatures)
        return Checked(claimed, "" if claimed else zone.verdict.reason)

    def need(self, zone: Name, question: Question) -> None:
        """Add a question to the missing ones, unless it was already asked or the limit is reached."""
        if not self.replies.asked(question) and len(self.missing) < self.effort.limits.needs:
            self.missing[Need(zone, question)] = None

    def retry(self, step: Step) -> None:
        """Record that the data of a step are not valid: another server may have better data."""
        self._retry[step.id] = step

    def worth_retrying(self) -> tuple[int, ...]:
        """The ids of those steps for which another server can be asked, steps of the walk first."""
        worth = [step for step in self._retry.values() if self.replies.untried(step)]
        return tuple(step.id for step in sorted(worth, key=lambda step: step.purpose not in MAIN))

    def fully_asked(self, question: Question) -> bool:
        """Whether every server that should know the answer was asked, and none is still pending."""
        asked, pending = self.replies.asked(question), self.replies.under_way(question)
        return asked and not pending and not self.replies.limited(question)

    def unasked(self, what: str, question: Question) -> SecurityStatus:
        """The verdict on a zone for which `what` could not be fetched: nothing speaks against it."""
        why = self.replies.limited(question)
        return SecurityStatus(Security.INDETERMINATE, f"{what} could not be fetched{why and f': {why}'}")

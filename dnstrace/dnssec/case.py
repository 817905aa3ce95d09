"""What a chain of trust is judged by, and what comes of judging besides the verdict.

Questions whose replies are not there yet are collected (`missing`), and the steps whose data are not valid,
since another server's may be better.
"""

from __future__ import annotations

from dataclasses import dataclass

from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.notes import Notes
from dnstrace.dnssec.records import DNSKEY, Signed
from dnstrace.dnssec.replies import MAIN, Replies
from dnstrace.dnssec.signature import Checked, check
from dnstrace.model import Name, Question, Step
from dnstrace.model.anchors import Anchors
from dnstrace.model.judgement import Need, SecurityStatus
from dnstrace.model.security import Security


@dataclass(frozen=True, slots=True)
class Zone:
    """Where the chain stands at a zone.

    `keys` are those trusted, for a secure zone; None for one that is presumed. `open` says whether the
    chain can go on below it.
    """

    name: Name
    verdict: SecurityStatus
    keys: tuple[DNSKEY, ...] | None = ()
    open: bool = False

    @property
    def presumed(self) -> bool:
        """Whether its keys are still to come."""
        return self.open and self.keys is None

    @property
    def secure(self) -> bool:
        """Whether its keys are trusted."""
        return self.open and self.keys is not None


class Case:
    """The replies of one trace, the trust anchors, the time (seconds since 1970) and the effort allowed.

    `notes` are what each step is worth, `missing` the questions that are to be asked.
    """

    def __init__(self, replies: Replies, anchors: Anchors, at: float, effort: Effort) -> None:
        self.replies, self.anchors, self.at, self.effort = replies, anchors, at, effort
        self.notes = Notes()
        self.missing: dict[Need, None] = {}
        self._retry: dict[int, Step] = {}

    def check(self, data: Signed, zone: Zone) -> Checked:
        """Whether an RRset is signed by a zone; of a presumed zone, whether it claims to be."""
        if zone.keys is not None:
            return check(data, zone.name, zone.keys, self.at, self.effort)
        claimed = any(rrsig.signer == zone.name for rrsig in data.signatures)
        return Checked(claimed, "" if claimed else zone.verdict.reason)

    def need(self, zone: Name, question: Question) -> None:
        """Put a question among the missing ones, unless it was asked already or there are enough."""
        if not self.replies.asked(question) and len(self.missing) < self.effort.limits.needs:
            self.missing[Need(zone, question)] = None

    def retry(self, step: Step) -> None:
        """Say that the data of a step are not valid, so that another server's may be better."""
        self._retry[step.id] = step

    def worth_retrying(self) -> tuple[int, ...]:
        """The ids of such steps, where there is a server that was not asked; those of the walk first."""
        worth = [step for step in self._retry.values() if self.replies.untried(step)]
        return tuple(step.id for step in sorted(worth, key=lambda step: step.purpose not in MAIN))

    def had_their_say(self, question: Question) -> bool:
        """Whether all who should know the answer were asked, and none is waited for."""
        asked, waited_for = self.replies.asked(question), self.replies.under_way(question)
        return asked and not waited_for and not self.replies.limited(question)

    def unasked(self, what: str, question: Question) -> SecurityStatus:
        """The verdict on a zone of which something could not be asked for: nothing speaks against it."""
        why = self.replies.limited(question)
        return SecurityStatus(Security.INDETERMINATE, f"{what} could not be asked for{why and f': {why}'}")

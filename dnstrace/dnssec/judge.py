"""The verdict on a trace: a pure function of its recorded replies, the trust anchors and a time.

`judge` sends nothing. It lists the questions whose replies it still needs (`Judgement.missing`). The walk
asks them in parallel and calls `judge` again with the longer trace, until nothing is missing or the budget is
spent; the last verdict then stands. A trace in progress can be judged too, so that keys are queried while the
walk continues.
"""

from __future__ import annotations

from dnstrace.dnssec.answer import Answer
from dnstrace.dnssec.case import Case
from dnstrace.dnssec.chain import TrustChain
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.replies import CONCLUSIVE, Replies
from dnstrace.model import Question, Step, Trace
from dnstrace.model.anchors import Anchors
from dnstrace.model.judgement import (
    LIMITS,
    EffortLimits,
    Judgement,
    SecurityStatus,
    strongest,
    weakest,
)
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security

_DOUBTFUL = (Security.BOGUS, Security.INDETERMINATE)


def judge(
    trace: Trace,
    anchors: Anchors,
    at: float | None,
    limits: EffortLimits = LIMITS,
    fresh: int | None = None,
) -> Judgement:
    """Validate `trace` from `anchors` by RFC 4035 section 5.

    All signatures are judged as of time `at` (seconds since 1970), or, without it, each as of the arrival of
    the reply that it came in.
    Raises MissingCryptography if a signature needs the cryptography package and it is not installed, and
    Paused if it would take more than `fresh` verifications: judge the same again, and it gets farther.
    """
    case = Case(Replies(trace), anchors, at, Effort(limits, fresh))
    judging = _Judging(case)
    verdict = judging.verdict()
    return Judgement(
        security=verdict.security,
        reason=verdict.reason,
        steps=case.notes.all(),
        missing=tuple(case.missing),
        retry=case.worth_retrying() if verdict.security in _DOUBTFUL else (),
        answers=tuple(answer.step.id for answer in judging.answers),
        proved=judging.answers[-1].proved if judging.answers else None,
        at=trace.started.timestamp() if at is None else at,
        fixed=at is not None,
    )


def unjudged(trace: Trace, at: float | None, reason: str) -> Judgement:
    """The judgement of a trace that could not be judged, for a reason that is none of its servers'."""
    began = trace.started.timestamp()
    return Judgement(Security.INDETERMINATE, reason, at=began if at is None else at, fixed=at is not None)


class _Judging:
    """One judgement: the steps of the walk along one chain of trust."""

    def __init__(self, case: Case) -> None:
        self._case, self._chain = case, TrustChain(case)
        self.answers: list[Answer] = []

    def verdict(self) -> SecurityStatus:
        """The verdict on the whole trace: the answer is as weak as its weakest link."""
        replies = self._case.replies
        last = SecurityStatus(Security.INDETERMINATE)
        judged: dict[Question, list[Answer]] = {}
        for step in replies.main():
            meaning = step.meaning
            if meaning is None or meaning.kind not in CONCLUSIVE:
                last = self._on_the_way(step)
            else:
                judged.setdefault(step.question, []).append(Answer(self._case, self._chain, step, meaning))
        verdicts = [answer.verdict for answer in self._follow(judged)]
        if self.answers and self.answers[-1].ends:
            return weakest(verdicts)
        if last.security in (Security.SECURE, Security.INSECURE) or not last.reason:
            last = SecurityStatus(Security.INDETERMINATE, "there is no answer to validate")
        return weakest((*verdicts, last))

    def _follow(self, judged: dict[Question, list[Answer]]) -> list[Answer]:
        """The answers from the question through its aliases; the strongest where one was asked again."""
        question: Question | None = self._case.replies.trace.question
        while question is not None and question in judged:
            found = judged.pop(question)
            best = strongest(answer.verdict for answer in found)
            answer = next(answer for answer in found if answer.verdict is best)
            self.answers.append(answer)
            question = answer.further
        for answer in self.answers:
            answer.settle()
        return self.answers

    def _on_the_way(self, step: Step) -> SecurityStatus:
        """How far the chain reaches at a referral, or at a step without a result."""
        referral = step.referral
        name = step.zone if referral is None else referral.zone
        zone = self._chain.zone(name)
        denied = zone.secure and zone.name != name
        reason = f"the referral leads to {plain(name)}, which {zone_text(zone.name)} proves not to be a zone"
        verdict = SecurityStatus(Security.BOGUS, reason) if denied else zone.verdict
        if referral is not None:
            self._case.notes.add(step.id, verdict)
            if denied:
                self._case.retry(step)
        return verdict

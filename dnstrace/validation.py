"""A walk that is validated: what the chain of trust needs is asked beside the walk, then judged.

The verdict itself is `dnssec.judge`, which sends nothing. Here is what it cannot do: ask. The keys of a
zone are asked of the same server, at the same moment, as the walk's own question, so that a good chain
costs no round trip more; what is still missing when the walk has ended is asked side by side; and where a
reply is bogus, other servers of the zone are asked before that is the verdict (RFC 4035 section 4.9).
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import replace

import dns.rcode
import dns.rdatatype

from dnstrace.asking import Means
from dnstrace.dnssec import Anchors, Judgement, Security, judge
from dnstrace.model import Address, Delegation, Kind, Outcome, Purpose, Question, Step
from dnstrace.walk import Resolution, Walk, resolution_of

_ROUNDS = 24  # of asking for what is missing: a chain as deep as a name can have cuts known one by one
_RETRIES = 5  # other servers asked for one bogus reply


class Validation:
    """The chain of trust of one trace: fetches beside the walk, and judges at its end."""

    def __init__(self, means: Means, walk: Walk, anchors: Anchors, at: float) -> None:
        self._means, self._walk, self._anchors, self._at = means, walk, anchors, at
        self._fetches: dict[Question, asyncio.Task[object]] = {}
        self._gone_by: dict[int, set[int]] = defaultdict(set)
        walk.beside = self.fetch_keys

    def fetch_keys(self, zone: Delegation, step: int, address: Address) -> None:
        """Ask for the keys of a zone that the chain may reach, where the walk is asking just now."""
        if zone.zone in self._anchors.zones or zone.ds is not None:
            self._fetch(Question(zone.zone, dns.rdatatype.DNSKEY), step, address)

    def _fetch(self, question: Question, step: int | None, address: Address | None = None) -> None:
        if question in self._fetches:
            return
        purpose = Purpose.DS if question.rdtype == dns.rdatatype.DS else Purpose.DNSKEY
        asking = self._walk.fetch(question, purpose, step, address)
        self._fetches[question] = asyncio.ensure_future(asking)

    async def judged(self, found: Resolution) -> tuple[Resolution, Judgement]:
        """The verdict on what the walk found; the resolution anew where another server gave better data."""
        judgement = await self._judge_all(found)
        asked: Counter[int] = Counter()
        while judgement.security is Security.BOGUS:
            number = next((n for n in judgement.retry if asked[n] < _RETRIES), None)
            if number is None:
                break
            asked[number] += 1
            found, judgement = await self._ask_another(number, found, judgement)
            if number not in judgement.retry:
                asked[number] = _RETRIES
        return _as_proved(found, judgement), judgement

    def judged_so_far(self, found: Resolution, why: str) -> Judgement:
        """The verdict on what is there when no more can be asked, for the reason `why`."""
        judgement = self._judge(found)
        if judgement.security is not Security.BOGUS:
            return judgement
        return replace(judgement, reason=f"{judgement.reason} ({why})")

    async def close(self) -> None:
        """Stop what is still being fetched."""
        for task in self._fetches.values():
            task.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)

    async def _judge_all(self, found: Resolution) -> Judgement:
        """Judge, ask for what is missing, and again, until nothing is or nothing more can be asked."""
        for _ in range(_ROUNDS):
            await asyncio.gather(*self._fetches.values())
            judgement = self._judge(found)
            fresh = [need.question for need in judgement.missing if need.question not in self._fetches]
            if not fresh:
                break
            for question in fresh:
                self._fetch(question, found.step)
        return judgement

    def _judge(self, found: Resolution) -> Judgement:
        return judge(found.concluding(self._means.journal.snapshot()), self._anchors, self._at)

    async def _ask_another(
        self, number: int, found: Resolution, judgement: Judgement
    ) -> tuple[Resolution, Judgement]:
        """Go by another server in step `number`, and judge again; as before if that is no better."""
        before = self._means.journal[number]
        if not (self._goes_by(before) if before.all_servers else await self._walk.ask_again(number)):
            return found, replace(judgement, retry=tuple(n for n in judgement.retry if n != number))
        if number == found.step or _interchangeable(before, self._means.journal[number]):
            anew = await self._anew(number, found)
            judged = await self._judge_all(anew)
            if judged.security is not Security.BOGUS or number not in judged.retry:
                return anew, judged
        self._means.journal.finish(number, before.outcome or Outcome.FAILED, before.chosen, before.note)
        return found, judgement

    def _goes_by(self, step: Step) -> bool:
        """Go by what another server has said, where every one was asked; False if none is left."""
        from dnstrace.survey import others

        gone_by = self._gone_by[step.id]
        gone_by |= set() if step.chosen is None else {step.chosen}
        if not (left := others(step, gone_by)):
            return False
        gone_by.add(left[0])
        self._walk.go_by(step.id, left[0])
        return True

    async def _anew(self, number: int, found: Resolution) -> Resolution:
        """The resolution with step `number` as it is now, walked on from where it is the last one."""
        step = self._means.journal[number]
        if number != found.step or step.meaning is None:
            return found
        aliases = tuple(rrset for rrset in found.answer if rrset not in found.last)
        if step.meaning.kind not in (Kind.REFERRAL, Kind.ALIAS):
            return resolution_of(step.meaning, aliases, number)
        if step.meaning.delegation is not None:
            self._means.cuts.add(step.meaning.delegation)
        on = await self._walk.resolve(step.question, step.purpose, number)
        return on._replace(answer=aliases + tuple(rrset for rrset in on.answer if rrset not in aliases))


def _as_proved(found: Resolution, judgement: Judgement) -> Resolution:
    """The resolution as the signed proof has it: the RCODE of a negative answer is not signed itself."""
    if judgement.proved is None or judgement.proved is found.outcome:
        return found
    rcode = dns.rcode.NXDOMAIN if judgement.proved is Outcome.NXDOMAIN else dns.rcode.NOERROR
    return found._replace(outcome=judgement.proved, rcode=rcode)


def _interchangeable(before: Step, after: Step) -> bool:
    """Whether the walk that went on from `before` would have gone the same way from `after`."""
    old, new = before.meaning, after.meaning
    return old is not None and new is not None and (old.kind, old.target) == (new.kind, new.target)

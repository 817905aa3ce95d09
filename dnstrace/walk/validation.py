"""A walk with validation: what the chain of trust needs is asked in parallel with the walk, then judged.

The verdict comes from `dnssec.judge`, which sends nothing; asking is done here. A zone's keys are requested
from the same server, at the same moment, as the walk's own question, so that a valid chain costs no further
round trip. What is still missing when the walk has ended is requested in parallel, and if a reply is bogus,
other servers of the zone are asked before that becomes the verdict (RFC 4035 section 4.9).
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Hashable

import dns.rcode
import dns.rdatatype
import dns.rrset

from dnstrace.clock import other_turns
from dnstrace.dnssec import Judgement, Security, effort, judge, unjudged
from dnstrace.model import Address, Delegation, Kind, Meaning, Outcome, Purpose, Question, Step, Trace
from dnstrace.model.anchors import Anchors
from dnstrace.model.judgement import LIMITS
from dnstrace.model.structs import replace
from dnstrace.walk.context import TraceContext
from dnstrace.walk.descent import Walk
from dnstrace.walk.result import WalkResult, result_of

_ROUNDS = 24  # of requests for what is missing: the cuts of a deep chain become known one by one
_RETRIES = 5  # other servers asked for one bogus reply
_RETRIED = 32  # times in all: each time the whole trace is judged again


class Validation:
    """The chain of trust of one trace: fetches in parallel with the walk, and judges at its end."""

    def __init__(self, context: TraceContext, walk: Walk, anchors: Anchors, at: float | None) -> None:
        self._context, self._walk, self._anchors, self._at = context, walk, anchors, at
        self._fetches: dict[Question, asyncio.Task[object]] = {}
        self._gone_by: dict[int, set[int]] = defaultdict(set)
        self._found: WalkResult | None = None
        walk.on_first_query = self.fetch_keys

    def fetch_keys(self, zone: Delegation, step: int, address: Address) -> None:
        """Ask for the keys of a zone that the chain may reach, from the server that the walk is asking."""
        if zone.zone in self._anchors.zones or zone.ds is not None:
            self._fetch(Question(zone.zone, dns.rdatatype.DNSKEY), step, address)

    def _fetch(self, question: Question, step: int | None, address: Address | None = None) -> None:
        if question in self._fetches:
            return
        purpose = Purpose.DS if question.rdtype == dns.rdatatype.DS else Purpose.DNSKEY
        asking = self._walk.fetch(question, purpose, step, address)
        self._fetches[question] = asyncio.ensure_future(asking)

    async def judged(self, found: WalkResult) -> tuple[WalkResult, Judgement]:
        """The verdict on what the walk found; the result is new if another server gave better data."""
        self._found = found
        judgement = await self._judge_all(found)
        tries: Counter[int] = Counter()
        for _ in range(_RETRIED):
            number = next((n for n in judgement.retry if tries[n] < _RETRIES), None)
            if number is None:
                break
            better = await self._ask_another(number)
            tries[number] += 1 if better is not None else _RETRIES
            judgement = better or await self._judge(self._found)
        judgement = self._unless_limited(judgement)
        return _as_proved(self._found, judgement), judgement

    def _unless_limited(self, judgement: Judgement) -> Judgement:
        """The verdict; indeterminate where we were kept from a server that may have valid data.

        That is by a limit, or by a record that has the reply of one server only.
        """
        if judgement.security is not Security.BOGUS:
            return judgement
        steps = [self._context.journal[number] for number in judgement.retry]
        short = self._context.budget.cut_short
        if short and any(step.limited or not step.all_servers for step in steps):
            why = f"not every server was asked for valid data: {short}"
        elif any(map(_lacks_others, steps)):
            why = "the record lacks the replies of other servers, which may have valid data"
        else:
            return judgement
        return _not_yet_known(judgement, why)

    def judged_so_far(self, found: WalkResult, why: str) -> tuple[WalkResult, Judgement]:
        """What was found, and the verdict on it, when the trace has to stop for the reason `why`.

        `found` is the result of the walk if it had not ended. Nothing is bogus where a server that was not
        asked yet, or whose reply was not used yet, may have valid data.
        """
        found = self._found or found
        trace = found.concluding(self._context.journal)
        try:
            judgement = judge(trace, self._anchors, self._at, fresh=effort.SLICE)
        except effort.Paused:
            return found, unjudged(trace, self._at, why)
        if judgement.security is Security.BOGUS and (judgement.retry or judgement.missing):
            judgement = _not_yet_known(judgement, f"not every server was asked for valid data: {why}")
        elif judgement.security in (Security.BOGUS, Security.INDETERMINATE):
            judgement = replace(judgement, reason=f"{judgement.reason} ({why})")
        return _as_proved(found, judgement), judgement

    async def close(self) -> None:
        """Stop everything that is still being fetched, and let go of the walk, which calls this back."""
        self._walk.on_first_query = None
        for task in self._fetches.values():
            task.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)

    async def _judge_all(self, found: WalkResult) -> Judgement:
        """Judge and ask for what is missing, until nothing is missing or nothing more can be asked."""
        for _ in range(_ROUNDS):
            await asyncio.gather(*self._fetches.values())
            judgement = await self._judge(found)
            fresh = [need.question for need in judgement.missing if need.question not in self._fetches]
            if not fresh:
                break
            for question in fresh:
                self._fetch(question, found.step)
        return judgement

    async def _judge(self, found: WalkResult) -> Judgement:
        """The verdict so far."""
        trace = found.concluding(self._context.journal)
        return await judged_in_slices(trace, self._anchors, self._at)

    async def _ask_another(self, number: int) -> Judgement | None:
        """Use another server's reply in step `number`, and judge again; None if there is no other.

        If that is not better, everything is put back, and so is the judgement.
        """
        journal, found = self._context.journal, self._found
        before, known = journal[number], len(journal)
        assert found is not None  # `judged` has it
        passed = self._after(number)
        better = False
        try:
            if not await self._goes_by_another(before):
                return None
            self._found = await self._from(before, found, passed)
            judged = await self._judge_all(self._found)
            better = self._is_better(judged, number)
        finally:
            if not better:
                self._take_back(before, found, passed, known)
        return judged if better else await self._judge(found)

    async def _goes_by_another(self, step: Step) -> bool:
        """Make a step use the reply of a server that it has not used yet; False if there is none."""
        if step.all_servers:
            return self._goes_by(step)
        return await self._walk.ask_again(step.id) is not None

    def _is_better(self, judged: Judgement, number: int) -> bool:
        """Whether to keep a judgement, now that step `number` uses another server's reply.

        It must be about the very answer of the result, and no longer find a fault there.
        """
        assert self._found is not None
        carried = not judged.answers or judged.answers[-1] == self._found.step
        return carried and number not in judged.retry

    def _take_back(self, before: Step, found: WalkResult, passed: list[int], known: int) -> None:
        """Put a step and those that followed from it back as they were."""
        journal = self._context.journal
        journal.finish(
            before.id, before.outcome or Outcome.FAILED, before.chosen, before.note, before.limited
        )
        journal.supersede((n for n in self._after(before.id) if n > known), True)
        journal.supersede(passed, False)
        self._found = found

    def _after(self, number: int) -> list[int]:
        """The steps of the walk that followed from a step."""
        after = {number}
        for step in self._context.journal.steps:
            if step.main and step.parent in after:
                after.add(step.id)
        return sorted(after - {number})

    def _goes_by(self, step: Step) -> bool:
        """Use the reply of another server, where every server was asked; False if none is left."""
        from dnstrace.walk.survey import others

        gone_by = self._gone_by[step.id]
        gone_by |= set() if step.chosen is None else {step.chosen}
        if not (left := others(step, gone_by)):
            return False
        gone_by.add(left[0])
        self._walk.go_by(step.id, left[0])
        return True

    async def _from(self, before: Step, found: WalkResult, passed: list[int]) -> WalkResult:
        """The result once a step that was `before` uses another reply; `passed` are the steps after it."""
        step = self._context.journal[before.id]
        if not step.main or step.meaning is None:
            return found
        if passed and _leads_the_same(before, step):
            assert found.step is not None  # there are steps after this one
            aliases, _ = self._way_to(self._context.journal[found.step])
            return found._replace(answer=aliases + found.last)
        self._context.journal.supersede(passed, True)
        return await self._on_from(step, step.meaning)

    async def _on_from(self, step: Step, meaning: Meaning) -> WalkResult:
        """The walk continued from a step."""
        aliases, question = self._way_to(step)
        if meaning.kind is Kind.ALIAS and meaning.target is not None:
            aliases += tuple(rrset for rrset in meaning.answer if rrset not in aliases)
            question = replace(question, name=meaning.target)
        elif meaning.delegation is not None:
            self._context.cuts.add(meaning.delegation)
        else:
            return result_of(meaning, aliases, step.id)
        purpose = Purpose.ALIAS if meaning.kind is Kind.ALIAS else step.purpose
        on = await self._walk.resolve(question, purpose, step.id)
        return on._replace(answer=aliases + tuple(rrset for rrset in on.answer if rrset not in aliases))

    def _way_to(self, step: Step) -> tuple[tuple[dns.rrset.RRset, ...], Question]:
        """The aliases that the walk followed before a step, and the full question behind that step."""
        trace = self._context.journal.snapshot()
        links: list[Meaning] = []
        here = step
        while here.parent is not None:
            here = trace.steps[here.parent - 1]
            if here.main and here.meaning is not None and here.meaning.kind is Kind.ALIAS:
                links.insert(0, here.meaning)
        aliases: list[dns.rrset.RRset] = []
        for link in links:
            aliases += [rrset for rrset in link.answer if rrset not in aliases]
        target = links[-1].target if links else None
        return tuple(aliases), replace(trace.question, name=target or trace.question.name)


def _not_yet_known(judgement: Judgement, why: str) -> Judgement:
    """Neither bogus nor anything else: something kept us from data that may be valid."""
    return replace(judgement, security=Security.INDETERMINATE, reason=f"{judgement.reason}; {why}")


def _lacks_others(step: Step) -> bool:
    """Whether a record has the replies of one server only, of those that were asked."""
    usable = {attempt.server for attempt in step.attempts if attempt.meaning.usable}
    return step.all_servers and step.lacks_replies and len(usable) == 1


async def judged_in_slices(trace: Trace, anchors: Anchors, at: float | None) -> Judgement:
    """The verdict on a trace, in slices between which other tasks have their turns and the trace may end."""
    for _ in range(LIMITS.verifications // effort.SLICE + 1):
        try:
            return judge(trace, anchors, at, fresh=effort.SLICE)
        except effort.Paused:
            await other_turns()
    return judge(trace, anchors, at)  # other traces made it forget what was verified


def _as_proved(found: WalkResult, judgement: Judgement) -> WalkResult:
    """The result according to the signed proof: the RCODE of a negative answer is not signed."""
    if judgement.proved is None or judgement.proved is found.outcome:
        return found
    rcode = dns.rcode.NXDOMAIN if judgement.proved is Outcome.NXDOMAIN else dns.rcode.NOERROR
    return found._replace(outcome=judgement.proved, rcode=rcode)


def _leads_the_same(before: Step, after: Step) -> bool:
    """Whether the walk would have continued in the same way from `after` as from `before`."""
    return None not in (before.meaning, after.meaning) and _leads_to(before.meaning) == _leads_to(
        after.meaning
    )


def _leads_to(meaning: Meaning | None) -> Hashable:
    """Where a meaning leads the walk: to the servers of a zone, or to another name."""
    if meaning is None or meaning.delegation is None:
        return None if meaning is None else (meaning.kind, meaning.target)
    cut = meaning.delegation
    return meaning.kind, cut.zone, frozenset(cut.servers)

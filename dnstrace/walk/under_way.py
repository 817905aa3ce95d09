"""A trace under way: the walk, then the validation and the probes that were requested."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dnstrace.model import Delegation, Name, Outcome, Purpose, Question, Settings, Trace
from dnstrace.model.anchors import UNJUDGED
from dnstrace.model.structs import replace
from dnstrace.walk.context import TraceContext
from dnstrace.walk.descent import Walk, begin
from dnstrace.walk.hedging import HEDGED
from dnstrace.walk.parent import refer
from dnstrace.walk.result import WalkResult

if TYPE_CHECKING:
    from dnstrace.model.anchors import Anchors
    from dnstrace.model.judgement import Judgement
    from dnstrace.model.tracing import Tracing
    from dnstrace.walk.consulting import Consultation
    from dnstrace.walk.encrypting import Encrypting
    from dnstrace.walk.strategy import Strategy
    from dnstrace.walk.validation import Validation


class TraceUnderWay:
    """A trace under way: `found` is the result of its walk so far, `judgement` the verdict on that.

    `unjudged` says why there is no verdict although one was requested.
    """

    def __init__(self, context: TraceContext, question: Question, tracing: Tracing) -> None:
        self._context, self._question, self._parent_only = context, question, tracing.parent_only
        self._late = _late(tracing.bounds.deadline)
        self._walk = Walk(context, _strategy(context.settings))
        anchors = None if tracing.parent_only else tracing.anchors
        self.unjudged = "" if anchors is None or anchors.zones else UNJUDGED
        self._anchors = given = None if self.unjudged else anchors
        self._at = tracing.at
        self._validation = None if given is None else _validation(context, self._walk, given, tracing.at)
        self.found = WalkResult(Outcome.FAILED, error=self._late)
        self.judgement: Judgement | None = None
        self.walked = False  # whether the walk has ended, and `found` is its result
        self._ended_late = ""
        self._encrypting = _encrypting(context) if context.settings.adot else None

    async def go(self, start: Delegation, server: Name | None) -> None:
        """Walk from `start`, or from a server given by name; then validate, probe and ask over TLS."""
        first, missing = await begin(self._walk, self._context, start, server)
        if missing:
            self.found = WalkResult(Outcome.FAILED, error=missing)
            return
        if self._parent_only:
            self.found = await refer(self._walk, self._context.journal, self._question, first)
        else:
            self.found = await self._walk.resolve(self._question, parent=first)
        self.walked = True
        if self._validation is not None:
            self.found, self.judgement = await self._validation.judged(self.found)
        if self._context.settings.probe:
            from dnstrace.walk.probing import Probing

            await Probing(self._context, self._walk).run()
            await self._ask_notifications()
            await self._ask_signals()
        if self._encrypting is not None:
            await self._encrypting.run()

    async def _ask_notifications(self) -> None:
        """Ask where parents take notifications, if a zone waits for its parent."""
        from dnstrace.walk.notifying import Notifications

        await Notifications(self._context).run()

    async def _ask_signals(self) -> None:
        """Ask for the signals of a zone without DS records; what they show counts with the judgement."""
        if self._anchors is not None and self.judgement is not None:
            from dnstrace.walk.bootstrapping import Signals

            evidence = await Signals(self._context, self._anchors, self._at).evidence()
            self.judgement = replace(self.judgement, steps={**evidence, **self.judgement.steps})

    async def inquire(self, consultation: Consultation) -> None:
        """Ask what explains how the replies of resolvers differ from what was found."""
        from dnstrace.walk.inquiring import address_used, inquire

        async def ask(question: Question, step: int) -> None:
            await self._walk.fetch(question, Purpose.PROBE, step, address_used(self._ended()))

        await inquire(consultation, self._ended, ask)

    def _ended(self, **more: Any) -> Trace:
        return self.found.concluding(self._context.journal, judgement=self.judgement, **more)

    def concluded(self) -> Trace:
        """The trace, with all that there is when it ends."""
        encrypted = None if self._encrypting is None else self._encrypting.found
        return self._ended(unjudged=self.unjudged, encrypted=encrypted, cut_short=self._cut_short())

    def _cut_short(self) -> str:
        """The limit that kept something from being asked, in words; empty if there was none."""
        if short := self._ended_late or self._context.budget.cut_short:
            return short
        late = asyncio.get_running_loop().time() >= self._context.until
        return self._late if late and any(step.limited for step in self._context.journal.steps) else ""

    def judge_so_far(self) -> None:
        """Judge what there is when the time is up, unless that was done."""
        self._ended_late = self._late
        if self._validation is not None and self.judgement is None:
            self.found, self.judgement = self._validation.judged_so_far(self.found, self._late)

    async def close(self) -> None:
        """Cancel queries that are still under way."""
        if self._validation is not None:
            await self._validation.close()


def _encrypting(context: TraceContext) -> Encrypting:
    from dnstrace.walk.encrypting import Encrypting

    return Encrypting(context)


@lru_cache
def _late(deadline: float) -> str:
    return f"the deadline of {deadline:g} s is reached"


def _validation(context: TraceContext, tracer: Walk, anchors: Anchors, at: float | None) -> Validation:
    from dnstrace.walk.validation import Validation

    return Validation(context, tracer, anchors, at)


def _strategy(settings: Settings) -> Strategy:
    """How the servers of a zone are asked: until one gives a usable answer, or all of them."""
    if not settings.all_servers:
        return HEDGED
    from dnstrace.walk.survey import EVERY_ADDRESS

    return EVERY_ADDRESS

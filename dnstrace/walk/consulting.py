"""Asking recursive resolvers in parallel with the walk: for `--resolver`.

Each is asked the trace's own question with RD set, over the same network. The replies are recorded as steps
and judged later (analysis/resolvers.py). The walk neither waits for them nor uses them, and they do not count
against its budget: a resolver is asked a few times at most.

Retries are those of the walk (fallback.py). A resolver that returns SERVFAIL is asked once more with CD set
(RFC 4035 section 3.2.2): an answer then shows that validation was what failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from dnstrace.analysis.resolvers import heard
from dnstrace.model import (
    ROOT,
    Attempt,
    Exchange,
    Fault,
    Kind,
    Meaning,
    Outcome,
    Purpose,
    Query,
    Question,
    Settings,
    Transport,
)
from dnstrace.model.asked import Resolver
from dnstrace.model.heard import outcome_of
from dnstrace.model.structs import replace
from dnstrace.port import Network, in_turn
from dnstrace.walk.fallback import another_way, cause, edns_of_try
from dnstrace.walk.journal import Journal
from dnstrace.walk.roots import given_server

_AGAIN = {Kind.TIMEOUT, Kind.CONNECTION_LOST, Kind.MISMATCH}
_WAYS = 4  # of asking in one try: over TCP, with less EDNS, with a cookie


class Consultation:
    """The resolvers of one trace, while they are being asked."""

    def __init__(
        self,
        network: Network,
        settings: Settings,
        journal: Journal,
        question: Question,
        resolvers: Sequence[Resolver],
    ) -> None:
        self._network, self._settings, self._journal, self._question = network, settings, journal, question
        self._asked: dict[int, Resolver] = {}  # by the step that puts the trace's question
        self._tasks = [asyncio.ensure_future(self._ask(resolver)) for resolver in resolvers]

    async def heard(self) -> None:
        """Wait until every resolver has replied, or has let its last try run out."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def put(self, after: int, question: Question, checking_disabled: bool = False) -> None:
        """Put a further question to the resolver that was asked in step `after`, in a step of its own."""
        resolver = self._asked[after]
        step = self._journal.begin(after, Purpose.PROBE, given_server((resolver.address,)), question)
        query = replace(self._query(resolver, 0), question=question, checking_disabled=checking_disabled)
        try:
            chosen, meaning = await self._ways(step, query)
        except asyncio.CancelledError:
            self._journal.stop(step)
            raise
        outcome = outcome_of(meaning.kind)
        self._journal.finish(step, outcome, None if outcome is Outcome.FAILED else chosen, meaning.note)

    async def close(self, until: float) -> None:
        """Wait for the replies until the loop's time `until`; not at all if the trace is cancelled."""
        task = asyncio.current_task()
        try:
            if self._tasks and task is not None and not task.cancelling():
                left = max(0.0, until - asyncio.get_running_loop().time())
                await asyncio.wait(self._tasks, timeout=left)
        finally:
            for asking in self._tasks:
                asking.cancel()
            ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in ended:
            if isinstance(each, Exception):
                raise each

    async def _ask(self, resolver: Resolver) -> None:
        asked = given_server((resolver.address,))
        step = self._journal.begin(None, Purpose.PROBE, asked, self._question)
        self._asked[step] = resolver
        try:
            chosen, meaning = await self._tries(resolver, step)
            if meaning.kind is Kind.SERVER_FAILURE:
                query = self._journal[step].attempts[chosen].exchange.query
                await self._ways(step, replace(query, checking_disabled=True))
        except asyncio.CancelledError:
            self._journal.stop(step, limited=False)
            raise
        outcome = outcome_of(meaning.kind)
        self._journal.finish(step, outcome, None if outcome is Outcome.FAILED else chosen, meaning.note)

    async def _tries(self, resolver: Resolver, step: int) -> tuple[int, Meaning]:
        """Ask until there is a reply or no try is left; the last attempt and its meaning."""
        for tries in range(self._settings.tries):
            chosen, meaning = await self._ways(step, self._query(resolver, tries))
            if meaning.kind not in _AGAIN:
                break
        return chosen, meaning

    def _query(self, resolver: Resolver, tries: int) -> Query:
        over_tcp = self._settings.tcp and resolver.transport is Transport.UDP
        stream = resolver.transport is not Transport.UDP  # no datagram can be lost: EDNS is not the cause
        return Query(
            self._question,
            resolver.address,
            resolver.port,
            Transport.TCP if over_tcp else resolver.transport,
            edns_of_try(self._settings.edns, 0 if stream else tries),
            recursion_desired=True,
            endpoint=resolver.endpoint,
        )

    async def _ways(self, step: int, query: Query) -> tuple[int, Meaning]:
        """Ask once, and again in another way where the reply calls for that."""
        following: Query | None = query
        for _ in range(_WAYS):
            if following is None:
                break
            exchange = await self._exchange(step, following)
            index, meaning = self._record(step, exchange)
            following = another_way(exchange, meaning)
        return index, meaning

    async def _exchange(self, step: int, query: Query) -> Exchange:
        loop, since, timeout = asyncio.get_running_loop(), list[float](), self._settings.timeout
        tries = len(self._journal[step].attempts) + 1
        try:
            with self._journal.waiting(ROOT, query.address, timeout, tries, self._settings.tries):
                return await in_turn(self._network, query, timeout, lambda: since.append(loop.time()))
        except asyncio.CancelledError:
            if since:
                waited = loop.time() - since[-1]
                self._record(step, Exchange(query, since[-1], waited, fault=Fault.ABANDONED))
            raise

    def _record(self, step: int, exchange: Exchange) -> tuple[int, Meaning]:
        meaning = heard(exchange)
        attempt = Attempt(ROOT, exchange, meaning)
        attempt = replace(attempt, cause=cause(self._journal[step].attempts, attempt))
        return self._journal.attempt(step, attempt), meaning

"""Asking the servers of one zone: whom first, when the next, and which reply to go by.

One server is asked. When it fails, or has not answered after a patience that adapts to what the run has
measured, the next is asked while the first may still answer; each time patience runs out it halves, down
to a round trip, and twice as many are asked, so that a cut with one live server among thirteen costs less
than a second. The first usable meaning wins; what was asked besides stays in the record.

Whom to ask, and in what order, is candidates.py's. What a lame server offers is taken only when nobody
gave anything better.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, NamedTuple

from dnstrace.message.meaning import classify
from dnstrace.model import (
    Address,
    Attempt,
    Delegation,
    Exchange,
    Fault,
    Kind,
    Meaning,
    Name,
    Query,
    Question,
    Transport,
)
from dnstrace.walk.candidates import Candidate, Candidates
from dnstrace.walk.context import TraceContext
from dnstrace.walk.fallback import PLAIN, another_way, cause, edns_of_try

_CONFIRMED = 4  # times a round trip: so long for EDNS to prove that it was not the cause of silence
_LEAST_CONFIRMED = 0.25  # seconds
_LATE = 0.005  # seconds by which a busy program may look late
_LOOKUP_PATIENCE = 4  # times that for a reply: a look-up takes a few round trips
_AGAIN = {Kind.TIMEOUT, Kind.CONNECTION_LOST, Kind.MISMATCH, Kind.KNOWN_SILENT}

Lookup = Callable[[Name], Awaitable[tuple[Address, ...]]]


class _UnderWay(NamedTuple):
    """An exchange that has not ended."""

    candidate: Candidate
    query: Query
    since: float


class Asking:
    """One step: a question put to the servers of a zone until one gives a usable answer."""

    lookups_at_once = 2

    def __init__(
        self,
        context: TraceContext,
        step: int,
        delegation: Delegation,
        question: Question,
        lookup: Lookup,
        began: Callable[[Address], None] | None = None,
        first: Address | None = None,
        skip: frozenset[str] = frozenset(),
    ) -> None:
        """`began` is told the first address asked; `first` and `skip` are as for `candidates.Candidates`."""
        self._context, self._step, self._question, self._lookup = context, step, question, lookup
        self._delegation, self._zone = delegation, delegation.zone
        self._began = began
        self._whom = Candidates(context, step, delegation, question, first, skip)
        self._attempts: dict[asyncio.Task[int | None], Candidate] = {}
        self._lookups: dict[asyncio.Task[tuple[Address, ...]], Name] = {}
        self._under_way: dict[Candidate, _UnderWay] = {}
        self._looked_up = 0
        self.denied = ""  # the bound that did not allow something, in words

    async def run(self) -> int | None:
        """The index of the attempt to go by; None when no server gave anything usable."""
        try:
            return await self._first_usable()
        finally:
            await self._give_up()

    # --- the loop -----------------------------------------------------------------------------

    async def _first_usable(self) -> int | None:
        width, patience = 1, self._context.health.patience()
        self._start(width)
        while waiting := [*self._attempts, *self._lookups]:
            done = await _first_of(waiting, self._patience_left(patience) if self._more() else None)
            if not done:
                self._start(width)
                width, patience = width * 2, max(patience / 2, self._context.health.round_trip)
            failed = sum(task in self._attempts for task in done)
            for task in [task for task in waiting if task in done]:  # in the order in which they began
                if (chosen := self._ended(task)) is not None:
                    return chosen
            if done:
                self._start(failed if self._attempts else max(failed, 1))
        return self._last_resort()

    def _patience_left(self, patience: float) -> float:
        """Seconds until what was asked last is out of patience; TCP has its handshake to make first."""
        now = asyncio.get_running_loop().time()
        if not self._attempts:
            return patience * _LOOKUP_PATIENCE
        every = (
            self._under_way.get(candidate) or _UnderWay(candidate, self._query(candidate), now)
            for candidate in self._attempts.values()  # one that was just begun is not under way yet
        )
        ends = (
            asked.since + patience * (2 if asked.query.transport is Transport.TCP else 1) for asked in every
        )
        return max(0.0, max(ends) - now)

    def _ended(self, task: asyncio.Task[Any]) -> int | None:
        """Take in a task that ended; the attempt to go by if it is one."""
        if task in self._lookups:
            self._learn(self._lookups.pop(task), task.result())
            return None
        candidate = self._attempts.pop(task)
        index: int | None = task.result()
        if index is None:
            return None
        meaning = self._context.journal[self._step].attempts[index].meaning
        if meaning.kind in _AGAIN:
            self._whom.timed_out.append(candidate)
        return index if meaning.usable else None

    def _more(self) -> bool:
        return bool(self._whom.ready or (self._whom.names and len(self._lookups) < self.lookups_at_once))

    def _start(self, count: int) -> None:
        """Ask up to `count` more addresses, or look names up when no address is at hand."""
        if self._unrecorded:
            self._whom.give_up()
        while not (self._more() or self._attempts or self._lookups) and self._whom.go_further():
            continue
        for _ in range(count):
            if (candidate := self._whom.next()) is None:
                self._start_lookup()
                return
            self._attempts[asyncio.ensure_future(self._attempt(candidate))] = candidate

    @property
    def _unrecorded(self) -> bool:
        """Whether a record is replayed that has none of the replies: further addresses would be no help."""
        attempts = self._context.journal[self._step].attempts
        none = bool(attempts) and all(each.meaning.kind is Kind.NOT_RECORDED for each in attempts)
        return none and not self._attempts and not self._whom.ready

    def _start_lookup(self) -> None:
        """Look up the next name without an address; a second one beside the first when patience runs out."""
        if not self._whom.names or len(self._lookups) >= self.lookups_at_once:
            return
        budget = self._context.budget
        limit = budget.limits.lookups_per_delegation
        if self._looked_up >= limit or not budget.lookup():
            enough = f"the limit of {limit} address look-ups for one delegation is reached"
            self.denied = budget.spent_out if self._looked_up < limit else enough
            self._whom.names.clear()
            return
        self._looked_up += 1
        name = self._whom.names.pop(0)
        self._lookups[asyncio.ensure_future(self._lookup(name))] = name

    def _learn(self, name: Name, addresses: tuple[Address, ...]) -> None:
        """Take in what a look-up found."""
        self._whom.add(name, addresses)
        self._context.journal.learnt(self._step, name, addresses)

    # --- one address --------------------------------------------------------------------------

    async def _attempt(self, candidate: Candidate) -> int | None:
        """Ask one address, in another way too where its reply calls for that; the last attempt."""
        index = None
        query: Query | None = self._query(candidate)
        while query is not None:
            if not self._context.budget.query():
                self.denied = self._context.budget.spent_out
                return index
            exchange = await self._exchange(candidate, query, self._timeout(candidate))
            meaning = self._take_in(exchange)
            again = await self._with_edns_after_all(candidate, exchange)
            index = self._record(Attempt(candidate.server, exchange, meaning), again is not None)
            if again is not None:
                exchange, meaning = again, self._take_in(again)
                index = self._record(Attempt(candidate.server, exchange, meaning))
            query = self._another_way(exchange, meaning)
        return index

    def _take_in(self, exchange: Exchange) -> Meaning:
        """Learn from an exchange; what it means."""
        self._context.health.learn(exchange)
        self._context.budget.received(len(exchange.wire or b""))
        return classify(exchange, self._zone)

    async def _with_edns_after_all(self, candidate: Candidate, plain: Exchange) -> Exchange | None:
        """The reply to the same query with EDNS, where EDNS was left out since nothing came before.

        Two datagrams can be lost without EDNS being the cause. None where there is no reply so either.
        """
        edns, settings = edns_of_try(self._context.settings.edns, PLAIN - 1), self._context.settings
        suspected = plain.message is not None and plain.query.edns is None and candidate.tries >= PLAIN
        if not suspected or edns is None or not self._context.budget.query():
            return None
        timeout = min(settings.timeout, max(_CONFIRMED * plain.elapsed, _LEAST_CONFIRMED))
        again = await self._exchange(candidate, replace(plain.query, edns=edns), timeout)
        return None if again.message is None else again

    def _query(self, candidate: Candidate) -> Query:
        """How an address is asked at first."""
        settings, address = self._context.settings, candidate.address.text
        tries = PLAIN if address in self._context.health.without_edns else candidate.tries
        return Query(
            self._question,
            address,
            settings.port,
            Transport.TCP if settings.tcp else Transport.UDP,
            edns_of_try(settings.edns, tries),
        )

    def _another_way(self, exchange: Exchange, meaning: Meaning) -> Query | None:
        """How the same address is asked again, if at all."""
        return another_way(exchange, meaning)

    def _record(self, attempt: Attempt, refuted: bool = False) -> int:
        """Put an attempt into the journal, with what it shows beside those before it; its index.

        It shows nothing where what it would show is `refuted`.
        """
        address, attempts = attempt.exchange.query.address, self._context.journal[self._step].attempts
        before = (earlier for earlier in attempts if earlier.exchange.query.address == address)
        if not refuted and (shown := cause(before, attempt)) is not None:
            attempt = replace(attempt, cause=shown)
        return self._context.journal.attempt(self._step, attempt)

    def _timeout(self, candidate: Candidate) -> float:
        """Seconds to wait for a reply."""
        return self._context.settings.timeout

    async def _exchange(self, candidate: Candidate, query: Query, timeout: float) -> Exchange:
        if self._began is not None:
            self._began(candidate.address)
            self._began = None
        self._under_way[candidate] = _UnderWay(candidate, query, asyncio.get_running_loop().time())
        exchange = await self._context.network.exchange(query, timeout)
        del self._under_way[candidate]
        return self._context.supposed.instead(exchange, self._zone)

    # --- the end ------------------------------------------------------------------------------

    def _last_resort(self) -> int | None:
        """What a lame server offers, when no server of the zone gave better; nothing at all comes last."""
        offers = [
            (attempt.meaning.kind is Kind.EMPTY, index)
            for index, attempt in enumerate(self._context.journal[self._step].attempts)
            if attempt.meaning.offer is not None
        ]
        return min(offers)[1] if offers else None

    async def _give_up(self) -> None:
        """Stop waiting for the rest, and record that they were asked."""
        now = asyncio.get_running_loop().time()
        left = (*self._attempts, *self._lookups)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for asked in self._under_way.values():
            elapsed = now - asked.since
            exchange = Exchange(asked.query, asked.since, elapsed, fault=Fault.ABANDONED)
            self._context.health.abandoned(asked.query.address, elapsed)
            meaning = classify(exchange, self._zone)
            self._context.journal.attempt(self._step, Attempt(asked.candidate.server, exchange, meaning))


async def _first_of(waiting: list[asyncio.Task[Any]], patience: float | None) -> set[asyncio.Task[Any]]:
    """Those that ended, once there is one; none where patience has run out.

    Where this program itself was late, what has arrived meanwhile is still to be read.
    """
    loop = asyncio.get_running_loop()
    due = None if patience is None else loop.time() + patience
    done, _ = await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    if not done and due is not None and (late := loop.time() - due) > _LATE:
        done, _ = await asyncio.wait(waiting, timeout=late, return_when=asyncio.FIRST_COMPLETED)
    return done

"""Asking the servers of one zone: the step of a walk.

A Strategy (strategy.py) decides which server to ask first, when to ask the next one, and which reply to use.
An Asking carries that out: it asks one address, again in another way where the reply calls for that, looks up
the names of servers, and records everything. Which addresses there are is decided in candidates.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, final

from dnstrace.analysis.ordering import place
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
    Purpose,
    Query,
    Question,
    Transport,
)
from dnstrace.model.counting import counted
from dnstrace.model.structs import replace
from dnstrace.port import in_turn
from dnstrace.walk.candidates import Candidate, Candidates, UnderWay
from dnstrace.walk.context import TraceContext
from dnstrace.walk.fallback import PLAIN, another_way, cause, edns_of_try, same_without_route, suspected
from dnstrace.walk.remembered import Chain, Retry
from dnstrace.walk.strategy import Lookup, Strategy

_CONFIRMED = 4  # round trips within which a reply shows that EDNS was not the cause of the silence
_LEAST_CONFIRMED = 0.25  # seconds
_LAST_RESORT = 1.0  # seconds for an address that did not answer for another zone
_UNREACHABLE = {Fault.HOST_UNREACHABLE, Fault.PORT_UNREACHABLE}
_AGAIN = {Kind.TIMEOUT, Kind.CONNECTION_LOST, Kind.MISMATCH, Kind.KNOWN_SILENT}


@final
class Asking:
    """One step: a question put to the servers of a zone, as a strategy decides.

    It reads `candidates`, `attempting`, `looking_up` (the tasks in progress, in order) and `recorded`.
    """

    def __init__(
        self,
        context: TraceContext,
        step: int,
        delegation: Delegation,
        question: Question,
        strategy: Strategy,
        lookup: Lookup,
        began: Callable[[Address], None] | None = None,
        first: Address | None = None,
        skip: frozenset[str] = frozenset(),
        chain: Chain = (),
    ) -> None:
        """`began` is called with the first address asked; `first`, `skip`, `chain` are for Candidates."""
        self.context, self.step, self.delegation = context, step, delegation
        self.strategy = strategy
        self._question, self._lookup, self._began = question, lookup, began
        self.candidates = Candidates(context, step, delegation, question, first, skip, chain)
        self._depth = len(chain)
        self._purpose = context.journal[step].purpose
        self.attempting: dict[asyncio.Task[int | None], Candidate] = {}
        self.looking_up: dict[asyncio.Task[tuple[Address, ...]], Name] = {}
        known = context.health.without_edns if strategy.without_edns is None else strategy.without_edns
        self._without_edns = frozenset(known) if strategy.all_servers else known
        self._under_way: dict[int, UnderWay] = {}  # by the identity of the candidate: to hash it takes longer
        self.made: dict[int, Candidate] = {}  # by the index of the attempt, until they are arranged
        self.settled = False  # by rule: what is still under way is not needed
        self._vain: set[Candidate] = set()  # not asked, since another look-up has tried it in vain
        self._looked_up = [0, 0]  # in each of the two ways
        self.denied = ""  # the limit that stopped this step, in words
        self.late = False  # whether the time was up before every address could reply
        self.kept_back = False  # whether an address was not asked, so that the walk has enough queries

    async def run(self) -> int | None:
        """The index of the attempt to use; None if no server gave a usable reply."""
        try:
            return await self.strategy.choose(self)
        finally:
            await self.give_up()

    # --- what a strategy sees -----------------------------------------------------------------

    @property
    def waiting(self) -> list[asyncio.Task[Any]]:
        """Everything that has not ended."""
        return [*self.attempting, *self.looking_up]

    @property
    def recorded(self) -> tuple[Attempt, ...]:
        """The attempts of this step that have ended."""
        return self.context.journal[self.step].attempts

    @property
    def can_look_up(self) -> bool:
        """Whether there is a name to look up, and another look-up may begin."""
        names = self.candidates.names or self.candidates.names_of_parent
        return bool(names) and len(self.looking_up) < self.strategy.lookups_at_once

    def under_way(self) -> Iterator[tuple[float, Transport]]:
        """Since when each exchange is under way, and over what; a waiting one counts from now."""
        now = asyncio.get_running_loop().time()
        for candidate in self.attempting.values():
            begun = self._under_way.get(id(candidate))
            yield (begun.since, begun.query.transport) if begun else (now, self._first_transport(candidate))

    # --- what a strategy does -----------------------------------------------------------------

    def send(self, candidate: Candidate) -> None:
        """Start asking an address."""
        self.attempting[asyncio.get_running_loop().create_task(self._attempt(candidate))] = candidate

    def take_known(self, candidate: Candidate) -> bool:
        """Take what another trace has heard from an address; False if it has to be asked."""
        context, zone = self.context, self.delegation.zone
        if candidate.tries or not context.health.askable(candidate.address):
            return False
        if (known := context.known(self._first_query(candidate), zone, self._purpose)) is None:
            return False
        self._begins_with(candidate)
        again = self.strategy.shape is None and another_way(known, context.read(known, zone))
        if known.message is None or again or not context.budget.query():
            self.attempting[asyncio.ensure_future(self._asked(candidate, known))] = candidate
        else:
            self._note_life(candidate, known)
            self._record(candidate, known, self._meaning(known))
        return True

    def look_up_next(self) -> bool:
        """Start looking up the next name without an address; False if there is none or a limit is reached."""
        if not self.can_look_up:
            return False
        of_parent = not self.candidates.names
        names = self.candidates.names_of_parent if of_parent else self.candidates.names
        if not self._may_look_up(names[0], of_parent):
            self.candidates.look_up_no_more(of_parent)
            return False
        self._looked_up[of_parent] += 1
        name = names.pop(0)
        self.looking_up[asyncio.ensure_future(self._lookup(name, of_parent))] = name
        return True

    def _may_look_up(self, name: Name, of_parent: bool) -> bool:
        """Whether the limits allow another look-up; one whose result is known costs nothing."""
        budget = self.context.budget
        limit = budget.limits.lookups_per_delegation
        if self._looked_up[of_parent] >= limit:
            bound = counted(limit, "address look-up")
            self.denied = f"the limit of {bound} for one delegation is reached"
            return False
        free = self.context.remembered.lookups.is_free(name, of_parent, self._depth)
        if not free and not budget.lookup():
            self.denied = budget.spent_out
            return False
        return True

    def take_in(self, task: asyncio.Task[Any]) -> int | None:
        """Process a task that has ended; the index of its attempt if that is usable."""
        if task in self.looking_up:
            self._learn(self.looking_up.pop(task), task.result())
            return None
        candidate = self.attempting.pop(task)
        index: int | None = task.result()
        if index is None:
            if candidate in self._vain and self._may_retry(candidate):
                self.candidates.timed_out.append(candidate)
            return None
        meaning = self.recorded[index].meaning
        if meaning.kind in _AGAIN and self._may_retry(candidate):
            self.candidates.timed_out.append(candidate)
        return index if meaning.usable else None

    def _may_retry(self, candidate: Candidate) -> bool:
        """Whether to try an address once more: not if it is dead, or a step that waits for this one will."""
        address, dead = candidate.address.text, self.context.remembered.dead
        if address in self.candidates.once:
            dead.silent(address, self.delegation.zone)
            return False
        return not self.candidates.waited_for and address not in dead

    def _learn(self, name: Name, addresses: tuple[Address, ...]) -> None:
        if self.context.by_rule:
            addresses = tuple(sorted(addresses, key=lambda each: place(name, each.text)))
        self.candidates.add(name, addresses)
        self.context.journal.learnt(self.step, name, addresses)

    # --- one address --------------------------------------------------------------------------

    async def _attempt(self, candidate: Candidate) -> int | None:
        """Ask one address, again in another way where its reply calls for that; the last attempt."""
        if self.strategy.all_servers and not self.context.health.askable(candidate.address):
            return None  # a parallel attempt has shown that its family has no route
        if (retry := self._retry_of(candidate)) is None:
            return await self._asked(candidate)
        retries = self.context.remembered.retries
        if await retries.is_vain(retry):
            self._vain.add(candidate)
            return None
        with retries.made(retry) as ended:
            index = await self._asked(candidate)
            ended(index is not None and self.recorded[index].meaning.kind not in _AGAIN)
        return index

    def _retry_of(self, candidate: Candidate) -> Retry | None:
        """What other look-ups in the zone need not do as well, if this is a further try by a look-up."""
        if not candidate.tries or self._purpose is not Purpose.NS_ADDRESS:
            return None
        rdtype = self._question.rdtype
        return Retry(candidate.address.text, self.delegation.zone, rdtype, candidate.tries)

    async def _asked(self, candidate: Candidate, known: Exchange | None = None) -> int | None:
        """Ask one address, where nothing is `known` of its reply to the first query."""
        index = None
        query: Query | None = self._first_query(candidate)
        while query is not None:
            if not self.context.budget.query():
                self.denied = self.context.budget.spent_out
                return index
            exchange = known or await self._exchange(candidate, query, self._timeout(candidate))
            known, meaning = None, self._meaning(exchange)
            self._note_life(candidate, exchange)
            again = await self._in_usual_way(candidate, exchange, meaning)
            index = self._record(candidate, exchange, meaning, again is not None)
            if again is not None:
                exchange, meaning = again, self._meaning(again)
                index = self._record(candidate, exchange, meaning)
            query = another_way(exchange, meaning) if self.strategy.shape is None else None
        return index

    def _meaning(self, exchange: Exchange) -> Meaning:
        """Learn from an exchange, and return what it means."""
        self.context.health.learn(exchange)
        if exchange.cached is None:  # what another trace has read takes no more memory
            self.context.budget.received(len(exchange.wire or b""))
        return self.context.read(exchange, self.delegation.zone)

    def _note_life(self, candidate: Candidate, exchange: Exchange) -> None:
        """Note whether an address is dead: it did not answer its last try, or nobody can reach it."""
        settings, address = self.context.settings, candidate.address.text
        last = candidate.tries + 1 >= settings.tries or self.candidates.are_last_resort
        ended = last and exchange.fault is Fault.TIMEOUT and self.strategy.tells_life
        if exchange.message is not None or ended or exchange.fault in _UNREACHABLE:
            replied = exchange.message is not None
            self.context.remembered.dead.learn(address, self.delegation.zone, replied)

    async def _in_usual_way(
        self, candidate: Candidate, exchange: Exchange, meaning: Meaning
    ) -> Exchange | None:
        """The reply to the same query in the usual way, if that may have been lost by chance; else None."""
        settings = self.context.settings
        usual = suspected(settings.edns, candidate.tries, exchange, meaning)
        if usual is None or not self.context.budget.query():
            return None
        timeout = min(settings.timeout, max(_CONFIRMED * exchange.elapsed, _LEAST_CONFIRMED))
        again = await self._exchange(candidate, replace(exchange.query, edns=usual), timeout)
        return None if again.message is None else again

    def _first_query(self, candidate: Candidate) -> Query:
        """The query with which an address is asked first."""
        settings, address = self.context.settings, candidate.address.text
        tries = PLAIN if address in self._without_edns else candidate.tries
        usual = Transport.TCP if settings.tcp else Transport.UDP
        edns, zone = edns_of_try(settings.edns, tries), self.delegation.zone
        query = Query(self._question, address, settings.port, usual, edns, zone=zone)
        return query if self.strategy.shape is None else self.strategy.shape(query)

    def _first_transport(self, candidate: Candidate) -> Transport:
        usual = Transport.TCP if self.context.settings.tcp else Transport.UDP
        return usual if self.strategy.shape is None else self._first_query(candidate).transport

    def _timeout(self, candidate: Candidate) -> float:
        """Seconds to wait for a reply."""
        if self.candidates.are_last_resort:
            return min(self.context.settings.timeout, _LAST_RESORT)
        return self.context.settings.timeout * (self.strategy.retry_share if candidate.tries else 1.0)

    def _record(
        self, candidate: Candidate, exchange: Exchange, meaning: Meaning, refuted: bool = False
    ) -> int:
        """Record an attempt with the cause that it reveals, given the earlier ones; its index.

        No cause is recorded if it has been `refuted`.
        """
        attempt = Attempt(candidate.server, exchange, meaning)
        if self.strategy.all_servers and (index := same_without_route(self.recorded, attempt)) is not None:
            return index
        address = attempt.address
        before = (earlier for earlier in self.recorded if earlier.address == address)
        if not refuted and (shown := cause(before, attempt)) is not None:
            attempt = replace(attempt, cause=shown)
        index = self.context.journal.attempt(self.step, attempt)
        self.made[index] = candidate
        return index

    async def _exchange(self, candidate: Candidate, query: Query, timeout: float) -> Exchange:
        self._begins_with(candidate)
        if (known := self.context.known(query, self.delegation.zone, self._purpose)) is not None:
            return known
        of = candidate.tries + 1, self.context.settings.tries
        network = self.context.hearing or self.context.network
        with self.context.journal.waiting(candidate.server, query.address, timeout, *of):
            exchange = await in_turn(network, query, timeout, lambda: self._note_sent(candidate, query))
        self._under_way.pop(id(candidate), None)
        return self.context.supposed.instead(exchange, self.delegation.zone)

    def _begins_with(self, candidate: Candidate) -> None:
        if self._began is not None:
            self._began(candidate.address)
            self._began = None

    def _note_sent(self, candidate: Candidate, query: Query) -> None:
        self._under_way[id(candidate)] = UnderWay(candidate, query, asyncio.get_running_loop().time())

    # --- the end ------------------------------------------------------------------------------

    async def give_up(self) -> None:
        """Stop waiting for the others, and record that they were asked."""
        now = asyncio.get_running_loop().time()
        left = self.waiting
        for task in left:
            task.cancel()
        if left:
            await asyncio.gather(*left, return_exceptions=True)
        for asked in self._under_way.values():
            elapsed = now - asked.since
            exchange = Exchange(asked.query, asked.since, elapsed, fault=Fault.ABANDONED)
            self.context.health.abandoned(asked.query.address, elapsed)
            meaning = classify(exchange, self.delegation.zone)
            attempt = Attempt(asked.candidate.server, exchange, meaning, surplus=self.settled)
            self.context.journal.attempt(self.step, attempt)
        for ended in (self.attempting, self.looking_up, self._under_way):
            ended.clear()

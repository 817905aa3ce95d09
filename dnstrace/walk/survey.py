"""Asking every address of every server of a zone, side by side: for `--all-servers`.

How one address is asked, and in which other ways, is `asking.Asking`'s. Here nobody is waited for
before the next is asked, and nobody is given up: a step lasts until the slowest address has answered, or
the time of each of its tries is over, since a diagnosis wants to know whether it answers at all. An
address that failed earlier in the run is asked once.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from typing import Any

from dnstrace.analysis.paths import UNHEARD, lead
from dnstrace.model import Attempt, Fault, Kind, Step
from dnstrace.walk.asking import Asking
from dnstrace.walk.candidates import Candidate
from dnstrace.walk.health import FAILED

ADDRESSES_AT_ONCE = 32  # more than any honest delegation has; each takes a socket


class Survey(Asking):
    """One step: a question put to every address of every server of a zone."""

    lookups_at_once = 16

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        health = self._context.health
        self._tries = self._context.settings.tries
        self._once = {a for a in self._whom.seen if health.doubt(a) == FAILED}
        self._whom.ready = self._in_order(self._whom.ready)

    def _in_order(self, candidates: list[Candidate]) -> list[Candidate]:
        """Each address once, under the first name that has it."""
        names = [server.name for server in self._delegation.servers]
        found: dict[str, Candidate] = {}
        for candidate in sorted(candidates, key=lambda c: (self._place(c), names.index(c.server))):
            found.setdefault(candidate.address.text, candidate)
        return list(found.values())

    async def _first_usable(self) -> int | None:
        """One of the attempts with the meaning that most have; as `Asking` goes on where none is usable."""
        try:
            await self._ask_all()
        finally:
            self._context.journal.arrange(self._step, self._place)
        self._drop_silent_family()
        chosen = self._chosen()
        return await super()._first_usable() if chosen is None else chosen

    async def _ask_all(self) -> None:
        self._start_all()
        while waiting := [*self._attempts, *self._lookups]:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in waiting if task in done]:
                self._ended(task)
            self._start_all()

    def _start_all(self) -> None:
        """Ask all that is at hand, then what did not answer once more, and look every name up."""
        tries = self._tries
        again = [c._replace(tries=c.tries + 1) for c in self._whom.timed_out]
        self._whom.ready += [c for c in again if c.tries < tries and c.address.text not in self._once]
        self._whom.timed_out = []
        while self._whom.ready and len(self._attempts) < ADDRESSES_AT_ONCE:
            candidate = self._whom.ready.pop(0)
            self._attempts[asyncio.ensure_future(self._attempt(candidate))] = candidate
        while self._whom.names and len(self._lookups) < self.lookups_at_once:
            self._start_lookup()

    async def _attempt(self, candidate: Candidate) -> int | None:
        askable = self._context.health.askable(candidate.address)  # asked now: the others have begun
        return await super()._attempt(candidate) if askable else None

    def _timeout(self, candidate: Candidate) -> float:
        """The first try has its full time; a further one is for a datagram that was lost, and has half."""
        return super()._timeout(candidate) / (2 if candidate.tries else 1)

    def _record(self, attempt: Attempt, refuted: bool = False) -> int:
        """One address tells for all of its family that there is no route."""
        told = (attempt.exchange.fault, attempt.exchange.query.family)
        if attempt.exchange.fault is Fault.NETWORK_UNREACHABLE:
            for index, earlier in enumerate(self._context.journal[self._step].attempts):
                if (earlier.exchange.fault, earlier.exchange.query.family) == told:
                    return index
        return super()._record(attempt, refuted)

    def _place(self, asked: Candidate | Attempt) -> int:
        """Where an address stands: by the order of the servers, then of their addresses."""
        address = asked.address.text if isinstance(asked, Candidate) else asked.exchange.query.address
        servers = self._context.journal[self._step].servers
        known = [known.text for server in servers for known in server.addresses]
        return known.index(address) if address in known else len(known)

    def _chosen(self) -> int | None:
        attempts = self._context.journal[self._step].attempts
        leads = {i: lead(each.meaning) for i, each in enumerate(attempts) if each.meaning.usable}
        if not leads:
            return None
        counts = Counter(leads.values())
        most = max(counts.values())
        return self._context.random.choice([i for i, where in leads.items() if counts[where] == most])

    def _drop_silent_family(self) -> None:
        """A family is dropped for the run where none of its addresses replies and the other's do."""
        silent: dict[int, set[str]] = defaultdict(set)
        replied = set()
        for attempt in self._context.journal[self._step].attempts:
            if attempt.exchange.message is not None:
                replied.add(attempt.exchange.query.family)
            elif attempt.meaning.kind is Kind.TIMEOUT:
                silent[attempt.exchange.query.family].add(attempt.exchange.query.address)
        for family, addresses in silent.items():
            if replied - {family} and family not in replied and len(addresses) >= UNHEARD:
                self._context.health.silent(family)


def others(step: Step, gone_by: set[int]) -> list[int]:
    """The usable attempts of a step that were not gone by yet, those that lead elsewhere first."""
    here = None if step.chosen is None else lead(step.attempts[step.chosen].meaning)
    left = {
        index: lead(attempt.meaning) == here
        for index, attempt in enumerate(step.attempts)
        if attempt.meaning.usable and index not in gone_by
    }
    return sorted(left, key=lambda index: left[index])

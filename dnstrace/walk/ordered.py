"""The strategy of `--check` for what the walk needs on its way: the first server in order that is usable.

What is found must not depend on who replies first. Servers are asked as in hedging.py, another one when the
first takes too long, but the reply used is that of the first server in order that gives a usable one: one
further on counts only once all before it have failed. Names are looked up one at a time, and only when no
address at hand is left.
"""

from __future__ import annotations

import asyncio
from typing import Any

from dnstrace.analysis.choice import most_common, offered
from dnstrace.analysis.ordering import place
from dnstrace.model import Attempt, Kind
from dnstrace.walk.asking import Asking
from dnstrace.walk.candidates import Candidate
from dnstrace.walk.hedging import first_of, patience_left, unrecorded
from dnstrace.walk.strategy import Strategy

Task = asyncio.Task[Any]


async def first_in_order(asking: Asking) -> int | None:
    """Ask one server after another; the attempt of the first in order that is usable, else a lame offer."""
    asking.made.clear()  # of attempts that are arranged already
    usable = await _InOrder(asking).ask()
    chosen = None if usable is None else asking.recorded[usable]
    asking.context.journal.arrange(asking.step, lambda attempt: place(attempt.server, attempt.address))
    if chosen is None:
        return _lame_offer(asking)
    return next(index for index, attempt in enumerate(asking.recorded) if attempt is chosen)


ORDERED = Strategy(first_in_order, lookups_at_once=1)


class _InOrder:
    """One asking in order: `_sent` are all attempts as they began, `_usable` those with a usable reply.

    What began after the one that is used was not needed: the delay of a reply decided that it was sent.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._sent: dict[Task, Candidate] = {}
        self._usable: dict[Task, int] = {}

    async def ask(self) -> int | None:
        """The index of the attempt to use; None if no server gives a usable reply."""
        asking, health = self._asking, self._asking.context.health
        width, patience = 1, health.patience()
        self._ask_more(width)
        while waiting := asking.waiting:
            more = bool(asking.candidates.ready) and not self._usable
            done = await first_of(waiting, patience_left(asking, patience) if more else None)
            if not done:
                self._send(width)
                width, patience = width * 2, max(patience / 2, health.round_trip)
            failed = self._take_in([task for task in waiting if task in done])
            if (settled := self._settled()) is not None:
                return settled
            if done and not self._usable:
                self._ask_more(failed if asking.attempting else max(failed, 1))
        return None

    def _take_in(self, done: list[Task]) -> int:
        """Process the tasks that have ended; how many of them were attempts in vain."""
        failed = 0
        for task in done:
            attempted = task in self._asking.attempting
            if (index := self._asking.take_in(task)) is not None:
                self._usable[task] = index
            failed += attempted and index is None
        return failed

    def _settled(self) -> int | None:
        """The attempt to use, once all that began before it have failed."""
        needed = set[Candidate]()
        for task, candidate in self._sent.items():
            needed.add(candidate)
            if task in self._usable:
                self._leave(needed)
                return self._usable[task]
            if task in self._asking.attempting:
                return None
        return None

    def _leave(self, needed: set[Candidate]) -> None:
        asking = self._asking
        unneeded = {index for index, candidate in asking.made.items() if candidate not in needed}
        asking.settled = True
        asking.context.journal.surplus(asking.step, unneeded)

    def _ask_more(self, count: int) -> None:
        """Ask up to `count` more addresses; look a name up only when nothing else is left."""
        candidates = self._asking.candidates
        if unrecorded(self._asking):
            candidates.give_up()
        self._send(len(candidates.ready) if candidates.are_last_resort else count)
        while not self._asking.waiting and (self._asking.look_up_next() or candidates.go_further()):
            self._send(len(candidates.ready) if candidates.are_last_resort else count)

    def _send(self, count: int) -> None:
        for _ in range(count):
            if (candidate := self._asking.candidates.next()) is None:
                return
            self._asking.send(candidate)
            self._sent |= self._asking.attempting


def _lame_offer(asking: Asking) -> int | None:
    """What most lame servers offer, if no server of the zone gave anything better; an empty reply last."""
    asked = asking.recorded

    def better(attempt: Attempt) -> Any:
        return None if attempt.meaning.kind is Kind.EMPTY else offered(attempt)

    found = most_common(asked, better)
    return most_common(asked, offered) if found is None else found

"""The failures and look-ups of one trace: what was tried in vain is not tried again in the same way.

A name server's address is looked up once in each way. Whoever needs it while the look-up is under way waits
for its result, unless that look-up itself waits, directly or through others, for the one who asks. That is a
cycle, and the one who asks goes without the address. A failure to which a cycle, or the limit on nested
look-ups, contributed is provisional: once an address that it went without has been found (or the name is
needed less deep), the name is looked up again. So the work is linear in the number of names, and nothing that
can be found is missed.

Unlike `health.Health`, nothing here is shared between traces.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import dns.rdatatype

from dnstrace.model import Address, Name, Question
from dnstrace.model.kept import once
from dnstrace.model.structs import Struct

FAMILY_TYPES = {4: dns.rdatatype.A, 6: dns.rdatatype.AAAA}


class Node(NamedTuple):
    """A name server whose address is needed; `of_parent` if the parent's servers are asked for it."""

    name: Name
    of_parent: bool = False


class Sought(Struct):
    """A question under way. `zone` is the one that needs the address asked for; None for the trace's own."""

    question: Question
    zone: Name | None = None
    of_parent: bool = False

    @property
    def node(self) -> Node | None:
        """The name server whose address this question asks for, or None if it asks for something else."""
        return Node(self.question.name, self.of_parent) if _asks_address(self.question) else None


Chain = tuple[Sought, ...]
"""Questions under way, each of which waits for the next."""


class Found(NamedTuple):
    """What a look-up found, and with `go_on`, that one for the other family may find more."""

    addresses: tuple[Address, ...] = ()
    go_on: bool = False


class _Ended(Struct):
    """A look-up that has ended, after `runs` runs.

    `depth` is how deep it was nested if the limit on that contributed to its failure.
    """

    found: Found
    runs: int
    depth: int | None


class Cycle(NamedTuple):
    """The name servers that depend on each other, so that the first cannot be looked up now."""

    names: tuple[Name, ...]


class Lookups:
    """The look-ups of one trace."""

    def __init__(self) -> None:
        self._ended: dict[tuple[Question, bool], _Ended] = {}
        self._running: dict[tuple[Question, bool], asyncio.Event] = {}
        self._needs: dict[Node, Counter[Node]] = defaultdict(Counter)  # what each waits for at this moment
        self._without: dict[Node, set[Node]] = defaultdict(set)  # what each has gone without
        self._shallow: set[Node] = set()  # those that the limit on nested look-ups kept from something
        self._begun: dict[Node, int] = {}  # how many had been found when each last began
        self._found: dict[Node, int] = {}  # how many had been found with it

    async def get(
        self, sought: Sought, chain: Chain, look_up: Callable[[], Awaitable[Found]]
    ) -> Found | Cycle:
        """The result of a look-up for the last of `chain`: a former one, that under way, or a new one.

        `look_up` makes a new one. A Cycle if the look-up would have to wait for itself.
        """
        node, needer = Node(sought.question.name, sought.of_parent), chain[-1].node if chain else None
        key = sought.question, sought.of_parent
        while not self._is_settled(key, node, len(chain)):
            if needer is not None and (path := self._path(node, needer)):
                self.go_without(chain, node)
                return Cycle(tuple(each.name for each in path))
            with self._needing(needer, node):
                if key not in self._running:
                    await self._run(key, node, len(chain), look_up)
                    break
                await self._running[key].wait()
        found = self._ended[key].found
        if not found.addresses:
            self.go_without(chain, node)
        return found

    def is_free(self, name: Name, of_parent: bool, depth: int) -> bool:
        """Whether a look-up for someone `depth` deep costs nothing: it is known already, or under way."""
        keys = self._keys(name, of_parent)
        ended = [key for key in keys if key in self._ended]
        settled = all(self._is_settled(key, Node(name, of_parent), depth) for key in ended)
        return any(key in self._running for key in keys) or (bool(ended) and settled)

    def is_worth_repeating(self, name: Name, depth: int) -> bool:
        """Whether a look-up failed, and something that it went without has been found since."""
        ended = [key for key in self._keys(name, False) if key in self._ended]
        return any(not self._is_settled(key, Node(name), depth) for key in ended)

    def _keys(self, name: Name, of_parent: bool) -> list[tuple[Question, bool]]:
        return [(Question(name, rdtype), of_parent) for rdtype in FAMILY_TYPES.values()]

    def go_without(self, chain: Chain, node: Node) -> None:
        """Note that whoever waits for the last of `chain` has to go without `node`."""
        if chain and (needer := chain[-1].node) is not None and needer != node:
            self._without[needer].add(node)
            if node in self._shallow:
                self._shallow.add(needer)

    def too_deep(self, chain: Chain) -> None:
        """Note that the limit on nested look-ups kept the last of `chain` from another one."""
        if chain and (needer := chain[-1].node) is not None:
            self._shallow.add(needer)

    # --- running one ---------------------------------------------------------------------------

    async def _run(
        self, key: tuple[Question, bool], node: Node, depth: int, look_up: Callable[[], Awaitable[Found]]
    ) -> None:
        runs = self._ended[key].runs if key in self._ended else 0
        event = self._running[key] = asyncio.Event()
        self._begun[node] = len(self._found)
        self._shallow.discard(node)
        try:
            found = await look_up()
        finally:  # whoever waits for a look-up that was cancelled makes it himself
            del self._running[key]
            event.set()
        if found.addresses:
            self._found.setdefault(node, len(self._found) + 1)
        self._ended[key] = _Ended(found, runs + 1, depth if node in self._shallow else None)

    @contextmanager
    def _needing(self, needer: Node | None, node: Node) -> Iterator[None]:
        if needer is None:
            yield
            return
        self._needs[needer][node] += 1
        try:
            yield
        finally:
            self._needs[needer][node] -= 1

    def _path(self, start: Node, end: Node) -> list[Node]:
        """The nodes from `start` to `end`, each of which waits for the next; empty if there is no path."""
        before: dict[Node, Node | None] = {start: None}
        to_visit = [start]
        while to_visit:
            node = to_visit.pop()
            if node == end:
                return _way_back(node, before)
            fresh = [
                need for need, count in self._needs.get(node, {}).items() if count and need not in before
            ]
            before |= dict.fromkeys(fresh, node)
            to_visit += fresh
        return []

    # --- what a failure is worth ----------------------------------------------------------------

    def _is_settled(self, key: tuple[Question, bool], node: Node, depth: int) -> bool:
        """Whether the result of a former look-up still counts."""
        if (ended := self._ended.get(key)) is None:
            return False
        if ended.found.addresses:
            return True
        if ended.depth is not None and depth < ended.depth:
            return False
        return ended.runs > len(self._found) or not self._has_changed(node)

    def _has_changed(self, node: Node) -> bool:
        """Whether something was found after it, or what it needs, had to go without that."""
        seen, to_visit = {node}, [node]
        while to_visit:
            needer = to_visit.pop()
            lacking = self._without.get(needer, set())
            if any(self._found.get(each, 0) > self._begun.get(needer, 0) for each in lacking):
                return True
            to_visit += lacking - seen
            seen |= lacking
        return False


class Dead:
    """The addresses that have answered nothing in this trace, although all tries were made for a zone."""

    def __init__(self) -> None:
        self._silent_for: dict[str, set[Name]] = {}
        self._silent_once: dict[str, set[Name]] = {}
        self._alive: set[str] = set()

    def learn(self, address: str, zone: Name, replied: bool) -> None:
        """Note that an address has replied to a query for `zone`, or has let the last try run out."""
        if replied:
            self._alive.add(address)
            self._silent_for.get(address, set()).discard(zone)
            self._silent_once.get(address, set()).discard(zone)
        else:
            self._silent_for.setdefault(address, set()).add(zone)

    def silent(self, address: str, zone: Name) -> None:
        """Note that an address that was silent before let its only try for `zone` run out."""
        self._silent_once.setdefault(address, set()).add(zone)

    @property
    def any(self) -> bool:
        """Whether any address has been silent."""
        return bool(self._silent_for)

    def __contains__(self, address: str) -> bool:
        return address not in self._alive and bool(self._silent_for.get(address))

    def is_silent_for(self, address: str, zone: Name) -> bool:
        """Whether an address was silent when it was asked for `zone`, in every try that it was given."""
        return any(zone in known.get(address, ()) for known in (self._silent_for, self._silent_once))


class Retry(NamedTuple):
    """A further try of an address that did not answer, by a look-up in a zone; `number` counts from 1."""

    address: str
    zone: Name
    rdtype: dns.rdatatype.RdataType
    number: int


class Retries:
    """The further tries that look-ups make: those in one zone at the same time make each of them once."""

    def __init__(self) -> None:
        self._made: dict[Retry, asyncio.Future[bool]] = {}

    async def is_vain(self, retry: Retry) -> bool:
        """Whether another look-up has made the same try in vain; waits for it if it is under way."""
        while (made := self._made.get(retry)) is not None:
            await asyncio.wait([made])
            if not made.cancelled():
                return not made.result()
        return False

    @contextmanager
    def made(self, retry: Retry) -> Iterator[Callable[[bool], None]]:
        """Make a try: call what this gives with whether there was a reply. Without that it does not count."""
        ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._made[retry] = ended
        try:
            yield ended.set_result
        finally:
            if not ended.done():
                del self._made[retry]
                ended.cancel()


class Remembered:
    """What one trace has tried; most need nothing of it, so that each is made when it is first needed."""

    @once
    def lookups(self) -> Lookups:
        """The look-ups of addresses of name servers."""
        return Lookups()

    @once
    def dead(self) -> Dead:
        """The addresses that have answered nothing."""
        return Dead()

    @once
    def retries(self) -> Retries:
        """The further tries of look-ups."""
        return Retries()


def _asks_address(question: Question) -> bool:
    return question.rdtype in FAMILY_TYPES.values()


def _way_back(node: Node, before: dict[Node, Node | None]) -> list[Node]:
    path: list[Node] = []
    here: Node | None = node
    while here is not None:
        path.insert(0, here)
        here = before[here]
    return path

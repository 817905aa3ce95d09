"""Looking up the addresses of name servers that a referral has no usable address for.

The usual way is a walk of its own (a sub-walk), which starts at the deepest zone cut known. For a name
server inside its own zone there is another: when nothing else is left, the parent's servers are asked for its
address explicitly, since some give it only then (Unbound does the same as its last resort). Each name is
looked up once in each way (`remembered.Lookups`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, NamedTuple

import dns.rdatatype

from dnstrace.message.given import addresses_given
from dnstrace.model import ROOT, Address, Kind, Meaning, Name, NameServer, Outcome, Purpose, Question, Source
from dnstrace.model.addresses import address_of
from dnstrace.model.counting import counted
from dnstrace.model.naming import plain
from dnstrace.walk.health import may_be_asked
from dnstrace.walk.remembered import FAMILY_TYPES, Chain, Cycle, Found, Sought
from dnstrace.walk.result import unasked, why_not_asked

if TYPE_CHECKING:
    from dnstrace.walk.context import TraceContext
    from dnstrace.walk.result import WalkResult

Resolve = Callable[[Question, Purpose, "int | None", Chain], Awaitable["WalkResult"]]
AskOnce = Callable[[Question, "int | None", Chain], Awaitable[tuple[int, "Meaning | None"]]]
"""Puts a question to the servers above a zone; the step, and what it means if that is usable."""


_NOT_RECORDED = "the record lacks replies that show the addresses of name servers"


class Needed(NamedTuple):
    """A name server's address is needed in step `step`, for which the questions of `chain` wait."""

    name: Name
    step: int | None
    chain: Chain
    of_parent: bool = False


class ServerLookups:
    """The look-ups of one walk: `resolve` makes a sub-walk, `ask_above` asks the parent's servers."""

    def __init__(self, context: TraceContext, resolve: Resolve, ask_above: AskOnce) -> None:
        self._context, self._resolve, self._ask_above = context, resolve, ask_above
        self._no_address: dict[int, str] = {}  # by the step whose look-up failed

    async def find(self, needed: Needed, every: bool = False) -> tuple[Address, ...]:
        """The addresses of a name server: IPv6 if IPv4 gave none; both with `every`.

        Those of a family that is not asked come last, so that it is known whether there are any.
        """
        if len(needed.chain) > (depth := self._context.budget.limits.depth):
            self._context.remembered.lookups.too_deep(needed.chain)
            self._note(needed.step, f"the limit of {counted(depth, 'nested address look-up')} is reached")
            return ()
        asked = self._context.health.families
        families = sorted(FAMILY_TYPES, key=lambda family: (family not in asked, family))
        questions = [Question(needed.name, FAMILY_TYPES[family]) for family in families]
        found: tuple[Address, ...] = ()
        if every:
            each_family = await asyncio.gather(*(self._get(question, needed) for question in questions))
            found = tuple(dict.fromkeys(address for each in each_family for address in each.addresses))
        for question in () if every else questions:
            addresses, go_on = await self._get(question, needed)
            found += addresses
            if any(map(may_be_asked, addresses)) or not go_on:
                break
        if why := unasked((NameServer(needed.name, found),)):
            self._note(needed.step, why)
        return found

    async def _get(self, question: Question, needed: Needed) -> Found:
        """What a look-up of one family finds; nothing if it would have to wait for itself."""
        zone = None if needed.step is None else self._context.journal[needed.step].zone
        sought = Sought(question, zone, needed.of_parent)
        look_up = self._of_parent if needed.of_parent else self._by_walk

        async def made() -> Found:
            return await look_up(question, needed.step, (*needed.chain, sought))

        found = await self._context.remembered.lookups.get(sought, needed.chain, made)
        if isinstance(found, Cycle):
            self._note_cycle(needed.step, found)
            return Found()
        return found

    async def _by_walk(self, question: Question, step: int | None, chain: Chain) -> Found:
        """What a sub-walk finds."""
        result = await self._resolve(question, Purpose.NS_ADDRESS, step, chain)
        addresses = tuple(
            Address(text, Source.RESOLVED)
            for rrset in result.answer
            if rrset.rdtype == question.rdtype
            for text in filter(None, map(address_of, rrset))
        )
        if addresses:
            ttl = min((rrset.ttl for rrset in result.answer), default=0)
            self._context.cuts.add_addresses(question.name, addresses, ttl)
        elif self._lacks_replies(result.step):
            self._note(step, _NOT_RECORDED)
        return Found(addresses, result.outcome is not Outcome.NXDOMAIN and self._was_heard(result.step))

    async def _of_parent(self, question: Question, step: int | None, chain: Chain) -> Found:
        """What the parent's servers give when they are asked for the address itself: an answer, or glue."""
        number, meaning = await self._ask_above(question, step, chain)
        given = addresses_given(meaning, question) if meaning is not None else ()
        addresses = tuple(Address(text, Source.RESOLVED) for text in given)
        if addresses:
            self._context.cuts.add_addresses(question.name, addresses)
        elif self._lacks_replies(number):
            self._note(step, _NOT_RECORDED)
        return Found(addresses, self._was_heard(number))

    def _lacks_replies(self, step: int | None) -> bool:
        """Whether a record lacks what the servers said in the step in which a look-up ended."""
        return step is not None and (self._context.journal[step].lacks_replies or self.not_recorded(step))

    def _was_heard(self, step: int | None) -> bool:
        """Whether any server replied in the step in which a look-up ended."""
        attempts = () if step is None else self._context.journal[step].attempts
        return any(attempt.exchange.message is not None for attempt in attempts)

    # --- why there is none -----------------------------------------------------------------------

    def go_without(self, step: int, chain: Chain, names: Collection[Name]) -> None:
        """Note that a step leaves out name servers inside its zone, which whoever waits for it needs too."""
        for name in names:
            node = Sought(Question(name, dns.rdatatype.A)).node
            if node is not None:
                self._context.remembered.lookups.go_without(chain, node)
        if names:
            asked = self._context.journal[step].question.name
            self._note_inside(step, asked if asked in names else next(iter(names)))

    def not_recorded(self, step: int) -> bool:
        """Whether a step found no address to ask, since a record lacks replies to its look-ups."""
        return not self._context.journal[step].attempts and _NOT_RECORDED in self._no_address_of(step)

    def why_none(self, step: int) -> str:
        """Why a step found no address to ask: what ended its look-ups, or those nested in them."""
        made = self._context.journal[step]
        if any(attempt.meaning.kind is not Kind.NETWORK_UNREACHABLE for attempt in made.attempts):
            return ""
        if why_unasked := unasked(made.servers):
            return why_unasked
        if family_unasked := why_not_asked(made, self._context.health.unasked):
            self._note(step, family_unasked)
            return family_unasked
        if made.attempts:
            return ""
        return next(iter(self._no_address_of(step)), self._context.budget.spent_out)

    def _no_address_of(self, step: int) -> list[str]:
        """What ended the look-ups of a step, or those nested in them."""
        return [text for ended, text in self._no_address.items() if ended >= step]

    def _note_cycle(self, step: int | None, cycle: Cycle) -> None:
        zone = ROOT if step is None else self._context.journal[step].zone
        if len(cycle.names) == 1 and zone != ROOT and cycle.names[0].is_subdomain(zone):
            self._note_inside(step, cycle.names[0])
            return
        first = cycle.names.index(min(cycle.names))  # wherever it was met
        circle = (*cycle.names[first:], *cycle.names[: first + 1])
        names = ", which needs ".join(map(plain, circle))
        needs = names.replace(", which needs ", " needs ", 1)
        self._note(step, f"addresses of name servers depend on each other: {needs}")

    def _note_inside(self, step: int | None, name: Name) -> None:
        zone = ROOT if step is None else self._context.journal[step].zone
        inside = f"{plain(name)} is inside {plain(zone)} itself"
        self._note(step, f"{inside}, and the referral has no address (glue) for it")

    def _note(self, step: int | None, why: str) -> None:
        if step is not None:
            self._no_address.setdefault(step, why)

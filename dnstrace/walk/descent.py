"""The walk: RFC 1034 section 5.3.3, step by step.

    1. See what is known; start at the deepest zone cut known that encloses the name  (Walk._descend)
    2. Find the best servers to ask                                           (candidates.Candidates)
    3. Ask them until one gives a usable answer                           (asking.Asking, by hedging.HEDGED)
    4. By what the reply means (meaning.classify):
       answer or negative answer, return it; alias, start again with its target        (Walk.resolve)
       referral, go on to the zone it names                                           (Walk._descend)
       anything else, ask the next server                                             (asking.Asking)

A name server whose address is not known is looked up by a walk of its own (a sub-walk). Everything is
recorded in the journal as it happens, and counts against one budget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import dns.rdatatype
import dns.rrset

from dnstrace.model import (
    ROOT,
    Address,
    Delegation,
    Kind,
    Meaning,
    Name,
    NameServer,
    Outcome,
    Purpose,
    Question,
    Source,
)
from dnstrace.model.addresses import address_of
from dnstrace.model.counting import counted
from dnstrace.model.naming import plain
from dnstrace.walk.asking import Asking, Strategy
from dnstrace.walk.context import TraceContext
from dnstrace.walk.health import FAILED, may_be_asked
from dnstrace.walk.hedging import HEDGED
from dnstrace.walk.minimise import MAX_MINIMISE_COUNT, next_question
from dnstrace.walk.result import (
    OUTCOMES,
    WalkResult,
    failed,
    not_recorded,
    result_of,
    unasked,
    unfinished,
    why_none,
)

_WALKS = {Purpose.WALK, Purpose.ALIAS}
_EXISTS = {Kind.ANSWER, Kind.NODATA}
_FAMILY_TYPES = {4: dns.rdatatype.A, 6: dns.rdatatype.AAAA}


FirstQuery = Callable[[Delegation, int, Address], None]


class Walk:
    """One trace's walk and its sub-walks, over the context that they share.

    `on_first_query` is called whenever a step of the walk itself, but not of a sub-walk, sends its first
    query: with the cut, the step and the address. `strategy` is how the walk itself asks a zone's servers.
    """

    def __init__(self, context: TraceContext, strategy: Strategy = HEDGED) -> None:
        self._context, self._strategy = context, strategy
        self._no_address: dict[int, str] = {}  # by the step whose look-up failed
        self.on_first_query: FirstQuery | None = None

    async def resolve(
        self,
        question: Question,
        purpose: Purpose = Purpose.WALK,
        parent: int | None = None,
        under_way: tuple[Question, ...] = (),
    ) -> WalkResult:
        """Resolve `question`, following aliases; `under_way` are the questions that are waiting for it."""
        answer: tuple[dns.rrset.RRset, ...] = ()
        names = {question.name}
        while True:
            step, meaning = await self._descend(question, purpose, parent, (*under_way, question))
            if meaning is None:
                return failed(self._context.journal[step], answer)
            if meaning.kind is not Kind.ALIAS or meaning.target is None:
                return result_of(meaning, answer, step)
            answer += tuple(rrset for rrset in meaning.answer if rrset not in answer)
            if meaning.target in names:
                loop = f"alias loop: the chain returns to {plain(meaning.target)}"
                return unfinished(loop, meaning, answer, step)
            if not self._context.budget.alias():
                return unfinished(self._context.budget.spent_out, meaning, answer, step)
            names.add(meaning.target)
            question, parent = replace(question, name=meaning.target), step
            purpose = Purpose.ALIAS if purpose is Purpose.WALK else purpose

    async def go_down(self, question: Question, parent: int | None) -> tuple[int, Meaning | None]:
        """Walk down to the referral to the name itself, else to what its zone says, following no alias."""
        return await self._descend(question, Purpose.WALK, parent, (question,), down_to_name=True)

    async def _descend(
        self,
        question: Question,
        purpose: Purpose,
        parent: int | None,
        under_way: tuple[Question, ...],
        first: Address | None = None,
        down_to_name: bool = False,
    ) -> tuple[int, Meaning | None]:
        """Follow referrals from the deepest known cut; the last step, and what it means if that is usable.

        `down_to_name` ends it at a referral to the name itself; `first` is as for `asking.Asking`.
        """
        cut = self._context.cuts.enclosing(question)
        known, minimised = cut.zone, 0 if self._context.settings.qmin else MAX_MINIMISE_COUNT
        while True:
            asked = next_question(question, known, minimised)
            step, meaning = await self._ask(cut, asked, purpose, parent, under_way, first)
            parent = step
            if meaning is not None and meaning.delegation is not None:
                cut = meaning.delegation
                known = cut.zone
                self._context.cuts.add(cut)
                if down_to_name and known == question.name:
                    return step, meaning
            elif asked == question:
                return step, meaning
            elif meaning is not None and meaning.kind in _EXISTS:
                known = asked.name
            else:  # a server may deny an empty non-terminal and yet know the whole name (RFC 9156 section 3)
                minimised = MAX_MINIMISE_COUNT
            minimised += asked != question

    async def _ask(
        self,
        cut: Delegation,
        question: Question,
        purpose: Purpose,
        parent: int | None,
        under_way: tuple[Question, ...],
        first: Address | None = None,
    ) -> tuple[int, Meaning | None]:
        """One step: ask the servers of `cut`; the meaning is None if none gave a usable answer."""
        journal, cuts = self._context.journal, self._context.cuts
        cut = cuts.with_addresses(cut)
        strategy = self._strategy if purpose in _WALKS else HEDGED
        step = journal.begin(parent, purpose, cut, question, strategy.all_servers)

        async def lookup(name: Name) -> tuple[Address, ...]:
            return await self.look_up(name, step, under_way, strategy.all_servers)

        def began(address: Address) -> None:
            if self.on_first_query is not None and purpose in _WALKS:
                self.on_first_query(cut, step, address)

        asking = Asking(self._context, step, cut, question, strategy, lookup, began, first)
        try:
            chosen = await asking.run()
        except asyncio.CancelledError:
            journal.finish(step, Outcome.FAILED, None, "stopped before it was finished", limited=True)
            raise
        if chosen is None:
            note = asking.denied or self._why_no_address(step) or why_none(journal[step])
            limited = bool(asking.denied or self._context.budget.spent_out or not_recorded(journal[step]))
            journal.finish(step, Outcome.FAILED, None, note, limited)
            return step, None
        return step, self.go_by(step, chosen)

    def go_by(self, step: int, chosen: int) -> Meaning:
        """End a step with the attempt whose reply the walk uses."""
        meaning = self._context.journal[step].attempts[chosen].meaning
        meaning = meaning.offer or meaning
        if meaning.child is not None:
            self._context.cuts.add_child(meaning.child)
        self._context.journal.finish(step, OUTCOMES.get(meaning.kind, Outcome.FAILED), chosen, meaning.note)
        return meaning

    async def fetch(
        self, question: Question, purpose: Purpose, parent: int | None, first: Address | None = None
    ) -> None:
        """Ask for something needed in addition to the walk: it is recorded, and has no other effect."""
        await self._descend(question, purpose, parent, (question,), first)

    async def ask_again(self, number: int) -> int | None:
        """Ask a server that has not replied in step `number`, and use its reply if possible."""
        step = self._context.journal[number]
        done = {a.exchange.query.address for a in step.attempts if a.exchange.message is not None}
        if self._strategy.all_servers:  # it is known which addresses do not answer
            known = (address.text for server in step.servers for address in server.addresses)
            done |= {address for address in known if self._context.health.doubt(address) == FAILED}

        async def lookup(name: Name) -> tuple[Address, ...]:
            return await self.look_up(name, number, (step.question,))

        cut = self._context.cuts.with_addresses(Delegation(step.zone, step.servers))
        asking = Asking(self._context, number, cut, step.question, HEDGED, lookup, skip=frozenset(done))
        chosen = await asking.run()
        if chosen is not None and step.attempts and chosen >= len(step.attempts):
            self.go_by(number, chosen)
            return chosen
        return None

    async def look_up(
        self, name: Name, parent: int | None, under_way: tuple[Question, ...] = (), every: bool = False
    ) -> tuple[Address, ...]:
        """The addresses of a name server, by a sub-walk: IPv6 if IPv4 gave none; both with `every`."""
        if waiting := _waiting_for(name, under_way):
            self._note_cycle(parent, waiting)
            return ()
        if len(under_way) > (depth := self._context.budget.limits.depth):
            self._note(parent, f"the limit of {counted(depth, 'nested address look-up')} is reached")
            return ()
        questions = [
            Question(name, _FAMILY_TYPES[family]) for family in sorted(self._context.health.families)
        ]
        found: tuple[Address, ...] = ()
        if every:
            asking = (self._addresses(question, parent, under_way) for question in questions)
            found = tuple(address for each, _ in await asyncio.gather(*asking) for address in each)
        for question in () if every else questions:
            addresses, go_on = await self._addresses(question, parent, under_way)
            found += addresses
            if any(map(may_be_asked, addresses)) or not go_on:
                break
        self._note_unasked(parent, name, found)
        return found

    async def _addresses(
        self, question: Question, parent: int | None, under_way: tuple[Question, ...]
    ) -> tuple[tuple[Address, ...], bool]:
        """What a sub-walk finds, and whether one for the other family may find more."""
        found = await self.resolve(question, Purpose.NS_ADDRESS, parent, under_way)
        addresses = tuple(
            Address(text, Source.RESOLVED)
            for rrset in found.answer
            if rrset.rdtype == question.rdtype
            for text in filter(None, map(address_of, rrset))
        )
        if addresses:
            ttl = min((rrset.ttl for rrset in found.answer), default=0)
            self._context.cuts.add_addresses(question.name, addresses, ttl)
        return addresses, found.outcome is not Outcome.NXDOMAIN and self._heard_of_anyone(found)

    def _heard_of_anyone(self, found: WalkResult) -> bool:
        """Whether any server replied in the step in which a look-up ended."""
        attempts = () if found.step is None else self._context.journal[found.step].attempts
        return any(attempt.exchange.message is not None for attempt in attempts)

    def _note_cycle(self, step: int | None, cycle: tuple[Question, ...]) -> None:
        names = [plain(question.name) for question in (*cycle, cycle[0])]
        zone = ROOT if step is None else self._context.journal[step].zone
        if len(cycle) == 1 and zone != ROOT and cycle[0].name.is_subdomain(zone):
            inside = f"{names[0]} is inside {plain(zone)} itself"
            self._note(step, f"{inside}, and the referral has no address (glue) for it")
        else:
            circle = ", which needs ".join(names).replace(", which needs ", " needs ", 1)
            self._note(step, f"addresses of name servers depend on each other: {circle}")

    def _note_unasked(self, step: int | None, name: Name, found: tuple[Address, ...]) -> None:
        if why := unasked((NameServer(name, found),)):
            self._note(step, why)

    def _note(self, step: int | None, why: str) -> None:
        if step is not None:
            self._no_address.setdefault(step, why)

    def _why_no_address(self, step: int) -> str:
        """Why a step found no address to ask: what ended its look-ups, or those nested in them."""
        if self._context.journal[step].attempts:
            return ""
        if why_unasked := unasked(self._context.journal[step].servers):
            return why_unasked
        why = (text for ended, text in self._no_address.items() if ended >= step)
        return next(why, self._context.budget.spent_out)

    async def prime(self, hints: Delegation) -> tuple[Delegation, int]:
        """Ask a root server for the root's own NS set (RFC 9609 section 3); the hints if none answers."""
        step, meaning = await self._ask(hints, Question(ROOT, dns.rdatatype.NS), Purpose.PRIME, None, ())
        if meaning is None or meaning.child is None:
            return hints, step
        known = {server.name: server.addresses for server in hints.servers}
        servers = tuple(
            NameServer(server.name, server.addresses or known.get(server.name, ()))
            for server in meaning.child.servers
        )
        return replace(meaning.child, servers=servers), step


def _waiting_for(name: Name, under_way: tuple[Question, ...]) -> tuple[Question, ...]:
    """The questions under way from the one that asks for an address of `name` on; empty if none does."""
    for place, question in enumerate(under_way):
        if question.name == name and question.rdtype in _FAMILY_TYPES.values():
            return under_way[place:]
    return ()


async def begin(
    tracer: Walk, context: TraceContext, root: Delegation, server: Name | None
) -> tuple[int | None, str]:
    """Before the walk: prime if the settings say so, and look up the server to start from if given by name.

    `root` is where to start: the root hints, or a server given instead. Returns the last step taken, or None,
    and in words why there is nowhere to start. A special address found for the server is not asked: only the
    user may type one, such as that of this machine.
    """
    first = None
    if context.settings.prime:
        root, first = await tracer.prime(root)
        context.cuts.restart(root)
    if server is not None:
        addresses = await tracer.look_up(server, first)
        given = tuple(replace(each, source=Source.GIVEN) for each in addresses if may_be_asked(each))
        if not given:
            why = unasked((NameServer(server, addresses),))
            return first, why or f"no address was found for the server {plain(server)}"
        context.cuts.restart(Delegation(ROOT, (NameServer(server, given),)))
    return first, ""

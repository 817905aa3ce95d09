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

import dns.rdatatype
import dns.rrset

from dnstrace.analysis.ordering import arranged
from dnstrace.message.meaning import may_be_childs
from dnstrace.model import (
    ROOT,
    Address,
    Delegation,
    Kind,
    Meaning,
    Name,
    NameServer,
    Outcome,
    Probe,
    Purpose,
    Question,
    Source,
)
from dnstrace.model.heard import outcome_of
from dnstrace.model.kept import once
from dnstrace.model.naming import folded, is_below, plain
from dnstrace.model.structs import replace
from dnstrace.walk.asking import Asking
from dnstrace.walk.context import TraceContext
from dnstrace.walk.health import FAILED, may_be_asked
from dnstrace.walk.hedging import HEDGED
from dnstrace.walk.looking_up import Needed, ServerLookups
from dnstrace.walk.minimise import MAX_MINIMISE_COUNT, next_question
from dnstrace.walk.remembered import Chain, Sought
from dnstrace.walk.result import (
    WalkResult,
    failed,
    result_of,
    unasked,
    unfinished,
    why_none,
)
from dnstrace.walk.strategy import Strategy

_WALKS = {Purpose.WALK, Purpose.ALIAS}
_CHAIN = {Purpose.DS, Purpose.DNSKEY}
_EXISTS = {Kind.ANSWER, Kind.NODATA}


FirstQuery = Callable[[Delegation, int, Address], None]


class Walk:
    """One trace's walk and its sub-walks, over the context that they share.

    `on_first_query` is called whenever a step of the walk itself, but not of a sub-walk, sends its first
    query: with the cut, the step and the address. `strategy` is how the walk itself asks a zone's servers;
    `probe` says what its steps of purpose PROBE try.
    """

    def __init__(
        self, context: TraceContext, strategy: Strategy = HEDGED, probe: Probe | None = None
    ) -> None:
        self._context, self._strategy, self._probe = context, strategy, probe
        self.on_first_query: FirstQuery | None = None

    @once
    def _lookups(self) -> ServerLookups:
        """Made when a name server must be looked up: it refers to this, and only the collector ends that."""
        return ServerLookups(self._context, self.resolve, self._ask_above)

    async def resolve(
        self,
        question: Question,
        purpose: Purpose = Purpose.WALK,
        parent: int | None = None,
        chain: Chain = (),
    ) -> WalkResult:
        """Resolve `question`, following aliases; `chain` ends with it, if others are waiting for it."""
        answer: tuple[dns.rrset.RRset, ...] = ()
        names, waiting = {folded(question.name)}, chain
        while True:
            step, meaning = await self._descend(question, purpose, parent, waiting or (Sought(question),))
            if meaning is None:
                return failed(self._context.journal[step], answer)
            if meaning.kind is not Kind.ALIAS or meaning.target is None:
                return result_of(meaning, answer, step)
            answer += tuple(rrset for rrset in meaning.answer if rrset not in answer)
            if folded(meaning.target) in names:
                loop = f"alias loop: the chain returns to {plain(meaning.target)}"
                return unfinished(loop, meaning, answer, step)
            links = sum(rrset.rdtype == dns.rdatatype.CNAME for rrset in meaning.answer)
            if not self._context.budget.alias(links or 1):
                return unfinished(self._context.budget.spent_out, meaning, answer, step)
            names.add(folded(meaning.target))
            question, parent = replace(question, name=meaning.target), step
            waiting = (*chain, Sought(question))
            purpose = Purpose.ALIAS if purpose is Purpose.WALK else purpose

    async def go_down(self, question: Question, parent: int | None) -> tuple[int, Meaning | None]:
        """Walk down to the referral to the name itself, else to what its zone says, following no alias."""
        return await self._descend(question, Purpose.WALK, parent, (Sought(question),), down_to_name=True)

    async def _descend(
        self,
        question: Question,
        purpose: Purpose,
        parent: int | None,
        chain: Chain,
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
            step, meaning = await self._ask(cut, asked, purpose, parent, chain, first)
            parent = step
            if meaning is not None and meaning.delegation is not None:
                cut = meaning.delegation
                known = cut.zone
                self._context.cuts.add(cut)
                if down_to_name and known == question.name:
                    return step, meaning
            elif asked == question:
                above = await self._parents_cut(question, cut, step, meaning, purpose, chain)
                if above is None:
                    return step, meaning
                cut, parent = above
            elif meaning is not None and meaning.kind in _EXISTS:
                known = asked.name
            else:  # a server may deny an empty non-terminal and yet know the whole name (RFC 9156 section 3)
                minimised = MAX_MINIMISE_COUNT
            minimised += asked != question

    async def _parents_cut(
        self,
        question: Question,
        cut: Delegation,
        step: int,
        meaning: Meaning | None,
        purpose: Purpose,
        chain: Chain,
    ) -> tuple[Delegation, int] | None:
        """The parent's cut and the step that led to it, where a reply about DS may be the child's; else None.

        A server of a zone above the parent that also serves the child answers from there (RFC 4035
        section 3.1.4.1), so the parent's servers have to be found by another question (section 4.2).
        """
        journal = self._context.journal
        if meaning is None or not may_be_childs(question, meaning, cut.zone):
            return None
        before, asked = len(journal), Question(question.name.parent(), dns.rdatatype.NS)
        last, _ = await self._descend(asked, purpose, journal[step].parent, chain, None, True)
        above = self._context.cuts.enclosing(question)
        if is_below(above.zone, cut.zone):
            journal.supersede([step], True)
            return above, last
        journal.supersede(range(before + 1, len(journal) + 1), True)
        return None

    def _strategy_for(self, purpose: Purpose) -> Strategy:
        """How servers are asked for a purpose; the chain of trust is judged by rule over all replies too."""
        if purpose in _WALKS or (self._context.by_rule and purpose in _CHAIN):
            return self._strategy
        if not self._context.by_rule:
            return HEDGED
        from dnstrace.walk.ordered import ORDERED

        return ORDERED

    async def _ask(
        self,
        cut: Delegation,
        question: Question,
        purpose: Purpose,
        parent: int | None,
        chain: Chain,
        first: Address | None = None,
    ) -> tuple[int, Meaning | None]:
        """One step: ask the servers of `cut`; the meaning is None if none gave a usable answer."""
        journal, cuts = self._context.journal, self._context.cuts
        cut = cuts.with_addresses(cut)
        if self._context.by_rule:
            cut = arranged(cut)
        strategy = self._strategy_for(purpose)
        probe = self._probe if purpose is Purpose.PROBE else None
        step = journal.begin(parent, purpose, cut, question, strategy.all_servers, probe)

        async def lookup(name: Name, of_parent: bool) -> tuple[Address, ...]:
            return await self._lookups.find(Needed(name, step, chain, of_parent), strategy.all_servers)

        def began(address: Address) -> None:
            if self.on_first_query is not None and purpose in _WALKS:
                self.on_first_query(cut, step, address)

        asking = Asking(self._context, step, cut, question, strategy, lookup, began, first, chain=chain)
        try:
            chosen = await self._in_survey(asking, cut.zone, question, purpose)
        except asyncio.CancelledError:
            journal.stop(step)
            raise
        if asking.kept_back:
            self._context.budget.kept_back()
        if chosen is None:
            self._lookups.go_without(step, chain, asking.candidates.left_out)
            note = asking.denied or self._lookups.why_none(step) or why_none(journal[step])
            limited = bool(asking.denied or self._context.budget.spent_out or journal[step].lacks_replies)
            limited = limited or self._lookups.not_recorded(step)
            journal.finish(step, Outcome.FAILED, None, note, limited)
            return step, None
        late = asking.late or asking.kept_back or bool(self._context.budget.cut_short and asking.denied)
        meaning = self.go_by(step, chosen, late)
        if self._context.hearing is not None and not late:
            self._context.hearing.surveyed(journal[step])
        return step, meaning

    async def _in_survey(
        self, asking: Asking, zone: Name, question: Question, purpose: Purpose
    ) -> int | None:
        """Run a step, once another trace that asks the same servers about a name like it has done so."""
        if self._context.hearing is None:
            return await asking.run()
        async with self._context.hearing.surveying(zone, question.name, purpose):
            return await asking.run()

    def go_by(self, step: int, chosen: int, late: bool = False) -> Meaning:
        """End a step with the attempt whose reply the walk uses; `late` if a limit kept out others."""
        meaning = self._context.journal[step].attempts[chosen].meaning
        meaning = meaning.offer or meaning
        if meaning.child is not None:
            self._context.cuts.add_child(meaning.child)
        outcome = outcome_of(meaning.kind)
        self._context.journal.finish(step, outcome, chosen, meaning.note, late)
        return meaning

    async def fetch(
        self, question: Question, purpose: Purpose, parent: int | None, first: Address | None = None
    ) -> None:
        """Ask for something needed in addition to the walk: it is recorded, and has no other effect."""
        await self._descend(question, purpose, parent, (Sought(question),), first)

    async def ask_again(self, number: int) -> int | None:
        """Ask a server that has not replied in step `number`, and use its reply if possible."""
        step = self._context.journal[number]
        done = {a.address for a in step.attempts if a.exchange.message is not None}
        if self._strategy.all_servers:  # it is known which addresses do not answer
            known = (address.text for server in step.servers for address in server.addresses)
            done |= {address for address in known if self._context.health.doubt(address) == FAILED}

        chain = (Sought(step.question),)

        async def lookup(name: Name, of_parent: bool) -> tuple[Address, ...]:
            return await self._lookups.find(Needed(name, number, chain, of_parent))

        cut = self._context.cuts.with_addresses(Delegation(step.zone, step.servers))
        asking = Asking(self._context, number, cut, step.question, HEDGED, lookup, skip=frozenset(done))
        chosen = await asking.run()
        if chosen is not None and step.attempts and chosen >= len(step.attempts):
            self.go_by(number, chosen)
            return chosen
        return None

    async def look_up(self, name: Name, step: int | None, every: bool = False) -> tuple[Address, ...]:
        """The addresses of a name server that a step needs: IPv6 if IPv4 gave none; both with `every`."""
        return await self._lookups.find(Needed(name, step, ()), every)

    async def _ask_above(
        self, question: Question, step: int | None, chain: Chain
    ) -> tuple[int, Meaning | None]:
        """Ask the servers above the zone that needs the address, unless a look-up already asked them."""
        zone = chain[-1].zone or ROOT
        above = self._context.cuts.enclosing(Question(zone, dns.rdatatype.DS))
        for number in range(1, len(self._context.journal) + 1):
            before = self._context.journal[number]
            if (before.zone, before.question) == (above.zone, question) and before.meaning is not None:
                return number, before.meaning
        return await self._ask(above, question, Purpose.NS_ADDRESS, step, chain)

    async def prime(self, hints: Delegation, parent: int | None = None) -> tuple[Delegation, int]:
        """Ask a root server for the root's own NS set (RFC 9609 section 3); the hints if none answers."""
        step, meaning = await self._ask(hints, Question(ROOT, dns.rdatatype.NS), Purpose.PRIME, parent, ())
        if meaning is None or meaning.child is None:
            return hints, step
        known = {server.name: server.addresses for server in hints.servers}
        servers = tuple(
            NameServer(server.name, server.addresses or known.get(server.name, ()))
            for server in meaning.child.servers
        )
        return replace(meaning.child, servers=servers), step


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
            return first, unasked((NameServer(server, addresses),)) or _why_without(context, server)
        context.cuts.restart(Delegation(ROOT, (NameServer(server, given),)))
    return first, ""


def _why_without(context: TraceContext, server: Name) -> str:
    """Why a server given by name has no address, with what its look-ups say."""
    steps = (context.journal[number] for number in range(len(context.journal), 0, -1))
    about = (step for step in steps if step.purpose is Purpose.NS_ADDRESS and step.question.name == server)
    note = next((step.note for step in about if step.note and step.outcome is Outcome.FAILED), "")
    return f"no address was found for the server {plain(server)}{note and f': {note}'}"

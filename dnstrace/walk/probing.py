"""Probes: what every server of a zone is asked in addition to the walk, for the rules of `checks` to judge.

All probes of a zone run in parallel, once the walk has shown which servers it has. Servers that only the
zone itself names are found that way, and probed afterwards. An address that did not reply to the walk is
tried over TCP and with another question, SOA: if it replies to that, it gets the other probes too. Nothing
is judged here, and a probe without a result changes nothing: each is recorded as a step of its own.

The zones probed are those in which the question and the target of each alias ended. Top-level domains and
the root are probed only if the question is about them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Container, Iterable
from typing import Any, NamedTuple

import dns.name
import dns.rdatatype

from dnstrace.analysis.apexes import unsure, without_false_apexes
from dnstrace.analysis.ordering import arranged
from dnstrace.analysis.paths import replied
from dnstrace.analysis.zones_shown import with_zones_shown
from dnstrace.model import (
    ROOT,
    Address,
    Delegation,
    Kind,
    Name,
    NameServer,
    Outcome,
    Probe,
    Purpose,
    Question,
    Source,
    Step,
    Trace,
)
from dnstrace.model.structs import replace
from dnstrace.walk.addressed import addresses_found, askable, each_once, only
from dnstrace.walk.asking import Asking
from dnstrace.walk.beyond import Beyond, beyond, elsewhere
from dnstrace.walk.context import TraceContext
from dnstrace.walk.descent import Walk
from dnstrace.walk.on_the_way import OnTheWay
from dnstrace.walk.probes import TELLING_TRIES, Put, plain_shape, probes_of, usual_shape
from dnstrace.walk.putting_again import PuttingAgain
from dnstrace.walk.strategy import Strategy
from dnstrace.walk.survey import EVERY_ADDRESS, ask_all
from dnstrace.walk.syncing import requests_to_parent
from dnstrace.walk.targets import meant_to_look_up, names_above_to_probe, targets_to_probe

_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)
_MAY_BE_EDNS = (Kind.REFUSED, Kind.SERVER_FAILURE, Kind.OTHER_RCODE)


class _Probed(NamedTuple):
    """A zone's servers that have addresses, with every address and with those that replied to the walk."""

    every: Delegation
    alive: Delegation


class Probing:
    """The probes of one trace."""

    def __init__(self, context: TraceContext, walk: Walk) -> None:
        self._context, self._walk = context, walk
        self._puts: dict[int, Put] = {}

    async def run(self) -> None:
        """Probe every zone in which the walk ended, in parallel."""
        await self._ask_for_apexes()
        trace = without_false_apexes(self._context.journal.snapshot())
        zones = targets(trace)
        await asyncio.gather(
            *(self._probe_zone(cut, step, trace) for cut, step in zones),
            *(self._put_beyond(each) for each in beyond(trace, [step for _, step in zones])),
            *(self._put_elsewhere(each) for each in elsewhere(trace)),
            self._check_hints(trace),
        )
        zones += await self._probe_zones_below({cut.zone for cut, _ in zones})
        trace = self._context.journal.snapshot()
        more = (*requests_to_parent(trace, zones), *targets_to_probe(trace, zones))
        await asyncio.gather(*map(self._put_beyond, more), self._ask_for_apexes())
        await self._look_up_meant(zones)
        await OnTheWay(self, self._context, self._walk.look_up).ask_again()

    async def _look_up_meant(self, zones: list[tuple[Delegation, Step]]) -> None:
        """Look up what may be meant by targets that do not exist, once it is known what else is there."""
        above = names_above_to_probe(self._context.journal.snapshot(), zones)
        await asyncio.gather(*map(self._put_beyond, above))
        found = meant_to_look_up(self._context.journal.snapshot(), zones)
        allowed = [each for each in found if self._context.budget.lookup()]
        await asyncio.gather(*(self._walk.look_up(each.name, each.after, every=True) for each in allowed))

    async def _probe_zones_below(self, probed: Container[Name]) -> list[tuple[Delegation, Step]]:
        """Probe the zones that only the probes so far have shown to be on the servers of the zone above."""
        await self._ask_for_apexes()
        trace = with_zones_shown(without_false_apexes(self._context.journal.snapshot()))
        found = [(cut, step) for cut, step in targets(trace) if cut.zone not in probed]
        await asyncio.gather(*(self._probe_zone(cut, step, trace) for cut, step in found))
        return found

    async def _ask_for_apexes(self) -> None:
        """Ask for the SOA records of names that a denial so far makes the apexes of zones."""
        doubts = unsure(self._context.journal.snapshot().steps)
        await asyncio.gather(
            *(
                self._put(
                    _Probed(cut, cut),
                    Put(Probe.TYPE, doubt.question, usual_shape, TELLING_TRIES),
                    doubt.step.id,
                )
                for doubt in doubts
                for cut in (each_once(askable(Delegation(doubt.zone, doubt.step.servers), frozenset())),)
            )
        )

    async def _put_elsewhere(self, each: Beyond) -> None:
        """Put the walk's question to other servers that the parent lists, once their addresses are known."""
        bare = [server.name for server in each.servers.servers if not server.addresses]
        allowed = [name for name in bare if self._context.budget.lookup()]
        found = await asyncio.gather(*(self._walk.look_up(name, each.after, every=True) for name in allowed))
        known = dict(zip(allowed, found, strict=True))
        servers = tuple(
            replace(server, addresses=server.addresses or known.get(server.name, ()))
            for server in each.servers.servers
        )
        await self._put_beyond(
            each._replace(servers=askable(Delegation(each.servers.zone, servers), frozenset()))
        )

    async def _put_beyond(self, each: Beyond) -> None:
        """One of the probes that only some traces call for."""
        servers = _Probed(each.servers, each.servers)
        await self._put(servers, Put(each.probe, each.question), each.after)

    async def _check_hints(self, trace: Trace) -> None:
        """Ask a root server for the root's own name servers, if root hints were used and this is not known.

        The address of a server that is of no use is looked up if the reply does not include any.
        """
        started = next((step for step in trace.steps if step.main and _is_from_hints(step)), None)
        if started is None or any(step.purpose is Purpose.PRIME for step in trace.steps):
            return
        _, primed = await self._walk.prime(Delegation(ROOT, started.servers), started.id)
        meaning = self._context.journal[primed].meaning
        if meaning is None or meaning.child is None:
            return
        listed = {server.name for server in meaning.child.servers if not server.addresses}
        useless = {attempt.server for attempt in started.attempts if not attempt.meaning.usable}
        for name in sorted(useless & listed):
            if self._context.budget.lookup():
                await self._walk.look_up(name, primed)

    async def _probe_zone(self, cut: Delegation, after: Step, trace: Trace) -> None:
        """Send all probes to the servers of `cut`, and to those that only the zone itself names."""
        probes = probes_of(cut.zone, trace.question, after)
        naming = [put for put in probes if put.probe is Probe.NS]
        servers = self._probed(cut, after.id)
        await asyncio.gather(
            self._probe_other_servers(cut, servers, after, naming, probes),
            *(self._put(servers, put, after.id) for put in probes if put not in naming),
            self._probe_silent(cut, after, probes),
            self._put_plain(cut, after),
        )
        await PuttingAgain(self, self._context.journal, self._puts).confirm(cut.zone, cut, after)

    async def _probe_silent(self, cut: Delegation, after: Step, probes: list[Put]) -> None:
        """Ask the addresses that did not answer the walk another question; those that reply, everything.

        The walk's own question is put to them once more: both of its replies may have been lost.
        """
        control = next(put for put in probes if put.probe is Probe.SOA)
        silent = only(cut, _silent_in(after))
        if not silent.servers or after.question == control.question:
            return
        step = await self._put(_Probed(silent, silent), control, after.id)
        heard = frozenset() if step is None else replied((self._context.journal[step],))
        alive = only(cut, heard)
        again = Put(Probe.TYPE, after.question, usual_shape, TELLING_TRIES)
        rest = [put for put in probes if put.probe not in (Probe.SOA, Probe.TCP)]
        await asyncio.gather(*(self._put(_Probed(alive, alive), put, after.id) for put in (*rest, again)))

    async def _put_plain(self, cut: Delegation, after: Step) -> None:
        """Ask those without EDNS that refused the walk's question with EDNS."""
        refusing = only(cut, _refusing_in(after))
        plain = Put(Probe.PLAIN, Question(cut.zone, dns.rdatatype.SOA), plain_shape)
        await self._put(_Probed(refusing, refusing), plain, after.id)

    def _probed(self, cut: Delegation, after: int) -> _Probed:
        cut = each_once(cut)
        return _Probed(askable(cut, frozenset()), askable(cut, _silent_in(self._context.journal[after])))

    async def _probe_other_servers(
        self, cut: Delegation, probed: _Probed, after: Step, naming: list[Put], probes: list[Put]
    ) -> None:
        """Find the servers that the zone names, and their addresses; probe the addresses not in `cut`.

        These get the walk's question, too.
        """
        named = {server.name: None for server in cut.servers}
        looked_up = self._context.journal.steps
        known = {step.question.name for step in looked_up if step.purpose is Purpose.NS_ADDRESS}
        await asyncio.gather(
            *(self._put(probed, put, after.id) for put in naming),
            *self._found_out(probed, (name for name in named if name not in known), after.id),
        )
        fresh = [name for name in self._child_names(cut.zone) if name not in named]
        await asyncio.gather(*self._found_out(probed, fresh, after.id))
        found, in_cut = (
            addresses_found(self._context.journal.steps),
            {a.text for each in cut.servers for a in each.addresses},
        )
        servers = tuple(
            NameServer(name, tuple(each for each in found.get(name, ()) if each.text not in in_cut))
            for name in (*named, *fresh)
        )
        others = self._probed(arranged(Delegation(cut.zone, servers)), after.id)
        asked = Put(Probe.TYPE, after.question, usual_shape, TELLING_TRIES)
        await asyncio.gather(*(self._put(others, put, after.id) for put in dict.fromkeys((*probes, asked))))

    def _found_out(self, probed: _Probed, names: Iterable[Name], after: int) -> list[Awaitable[Any]]:
        """Find the addresses of name servers: from the zone's own servers if inside it, else by a look-up."""
        asking: list[Awaitable[Any]] = []
        zone = probed.every.zone
        for name in names:
            if name.is_subdomain(zone):
                asking.append(self._find_inside(probed, name, after))
            elif self._context.budget.lookup():
                asking.append(self._look_up(name, zone, after))
        return asking

    async def _find_inside(self, probed: _Probed, name: Name, after: int) -> None:
        """Ask the zone's servers for the addresses of one of them; look it up if it is in a zone below."""
        puts = (Put(Probe.ADDRESS, Question(name, rdtype), tries=TELLING_TRIES) for rdtype in _ADDRESSES)
        steps = await asyncio.gather(*(self._put(probed, put, after) for put in puts))
        attempts = (a for step in steps if step for a in self._context.journal[step].attempts)
        kinds = {attempt.meaning.kind for attempt in attempts if attempt.meaning.usable}
        if kinds == {Kind.REFERRAL} and self._context.budget.lookup():
            await self._look_up(name, probed.every.zone, after)

    async def _look_up(self, name: Name, zone: Name, after: int) -> None:
        """Look up the addresses of a name server, for the probe that asks for the zone's name servers."""
        steps = (self._context.journal[number] for number in range(len(self._context.journal), 0, -1))
        naming = (step.id for step in steps if step.probe is Probe.NS and step.zone == zone)
        await self._walk.look_up(name, next(naming, after), every=True)

    async def _put(self, probed: _Probed, put: Put, after: int) -> int | None:
        """One probe, to every address over TCP, otherwise to those that replied to the walk."""
        return await self.put(probed.every if put.probe is Probe.TCP else probed.alive, put, after)

    async def put(self, cut: Delegation, put: Put, after: int) -> int | None:
        """One probe: a step of its own, in which every address is asked; None where there is none."""
        journal = self._context.journal
        if not cut.servers:
            return None
        step = journal.begin(after, Purpose.PROBE, cut, put.question, all_servers=True, probe=put.probe)
        self._puts[step] = put
        await self.ask(step, cut, put.question, self.strategy(put))
        return step

    async def ask(self, step: int, cut: Delegation, question: Question, strategy: Strategy) -> None:
        """Put a probe to the servers of `cut`, and record what comes in a step."""
        journal = self._context.journal
        asking = Asking(self._context, step, cut, question, strategy, _look_up_nothing)
        try:
            chosen = await asking.run()
        except asyncio.CancelledError:
            journal.stop(step)
            raise
        heard = any(attempt.exchange.message is not None for attempt in journal[step].attempts)
        denied = bool(self._context.budget.cut_short and asking.denied)
        limited = asking.late or denied or journal[step].limited
        journal.finish(step, Outcome.ANSWER if heard else Outcome.FAILED, chosen, limited=limited)

    def strategy(self, put: Put) -> Strategy:
        """The strategy of a probe: every address, with a query of that shape, and nothing else."""

        async def choose(asking: Asking) -> int | None:
            tries = min(put.tries, asking.context.settings.tries)
            return await ask_all(asking, tries, sparing=put.tries < TELLING_TRIES)

        return replace(EVERY_ADDRESS, choose=choose, shape=put.shape, tells_life=False)

    def _child_names(self, zone: Name) -> list[Name]:
        """The name servers that the zone's own servers name."""
        names: dict[Name, None] = {}
        for step in self._context.journal.steps:
            if step.probe is Probe.NS and step.zone == zone:
                for attempt in step.attempts:
                    child = attempt.meaning.child
                    names |= dict.fromkeys(server.name for server in (child.servers if child else ()))
        return list(names)


async def _look_up_nothing(name: Name, of_parent: bool) -> tuple[Address, ...]:
    return ()


def targets(trace: Trace) -> list[tuple[Delegation, Step]]:
    """The zones to probe with their known servers, each with the step of the walk that ended there."""
    found: dict[Name, tuple[Delegation, Step]] = {}
    for step in trace.steps:
        if step.main and step.outcome not in (None, Outcome.REFERRAL):
            zone = (step.meaning.zone if step.meaning is not None else None) or step.zone
            if len(zone) > len(ROOT) + 1 or zone == trace.question.name:
                found.setdefault(zone, (Delegation(zone, step.servers), step))
    return list(found.values())


def _is_from_hints(step: Step) -> bool:
    addresses = (address for server in step.servers for address in server.addresses)
    return step.zone == ROOT and any(address.source is Source.HINT for address in addresses)


def _silent_in(step: Step) -> frozenset[str]:
    """The addresses that were asked in a step and did not reply."""
    asked = {attempt.address for attempt in step.attempts if not attempt.surplus}
    return frozenset(asked - replied((step,)))


def _refusing_in(step: Step) -> frozenset[str]:
    """The addresses that replied in a step with an error to EDNS, and were not asked without it."""
    last = {attempt.address: attempt for attempt in step.attempts}
    return frozenset(
        address
        for address, attempt in last.items()
        if attempt.meaning.kind in _MAY_BE_EDNS and attempt.exchange.query.edns is not None
    )

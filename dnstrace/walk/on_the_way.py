"""What servers are asked that failed on the way to the addresses of name servers.

One that fails there is passed over when another server of its zone answers. It is asked for that zone, so
that a lost datagram is not taken for a fault, and its own address is looked up: the glue may be out of date.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import dns.rdatatype

from dnstrace.analysis.on_the_way import passed_over, steps_on_the_way
from dnstrace.analysis.ordering import arranged
from dnstrace.analysis.paths import replied
from dnstrace.model import Address, Delegation, Name, NameServer, Probe, Question, Trace
from dnstrace.model.structs import replace
from dnstrace.walk.addressed import addresses_found, each_once, only
from dnstrace.walk.probes import TELLING_TRIES, Put, tcp_shape, usual_shape

if TYPE_CHECKING:
    from dnstrace.walk.context import TraceContext
    from dnstrace.walk.putting_again import Probes

LookUp = Callable[[Name, int, bool], Awaitable[tuple[Address, ...]]]

_WAYS = ((Probe.SOA, None), (Probe.TCP, tcp_shape))
_MOST = 4  # questions that are put again: both types for two names


class PassedOver(NamedTuple):
    """The servers of a zone that failed, at the addresses where they did, and what they were asked there.

    `after` is a step that shows it.
    """

    servers: Delegation
    questions: tuple[Question, ...]
    after: int

    def with_addresses(self, found: Mapping[Name, Iterable[Address]]) -> Delegation:
        """The servers with the addresses of their names, too, in order."""
        servers = (
            replace(server, addresses=_each_once((*found.get(server.name, ()), *server.addresses)))
            for server in self.servers.servers
        )
        return each_once(arranged(Delegation(self.servers.zone, tuple(servers))))


class OnTheWay:
    """The probes of the servers that were passed over in one trace."""

    def __init__(self, probes: Probes, context: TraceContext, look_up: LookUp) -> None:
        self._probes, self._context, self._look_up = probes, context, look_up

    async def ask_again(self) -> None:
        """Ask all of them again."""
        await asyncio.gather(*map(self._ask, passed_over_in(self._context.journal.snapshot())))

    async def _ask(self, failed: PassedOver) -> None:
        """Ask servers for their zone, at their own addresses, too; where they reply, what they failed."""
        journal, budget, after = self._context.journal, self._context.budget, failed.after
        names = {server.name for server in failed.servers.servers} - addresses_found(journal.steps).keys()
        allowed = [name for name in sorted(names) if budget.lookup()]
        await asyncio.gather(*(self._look_up(name, after, True) for name in allowed))
        cut = failed.with_addresses(addresses_found(journal.steps))
        soa = Question(cut.zone, dns.rdatatype.SOA)
        ways = (Put(probe, soa, shape, TELLING_TRIES) for probe, shape in _WAYS)
        asked, _ = await asyncio.gather(*(self._probes.put(cut, put, after) for put in ways))
        heard = frozenset() if asked is None else replied((journal[asked],))
        again = (Put(Probe.TYPE, question, usual_shape, TELLING_TRIES) for question in failed.questions)
        await asyncio.gather(*(self._probes.put(only(failed.servers, heard), put, after) for put in again))


def passed_over_in(trace: Trace) -> list[PassedOver]:
    """The servers of each zone off the path that failed at some address, where others answered."""
    found: list[PassedOver] = []
    for zone, steps in steps_on_the_way(trace).items():
        if failed := passed_over(steps):
            known = defaultdict[Name, list[Address]](list)
            for server in (server for step in steps for server in step.servers):
                known[server.name] += server.addresses
            servers = (NameServer(name, _each_once(addresses)) for name, addresses in known.items())
            cut = each_once(arranged(only(Delegation(zone, tuple(servers)), failed)))
            questions = sorted({step.question for step in steps}, key=lambda each: (each.name, each.rdtype))
            last = next(step.id for step in reversed(steps) if passed_over((step,)))
            found.append(PassedOver(cut, tuple(questions[:_MOST]), last))
    return found


def _each_once(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Each address once, whatever it is known from."""
    return tuple({address.text: address for address in addresses}.values())

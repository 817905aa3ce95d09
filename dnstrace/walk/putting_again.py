"""Putting probes again where chance may have decided, and asking who fails them what it answered before.

An address that failed some probes gets these again (confirming.py). One that failed all of them, or its
control in the end, is asked the walk's own question once more: if it fails that too, which it had answered,
it stopped answering, and what it did to the probes shows nothing about them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from dnstrace.analysis.alternating import serials_in_turn, undecided
from dnstrace.analysis.losses import losses_in
from dnstrace.model import Delegation, Name, Probe, Purpose, Question, Step
from dnstrace.model.naming import is_below
from dnstrace.model.structs import replace
from dnstrace.walk.addressed import only
from dnstrace.walk.confirming import (
    CONTROL,
    TIMES,
    answered_in,
    answered_like,
    began_plain,
    doubtful,
    fails,
    gets_error,
    gone,
    in_turns,
    silent_in,
    silent_to_control,
)
from dnstrace.walk.probes import TELLING_TRIES, Put, usual_shape

if TYPE_CHECKING:
    from dnstrace.walk.journal import Journal
    from dnstrace.walk.strategy import Strategy


_TURNS = 6  # queries that show whether an address alternates between versions of a zone


class Probes(Protocol):
    """The probes of one trace, as they are put."""

    async def put(self, cut: Delegation, put: Put, after: int) -> int | None:
        """One probe: a step of its own; None where there is nobody to ask."""

    async def ask(self, step: int, cut: Delegation, question: Question, strategy: Strategy) -> None:
        """Put a probe to the servers of `cut`, and record what comes in a step."""

    def strategy(self, put: Put) -> Strategy:
        """How a probe is put."""


class PuttingAgain:
    """What is put again; `puts` are the probes so far, by step."""

    def __init__(self, probes: Probes, journal: Journal, puts: dict[int, Put]) -> None:
        self._probes, self._journal, self._puts = probes, journal, puts
        self._alike: dict[tuple[Name, Question], int] = {}  # steps of what was answered before

    async def confirm(self, zone: Name, cut: Delegation, after: Step) -> None:
        """Put the probes of a zone again that an address failed which answers others, or the walk."""
        after = self._journal[after.id]
        if silent := gone(self._steps(zone), after):
            await self._ask_as_before(cut, silent, after)
        lossy = bool(losses_in(self._journal.steps).sent)
        failed = doubtful(self._steps(zone)) | (silent_to_control(self._steps(zone)) if lossy else {})
        await asyncio.gather(
            *(self._put_again(address, numbers, cut, after, lossy) for address, numbers in failed.items()),
            *(self._ask_often(*each) for each in self._unheard_above(zone)),
            *(self._ask_in_turn(address, zone) for address in undecided(self._steps(zone), zone)),
        )
        controls = [step for step in self._steps(zone) if step.probe is CONTROL]
        lost = {address for address in failed if fails(controls, address)}
        if stopped := answered_in(after) & lost - silent:
            await self._ask_as_before(cut, stopped, after)

    def _steps(self, zone: Name) -> list[Step]:
        steps = (self._journal[number] for number in self._puts)
        return [step for step in steps if step.zone == zone]

    def _unheard_above(self, zone: Name) -> list[tuple[Delegation, frozenset[str], Step]]:
        """The walk's steps in zones above one, with the servers and addresses there that replied to nothing.

        These zones are not probed: where datagrams are lost, a reply may be lost as often as the walk asks.
        """
        if not losses_in(self._journal.steps, least_zones=1).sent:
            return []
        asked = [step for step in self._journal.steps if step.main and is_below(zone, step.zone)]
        put = {(step.zone, step.question) for step in map(self._journal.__getitem__, self._puts)}
        silent = silent_in(self._journal.steps)
        return [
            (Delegation(step.zone, step.servers), silent & silent_in((step,)), step)
            for step in asked
            if (step.zone, step.question) not in put
        ]

    async def _ask_as_before(self, cut: Delegation, addresses: frozenset[str], after: Step) -> int | None:
        """Ask addresses what they were asked in the walk."""
        again = Put(Probe.TYPE, after.question, tries=TELLING_TRIES)
        return await self._probes.put(only(cut, addresses), again, after.id)

    async def _ask_often(self, cut: Delegation, addresses: frozenset[str], after: Step) -> None:
        """The same, and a few times those of them that stay silent."""
        if (number := await self._ask_as_before(cut, addresses, after)) is None:
            return
        silent = silent_in((self._journal[number],))
        await asyncio.gather(*(self._ask_again(number, address, True) for address in silent))

    async def _ask_in_turn(self, address: str, zone: Name) -> None:
        """Ask an address that gave several serials for more, one after the other, until their order tells.

        Each way in which it gave them is tried twice in turn: other machines may answer over TCP.
        """
        ways = [step.id for step in self._steps(zone) if address in serials_in_turn([step], zone)]
        for turn in range(_TURNS):
            await self._ask_again(ways[turn // 2 % len(ways)], address, False)
            if address not in undecided(self._steps(zone), zone):
                return

    async def _put_again(
        self, address: str, numbers: list[int], cut: Delegation, after: Step, lossy: bool
    ) -> None:
        """Put some probes to one address again, a few at a time; `lossy` if the network loses packets."""
        for turn in in_turns(numbers):
            alike = answered_like((*self._steps(cut.zone), self._journal[after.id]), address, turn)
            await asyncio.gather(
                *(self._ask_again(number, address, lossy) for number in turn),
                *(self._ask_alike(address, cut, step) for step in alike),
            )

    async def _ask_alike(self, address: str, cut: Delegation, answered: Step) -> None:
        """Ask an address once what it answered, while it is asked what it did not answer."""
        put = Put(Probe.TYPE, answered.question, usual_shape, tries=1)
        number = self._alike.get((cut.zone, put.question))
        if number is None:
            number = self._journal.begin(
                answered.id, Purpose.PROBE, cut, put.question, all_servers=True, probe=put.probe
            )
            self._alike[cut.zone, put.question] = number
        strategy = replace(self._probes.strategy(put), without_edns=frozenset())
        await self._probes.ask(number, only(cut, frozenset({address})), put.question, strategy)

    async def _ask_again(self, number: int, address: str, lossy: bool) -> None:
        """Put the probe of a step to one of its addresses once more; a few times if that may be chance.

        The control is put without EDNS in the end to an address that has not replied to anything.
        """
        step, put = self._journal[number], self._puts[number]
        cut = only(Delegation(step.zone, step.servers), frozenset({address}))
        plain = frozenset({address} if began_plain(step, address) else ())
        strategy = replace(self._probes.strategy(put._replace(tries=1)), without_edns=plain)
        for turn in range(TIMES):
            if turn == TIMES - 1 and put.probe is CONTROL and address in silent_in(self._journal.steps):
                strategy = replace(strategy, without_edns=frozenset({address}))
            await self._probes.ask(number, cut, put.question, strategy)
            step = self._journal[number]
            if not (gets_error(step, address) or (lossy and fails((step,), address))):
                return

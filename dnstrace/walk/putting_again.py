"""Putting probes again where chance may have decided, and asking who fails them what it answered before.

An address that failed some probes gets these again (confirming.py). One that failed all of them, or its
control in the end, is asked the walk's own question once more: if it fails that too, which it had answered,
it stopped answering, and what it did to the probes shows nothing about them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from dnstrace.analysis.losses import losses_in
from dnstrace.model import Delegation, Name, Probe, Question, Step
from dnstrace.model.structs import replace
from dnstrace.walk.addressed import only
from dnstrace.walk.confirming import (
    CONTROL,
    TIMES,
    answered_in,
    began_plain,
    doubtful,
    fails,
    gets_error,
    gone,
    in_turns,
    silent_to_control,
)
from dnstrace.walk.probes import TELLING_TRIES, Put

if TYPE_CHECKING:
    from dnstrace.walk.journal import Journal
    from dnstrace.walk.strategy import Strategy


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

    async def confirm(self, zone: Name, cut: Delegation, after: Step) -> None:
        """Put the probes of a zone again that an address failed which answers others, or the walk."""
        after = self._journal[after.id]
        if silent := gone(self._steps(zone), after):
            await self._ask_as_before(cut, silent, after)
        lossy = bool(losses_in(self._journal.steps).sent)
        failed = doubtful(self._steps(zone)) | (silent_to_control(self._steps(zone)) if lossy else {})
        await asyncio.gather(
            *(self._put_again(address, numbers, lossy) for address, numbers in failed.items())
        )
        controls = [step for step in self._steps(zone) if step.probe is CONTROL]
        lost = {address for address in failed if fails(controls, address)}
        if stopped := answered_in(after) & lost - silent:
            await self._ask_as_before(cut, stopped, after)

    def _steps(self, zone: Name) -> list[Step]:
        steps = (self._journal[number] for number in self._puts)
        return [step for step in steps if step.zone == zone]

    async def _ask_as_before(self, cut: Delegation, addresses: frozenset[str], after: Step) -> None:
        """Ask addresses what they had answered in the walk."""
        again = Put(Probe.TYPE, after.question, tries=TELLING_TRIES)
        await self._probes.put(only(cut, addresses), again, after.id)

    async def _put_again(self, address: str, numbers: list[int], lossy: bool) -> None:
        """Put some probes to one address again, a few at a time; `lossy` if the network loses packets."""
        for turn in in_turns(numbers):
            await asyncio.gather(*(self._ask_again(number, address, lossy) for number in turn))

    async def _ask_again(self, number: int, address: str, lossy: bool) -> None:
        """Put the probe of a step to one of its addresses once more; a few times if that may be chance."""
        step, put = self._journal[number], self._puts[number]
        cut = only(Delegation(step.zone, step.servers), frozenset({address}))
        plain = frozenset({address} if began_plain(step, address) else ())
        strategy = replace(self._probes.strategy(put._replace(tries=1)), without_edns=plain)
        for _ in range(TIMES):
            await self._probes.ask(number, cut, put.question, strategy)
            step = self._journal[number]
            if not (gets_error(step, address) or (lossy and fails((step,), address))):
                return

"""The strategy of `--all-servers`: every address of every server of a zone, at once.

No address waits for another, and none is given up: a step lasts until the slowest address has answered or all
of its tries have timed out, since a diagnosis needs to know whether it answers at all. An address that failed
earlier in the run is asked once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from math import inf

from dnstrace.analysis.choice import most_common, usable
from dnstrace.analysis.paths import UNHEARD, lead
from dnstrace.model import Kind, Step
from dnstrace.walk.asking import Asking
from dnstrace.walk.candidates import Candidate
from dnstrace.walk.context import TraceContext
from dnstrace.walk.health import FAILED
from dnstrace.walk.hedging import first_usable
from dnstrace.walk.ordered import first_in_order
from dnstrace.walk.strategy import Strategy

ADDRESSES_AT_ONCE = 32  # more than any real delegation has; each takes a socket
_LOOKUPS_AT_ONCE = 16
_RETRY_SHARE = 0.5  # a retry is for a lost datagram only


async def every_address(asking: Asking) -> int | None:
    """Ask every address; if no reply is usable, continue as the walk does when all known addresses fail."""
    chosen = await ask_all(asking, asking.context.settings.tries)
    _drop_silent_family(asking)
    if chosen is not None:
        return chosen
    return await (first_in_order if asking.context.by_rule else first_usable)(asking)


EVERY_ADDRESS = Strategy(
    every_address, all_servers=True, lookups_at_once=_LOOKUPS_AT_ONCE, retry_share=_RETRY_SHARE
)


async def ask_all(asking: Asking, tries: int, sparing: bool = True) -> int | None:
    """Ask every known address up to `tries` times; one of the attempts with the most common meaning.

    If `sparing`, an address that failed earlier in the run is asked once. Afterwards the attempts are in the
    order of the servers and their addresses.
    """
    failed = {address for address in asking.candidates.seen if _is_hopeless(asking.context, address)}
    once = failed if sparing else set[str]()
    asking.candidates.ready = _in_order(asking)
    if asyncio.get_running_loop().time() >= asking.context.until:
        asking.late = True
        return None
    if asking.context.hearing is not None:
        await asking.context.hearing.come()
    try:
        _ask_ready(asking, tries, once)
        while waiting := asking.waiting:
            done, _ = await asyncio.wait(waiting, timeout=_left(asking), return_when=asyncio.FIRST_COMPLETED)
            if not done:  # what was heard up to now counts
                asking.late = True
                await asking.give_up()
                break
            for task in [task for task in waiting if task in done]:
                asking.take_in(task)
            _ask_ready(asking, tries, once)
    finally:
        places = _places(asking)
        asking.context.journal.arrange(
            asking.step, lambda attempt: places.get(attempt.exchange.query.address, len(places))
        )
    return most_common(asking.recorded, usable)


def _left(asking: Asking) -> float | None:
    """Seconds to wait for further replies; None, which is for as long as it takes, until one is usable."""
    if asking.context.until == inf or not any(attempt.meaning.usable for attempt in asking.recorded):
        return None
    return max(0.0, asking.context.until - asyncio.get_running_loop().time())


def _is_hopeless(context: TraceContext, address: str) -> bool:
    """Whether an address failed earlier; where choices go by rule, whether it has never answered anything."""
    return address in context.remembered.dead if context.by_rule else context.health.doubt(address) == FAILED


def _ask_ready(asking: Asking, tries: int, once: set[str]) -> None:
    """Ask every address that is ready, retry those that did not answer, and look up every name."""
    candidates = asking.candidates
    again = [each._replace(tries=each.tries + 1) for each in candidates.timed_out]
    candidates.ready += [each for each in again if each.tries < tries and each.address.text not in once]
    candidates.timed_out = []
    if len(candidates.ready) > 1 and not asking.context.budget.has_queries:
        del candidates.ready[1:]  # one is enough to note the limit that is reached
    while candidates.ready and len(asking.attempting) < ADDRESSES_AT_ONCE:
        candidate = candidates.ready.pop(0)
        if not asking.take_known(candidate):
            asking.send(candidate)
    while asking.can_look_up:
        asking.look_up_next()


def _in_order(asking: Asking) -> list[Candidate]:
    """Each address once, under the first server name that has it."""
    places = _places(asking)
    names = {server.name: place for place, server in reversed(list(enumerate(asking.delegation.servers)))}
    found: dict[str, Candidate] = {}
    for candidate in sorted(
        asking.candidates.ready,
        key=lambda each: (places.get(each.address.text, len(places)), names[each.server]),
    ):
        found.setdefault(candidate.address.text, candidate)
    return list(found.values())


def _places(asking: Asking) -> dict[str, int]:
    """The position of each known address in the order of the servers and their addresses."""
    servers = asking.context.journal[asking.step].servers
    known = dict.fromkeys(address.text for server in servers for address in server.addresses)
    return {address: place for place, address in enumerate(known)}


def _drop_silent_family(asking: Asking) -> None:
    """Drop a family for the run if none of its addresses replies and addresses of the other do."""
    silent: dict[int, set[str]] = defaultdict(set)
    replied = set()
    for attempt in asking.recorded:
        if attempt.exchange.message is not None:
            replied.add(attempt.exchange.query.family)
        elif attempt.meaning.kind is Kind.TIMEOUT:
            silent[attempt.exchange.query.family].add(attempt.exchange.query.address)
    for family, addresses in silent.items():
        if replied - {family} and family not in replied and len(addresses) >= UNHEARD:
            asking.context.health.silent(family)


def others(step: Step, gone_by: set[int]) -> list[int]:
    """The usable attempts of a step that have not been used yet, those that lead elsewhere first."""
    here = None if step.chosen is None else lead(step.attempts[step.chosen].meaning)
    left = {
        index: lead(attempt.meaning) == here
        for index, attempt in enumerate(step.attempts)
        if attempt.meaning.usable and index not in gone_by
    }
    return sorted(left, key=lambda index: left[index])

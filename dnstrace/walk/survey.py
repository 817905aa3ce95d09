"""The strategy of `--all-servers`: every address of every server of a zone, at once.

No address waits for another, and none is given up: a step lasts until the slowest address has answered or all
of its tries have timed out, since a diagnosis needs to know whether it answers at all. An address that failed
earlier in the run is asked once. The walk comes first where a limit is near: a survey on its way leaves it
queries and time, and the step is marked as limited where what is left is not enough for every address.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from math import inf

from dnstrace.analysis.choice import commonest, most_common, usable
from dnstrace.analysis.paths import UNHEARD, lead
from dnstrace.model import Kind, Outcome, Purpose, Step
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
_WALKS = {Purpose.WALK, Purpose.ALIAS}
_ENDS = {Outcome.ANSWER, Outcome.NODATA, Outcome.NXDOMAIN, Outcome.FAILED}
_KEPT = 2  # queries a label below the zone: for a step of the walk, and another try or a look-up
_KEPT_FOR_CHAIN = 4  # the same with the keys of the zone
_KEPT_MORE = 8  # for an alias, or a look-up of a name server
_KEYS_OF_END = 4  # of the zone in which the walk ends
_LOOKUP = 8  # queries that the look-up of a name server may take: IPv4 and IPv6, in a few zones each
_MOST_LABELS = 8  # few names have more zone cuts above them
_SHARE_OF_TIME = 0.5  # of what is left, for the walk after a survey
_ENOUGH = 5.0  # seconds, in which a walk ends even if some servers are silent


async def every_address(asking: Asking) -> int | None:
    """Ask every address; if no reply is usable, continue as the walk does when all known addresses fail."""
    tries = asking.context.settings.tries
    chosen = await ask_all(asking, tries, kept=_kept(asking))
    _drop_silent_family(asking)
    if chosen is None:
        return await (first_in_order if asking.context.by_rule else first_usable)(asking)
    if asking.kept_back and _ends_walk(asking):  # nothing comes after it: the rest may be spent
        rest = await ask_all(asking, tries)
        chosen = chosen if rest is None else rest
    return chosen


EVERY_ADDRESS = Strategy(
    every_address, all_servers=True, lookups_at_once=_LOOKUPS_AT_ONCE, retry_share=_RETRY_SHARE
)


async def ask_all(asking: Asking, tries: int, sparing: bool = True, kept: int | None = None) -> int | None:
    """Ask every known address up to `tries` times; one of the attempts with the most common meaning.

    If `sparing`, an address that failed earlier in the run is asked once. `kept` queries are left over, and
    time as well, for what the walk needs after this step; None if nothing comes after it. Afterwards the
    attempts are in the order of the servers and their addresses.
    """
    failed = {address for address in asking.candidates.seen if _is_hopeless(asking.context, address)}
    once = failed if sparing else set[str]()
    asking.candidates.ready = _in_order(asking)
    now = asyncio.get_running_loop().time()
    if now >= asking.context.until:
        asking.late = True
        return None
    asking.kept_back = False
    enough = min(_SHARE_OF_TIME * (asking.context.until - now), _ENOUGH)
    share = inf if kept is None else asking.context.until - enough
    if asking.context.hearing is not None:
        await asking.context.hearing.come()
    try:
        _ask_ready(asking, tries, once, kept)
        while waiting := asking.waiting:
            left = _left(asking, share)
            done, _ = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if not done:  # what was heard up to now counts
                await _stop_waiting(asking)
                break
            for task in [task for task in waiting if task in done]:
                asking.take_in(task)
            _ask_ready(asking, tries, once, kept)
    finally:
        places = _places(asking)
        asking.context.journal.arrange(asking.step, lambda attempt: places.get(attempt.address, len(places)))
    return most_common(asking.recorded, usable)


def _left(asking: Asking, share: float) -> float | None:
    """Seconds to wait for further replies; None, which is for as long as it takes, until one is usable.

    Up to the loop's time `share`, if the walk goes on after what was heard up to now.
    """
    if asking.context.until == inf or not any(attempt.meaning.usable for attempt in asking.recorded):
        return None
    until = asking.context.until if share == inf or _ends_walk(asking) else share
    return max(0.0, until - asyncio.get_running_loop().time())


async def _stop_waiting(asking: Asking) -> None:
    """End a survey with what was heard up to now."""
    asking.late = True
    if asyncio.get_running_loop().time() < asking.context.until:
        asking.context.budget.hurried()
    await asking.give_up()


def _kept(asking: Asking) -> int | None:
    """Queries that a survey leaves to the walk, by the labels below its zone; None if the walk is over."""
    context = asking.context
    step = context.journal[asking.step]
    of_walk = step if step.purpose in _WALKS or step.parent is None else context.journal[step.parent]
    if of_walk.outcome in _ENDS:
        return None
    below = len(of_walk.question.name.labels) - len(step.zone.labels)
    below = _MOST_LABELS if context.settings.qmin else min(below, _MOST_LABELS)
    return _KEPT_MORE + (_KEPT_FOR_CHAIN * below + _KEYS_OF_END if context.by_rule else _KEPT * below)


def _ends_walk(asking: Asking) -> bool:
    """Whether the walk has its result with what was heard up to now: neither a referral nor an alias."""
    step = asking.context.journal[asking.step]
    if step.purpose not in _WALKS or asking.context.settings.qmin:
        return False
    chosen = commonest(step.attempts, usable)
    return bool(chosen) and step.attempts[chosen[0]].meaning.kind not in (Kind.REFERRAL, Kind.ALIAS)


def _is_hopeless(context: TraceContext, address: str) -> bool:
    """Whether an address failed earlier; where choices go by rule, whether it has never answered anything."""
    return address in context.remembered.dead if context.by_rule else context.health.doubt(address) == FAILED


def _ask_ready(asking: Asking, tries: int, once: set[str], kept: int | None) -> None:
    """Ask every address that is ready, retry those that did not answer, and look up every name.

    What would take some of the `kept` queries is left: `kept_back`, once nothing is under way any more.
    """
    candidates, budget = asking.candidates, asking.context.budget
    again = [each._replace(tries=each.tries + 1) for each in candidates.timed_out]
    candidates.ready += [each for each in again if each.tries < tries and each.address.text not in once]
    candidates.timed_out = []
    if len(candidates.ready) > 1 and not budget.has_queries:
        del candidates.ready[1:]  # one is enough to note the limit that is reached
    spare = inf if kept is None else budget.left - kept
    while candidates.ready and len(asking.attempting) < ADDRESSES_AT_ONCE and spare > 0:
        candidate = candidates.ready.pop(0)
        spare -= 1
        if not asking.take_known(candidate):
            asking.send(candidate)
    spare -= _LOOKUP * (len(asking.looking_up) + 1)
    while asking.can_look_up and spare >= 0:
        spare -= _LOOKUP
        asking.look_up_next()
    if kept is not None and not asking.waiting and (candidates.ready or asking.can_look_up):
        asking.kept_back = True


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
            silent[attempt.exchange.query.family].add(attempt.address)
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

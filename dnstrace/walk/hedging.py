"""The strategy of the walk: ask one server, and another one when that takes too long.

When a server fails, or has not answered within a patience that adapts to what the run has measured, the
next one is asked while the first may still answer. Each time patience runs out it halves, down to a round
trip, and twice as many servers are asked, so that a cut with one live server among thirteen costs less than
a second. The first usable reply wins; what else was asked stays in the record. What a lame server offers is
used only when no server gave anything better.
"""

from __future__ import annotations

import asyncio
from typing import Any

from dnstrace.model import Kind, Transport
from dnstrace.walk.asking import Asking
from dnstrace.walk.strategy import Strategy

_LATE = 0.005  # seconds of delay above which this program itself was late
_LOOKUP_PATIENCE = 4  # times the patience for a reply: a look-up takes a few round trips


async def first_usable(asking: Asking) -> int | None:
    """Ask one server after another; the attempt with the first usable reply, else with a lame offer."""
    health = asking.context.health
    width, patience = 1, health.patience()
    _ask_more(asking, width)
    while waiting := asking.waiting:
        done = await first_of(waiting, patience_left(asking, patience) if _is_more(asking) else None)
        if not done and _have_time(asking, patience):
            continue
        if not done:
            _ask_more(asking, width)
            width, patience = width * 2, max(patience / 2, health.round_trip)
        failed = sum(task in asking.attempting for task in done)
        for task in [task for task in waiting if task in done]:  # in the order in which they started
            if (chosen := asking.take_in(task)) is not None:
                return chosen
        if done:
            _ask_more(asking, failed if asking.attempting else max(failed, 1))
    return _lame_offer(asking)


HEDGED = Strategy(first_usable)


def _is_more(asking: Asking) -> bool:
    """Whether another address can be asked, or another name looked up, right now."""
    return bool(asking.candidates.ready) or asking.can_look_up


def _ask_more(asking: Asking, count: int) -> None:
    """Ask up to `count` more addresses, or look a name up when no address is at hand."""
    candidates = asking.candidates
    if unrecorded(asking):
        candidates.give_up()
    while not _begins_more(asking, count) and not asking.waiting and candidates.go_further():
        continue


def _begins_more(asking: Asking, count: int) -> bool:
    """Ask up to `count` more of what is at hand, the last resort at once; False if there was nothing."""
    candidates = asking.candidates
    if candidates.are_last_resort:
        count = len(candidates.ready)
    for begun in range(count):
        if (candidate := candidates.next()) is None:
            return asking.look_up_next() or begun > 0
        asking.send(candidate)
    return count > 0


def unrecorded(asking: Asking) -> bool:
    """Whether the record being replayed has none of the replies: further addresses would not help."""
    none = all(each.meaning.kind is Kind.NOT_RECORDED for each in asking.recorded)
    return bool(asking.recorded) and none and not asking.attempting and not asking.candidates.ready


def patience_left(asking: Asking, patience: float) -> float:
    """Seconds until patience with the last query runs out; TCP gets twice that, for its handshake."""
    if not asking.attempting:
        return patience * _LOOKUP_PATIENCE
    ends = (
        since + patience * (2 if transport is Transport.TCP else 1) for since, transport in asking.under_way()
    )
    return max(0.0, max(ends) - asyncio.get_running_loop().time())


def _have_time(asking: Asking, patience: float) -> bool:
    """Whether queries that had to wait for their turn to be sent have more time than was waited."""
    return bool(asking.attempting) and patience_left(asking, patience) > _LATE


def _lame_offer(asking: Asking) -> int | None:
    """What a lame server offers, if no server of the zone gave anything better; an empty reply last."""
    offers = [
        (attempt.meaning.kind is Kind.EMPTY, index)
        for index, attempt in enumerate(asking.recorded)
        if attempt.meaning.offer is not None
    ]
    return min(offers)[1] if offers else None


async def first_of(waiting: list[asyncio.Task[Any]], patience: float | None) -> set[asyncio.Task[Any]]:
    """The tasks that ended, as soon as there is one; none if patience has run out.

    If this program itself was late, what arrived in the meantime is read first.
    """
    loop = asyncio.get_running_loop()
    due = None if patience is None else loop.time() + patience
    await _until_one_ends(waiting, patience)
    done = {task for task in waiting if task.done()}
    if not done and due is not None and (late := loop.time() - due) > _LATE:
        await _until_one_ends(waiting, late)
        done = {task for task in waiting if task.done()}
    return done


async def _until_one_ends(waiting: list[asyncio.Task[Any]], seconds: float | None) -> None:
    """What `asyncio.wait` does for the first of some tasks to end, which is half the work."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def end(_: object = None) -> None:
        if not ended.done():
            ended.set_result(None)

    timer = None if seconds is None else loop.call_later(seconds, end)
    for task in waiting:
        task.add_done_callback(end)
    try:
        await ended
    finally:
        if timer is not None:
            timer.cancel()
        for task in waiting:
            task.remove_done_callback(end)

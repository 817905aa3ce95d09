"""What a trace shows of the servers that were taken as dead (`--drop`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from dnstrace.model.heard import DROPPED, Kind
from dnstrace.model.naming import plain
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Name, Trace


def is_dropped(attempt: Attempt) -> bool:
    """Whether there was no reply because the server was taken as dead."""
    return attempt.meaning.note == DROPPED


def named_servers(attempts: Iterable[Attempt]) -> list[str]:
    """The servers asked, each with the addresses at which it was: `ns1.example.com (192.0.2.53)`."""
    found: dict[Name, dict[str, None]] = {}
    for attempt in attempts:
        found.setdefault(attempt.server, {})[attempt.address] = None
    return [f"{plain(server)} ({', '.join(addresses)})" for server, addresses in found.items()]


def with_dropped(trace: Trace, dead: Collection[str]) -> Trace:
    """The trace in which queries to dead addresses say so, even if given up before they timed out."""

    def marked(attempt: Attempt) -> Attempt:
        of_the_dead = attempt.address in dead
        if not of_the_dead or attempt.meaning.kind is not Kind.ABANDONED:
            return attempt
        exchange = replace(attempt.exchange, detail=DROPPED)
        return replace(attempt, exchange=exchange, meaning=replace(attempt.meaning, note=DROPPED))

    if not dead:
        return trace
    steps = (replace(step, attempts=tuple(map(marked, step.attempts))) for step in trace.steps)
    return replace(trace, steps=tuple(steps))

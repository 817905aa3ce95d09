"""Which addresses answer a question at one time and fail the very same at another.

An overloaded server does that, one that limits its rate, or a bad path to it. What such an address does to
one query shows nothing about that query: rules that compare a probe with its control pass over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from dnstrace.checks.evidence import Cut
from dnstrace.model import Attempt, Kind, Query

_ERRORS = frozenset(
    {Kind.SERVER_FAILURE, Kind.REFUSED, Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.OTHER_RCODE}
)
_LOST = 3  # questions that got no reply at first: fewer are lost datagrams


def unsteady(cut: Cut) -> frozenset[str]:
    """The addresses whose replies depend on chance, as is seen from what they did to equal queries."""
    asked: dict[Query, list[Attempt]] = defaultdict(list)
    for attempt in cut.all_attempts:
        asked[attempt.exchange.query].append(attempt)
    changing = [query for query, attempts in asked.items() if _fails_at_times(attempts)]
    silent = [query for query, attempts in asked.items() if _is_silent_at_times(attempts)]
    lossy = {address for address, count in _counted(silent).items() if count >= _LOST}
    return frozenset({query.address for query in changing} | lossy)


def _fails_at_times(attempts: Iterable[Attempt]) -> bool:
    kinds = {attempt.meaning.kind for attempt in attempts}
    return bool(kinds & _ERRORS) and any(attempt.meaning.usable for attempt in attempts)


def _is_silent_at_times(attempts: list[Attempt]) -> bool:
    """Whether a query was answered only once several had got no reply."""
    silent = sum(attempt.meaning.kind is Kind.TIMEOUT for attempt in attempts)
    return silent > 1 and any(attempt.exchange.message is not None for attempt in attempts)


def _counted(queries: Iterable[Query]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for query in queries:
        found[query.address] += 1
    return found

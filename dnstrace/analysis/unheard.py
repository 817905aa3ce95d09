"""Servers that answered in one trace and were asked in vain in another, from the JSON documents of both.

A walk that has a reply from another server does not wait for the first. So this is less than to know that a
server is down: it did not answer in a time in which it had answered several times over before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dnstrace.model.documents import Content


_MAIN = {"walk", "alias"}
_NOTHING_CAME = {"timeout", "abandoned"}
_TIMES, _LEAST = 3, 50.0  # of the round-trip time before, and milliseconds beyond it, until silence counts


class Unheard(NamedTuple):
    """An address: how long it took to answer before, and how long it was waited for now, in milliseconds."""

    zone: str
    server: str
    address: str
    answered_in: float
    waited: float


def unheard(old: Content, new: Content) -> Iterator[Unheard]:
    """The addresses that answered every query of the first walk and were silent in the second one."""
    before, now = _attempts(old), _attempts(new)
    for (zone, address), attempts in before.items():
        asked = now.get((zone, address), [])
        if not asked or any(each["result"] != "response" for each in attempts):
            continue
        if any(each["meaning"] not in _NOTHING_CAME for each in asked):
            continue
        took, waited = (max(each["rtt_ms"] for each in some) for some in (attempts, asked))
        if waited >= max(_TIMES * took, took + _LEAST):
            yield Unheard(zone, asked[-1]["server"], address, took, waited)


def _attempts(document: Content) -> dict[tuple[str, str], list[Content]]:
    """The attempts of the walk by zone and address."""
    found: dict[tuple[str, str], list[Content]] = {}
    for step in (step for step in document["steps"] if step["purpose"] in _MAIN):
        for attempt in step["attempts"]:
            found.setdefault((step["zone"], attempt["address"]), []).append(attempt)
    return found

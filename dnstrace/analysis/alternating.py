"""Addresses that give one version of a zone and then an older one: several unlike machines are behind them.

A zone that changes while it is looked at only becomes newer. Pure readings of recorded steps.
"""

from __future__ import annotations

from collections.abc import Iterable

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from dnstrace.model import Attempt, Kind, Name, Step
from dnstrace.model.serial import ahead


def alternating(steps: Iterable[Step], zone: Name) -> dict[str, list[int]]:
    """The addresses at which an older serial came after a newer one, with all their serials in that order.

    A query counts as after a reply if it was sent once that had arrived.
    """
    found = serials_in_turn(steps, zone)
    return {
        address: [serial for serial, _ in replies]
        for address, replies in found.items()
        if any(
            ahead(earlier, later) > 0 and first.exchange.start + first.exchange.elapsed <= then.exchange.start
            for place, (earlier, first) in enumerate(replies)
            for later, then in replies[place + 1 :]
        )
    }


def undecided(steps: Iterable[Step], zone: Name) -> frozenset[str]:
    """The addresses that gave several serials, of which the order does not show whether they alternate."""
    steps = list(steps)
    several = {
        a for a, each in serials_in_turn(steps, zone).items() if len({serial for serial, _ in each}) > 1
    }
    return frozenset(several - alternating(steps, zone).keys())


def serials_in_turn(steps: Iterable[Step], zone: Name) -> dict[str, list[tuple[int, Attempt]]]:
    """The serials of a zone that each address gave, with the attempts, in the order of the queries."""
    found: dict[str, list[tuple[int, Attempt]]] = {}
    for step in steps:
        if step.question.rdtype != dns.rdatatype.SOA or step.question.name != zone or step.at_resolver:
            continue
        for attempt in step.attempts:
            serial = _serial(attempt, zone)
            if serial is not None:
                found.setdefault(attempt.exchange.query.address, []).append((serial, attempt))
    return {address: sorted(each, key=lambda one: one[1].exchange.start) for address, each in found.items()}


def _serial(attempt: Attempt, zone: Name) -> int | None:
    answer = attempt.meaning.answer if attempt.meaning.kind is Kind.ANSWER else ()
    given = [rdata for rrset in answer if rrset.name == zone for rdata in rrset if isinstance(rdata, SOA)]
    return int(given[0].serial) if len(given) == 1 else None

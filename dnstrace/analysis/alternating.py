"""Addresses that give one version of a zone and then an older one: several unlike machines are behind them.

A zone that changes while it is looked at only becomes newer. Pure readings of recorded steps.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from dnstrace.model import Attempt, Kind, Name, Step
from dnstrace.model.heard import NEGATIVE
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
            ahead(earlier, later) > 0 and _is_after(first, then)
            for place, (earlier, first) in enumerate(replies)
            for later, then in replies[place + 1 :]
        )
    }


def _is_after(first: Attempt, then: Attempt) -> bool:
    """Whether an attempt began when an earlier one had its reply. What another trace heard came before it."""
    one, other = first.exchange, then.exchange
    return other.cached is None and one.start + one.elapsed <= other.start


def undecided(steps: Iterable[Step], zone: Name) -> frozenset[str]:
    """The addresses that gave several serials, of which the order does not show whether they alternate."""
    steps = list(steps)
    several = {
        a for a, each in serials_in_turn(steps, zone).items() if len({serial for serial, _ in each}) > 1
    }
    return frozenset(several - alternating(steps, zone).keys())


def serials_in_turn(steps: Iterable[Step], zone: Name) -> dict[str, list[tuple[int, Attempt]]]:
    """The serials of a zone that each address gave, with the attempts, in the order of the queries.

    A negative answer has the SOA record too. It counts if all but the serial is as where that was asked for:
    some devices deny what they do not have with an SOA record of their own. None counts where all negative
    answers have one serial and all other answers another: some software gives them one of their own.
    """
    found: dict[str, list[tuple[SOA, Attempt]]] = {}
    denying: dict[str, list[tuple[SOA, Attempt]]] = {}
    for step in steps:
        asked = step.question.rdtype == dns.rdatatype.SOA and step.question.name == zone
        for attempt in () if step.at_resolver else step.attempts:
            soa = _answered(attempt, zone) if asked else _denying(attempt, zone)
            if soa is not None:
                of = found if asked else denying
                of.setdefault(attempt.address, []).append((soa, attempt))
    for address, replies in found.items():
        usual = {_without_serial(soa) for soa, _ in replies}
        others = [each for each in denying.get(address, ()) if _without_serial(each[0]) in usual]
        if len({soa.serial for soa, _ in replies}) > 1 or len({soa.serial for soa, _ in others}) > 1:
            replies += others
    return {
        address: sorted(((int(soa.serial), each) for soa, each in replies), key=_start)
        for address, replies in found.items()
    }


def _start(one: tuple[int, Attempt]) -> float:
    return one[1].exchange.start


def _answered(attempt: Attempt, zone: Name) -> SOA | None:
    """The SOA record of a zone in the answer."""
    answer = attempt.meaning.answer if attempt.meaning.kind is Kind.ANSWER else ()
    given = [rdata for rrset in answer if rrset.name == zone for rdata in rrset if isinstance(rdata, SOA)]
    return given[0] if len(given) == 1 else None


def _denying(attempt: Attempt, zone: Name) -> SOA | None:
    """The SOA record of a zone in a negative answer with authority."""
    meaning = attempt.meaning
    if meaning.kind not in NEGATIVE or meaning.soa is None or meaning.soa.name != zone:
        return None
    given = [rdata for rdata in meaning.soa if isinstance(rdata, SOA)] if meaning.authoritative else []
    return given[0] if len(given) == 1 else None


def _without_serial(soa: SOA) -> Hashable:
    return soa.mname, soa.rname, soa.refresh, soa.retry, soa.expire, soa.minimum

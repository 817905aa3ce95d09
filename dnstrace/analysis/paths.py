"""Where each address of a step leads, and what share of all paths comes to what.

A path is what one resolver would walk that picks one address at each cut, each as likely as another,
and does not try a second one. It dies at a cut with the fault of the address picked. Pure functions of
recorded steps in which every address was asked; an address that cannot be reached from here for want of a
route says nothing of the zone and counts as not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import NamedTuple

import dns.rdatatype
import dns.rrset

from dnstrace.model import Attempt, Fault, Kind, Meaning, Name, Step
from dnstrace.model.paths import Share

UNHEARD = 3  # addresses of one family of which none replied: so many, and the family counts as without route


class Lead(NamedTuple):
    """What an attempt leads to; two that lead to the same are equal.

    `zone` is that of a referral, `data` what else tells two leads of a kind apart.
    """

    kind: Kind
    zone: Name | None = None
    data: Hashable = None


def lead(meaning: Meaning) -> Lead:
    """What a meaning leads to.

    A referral leads to a zone by an NS set and a DS RRset, an answer or alias to its RRsets whatever
    their TTLs and order, a negative answer to its kind, a fault to its kind. Of signatures it counts
    whether they are there: servers that sign as they answer make each their own.
    """
    if meaning.delegation is not None:
        cut = meaning.delegation
        names = frozenset(server.name for server in cut.servers)
        ds = frozenset(() if cut.ds is None else cut.ds)
        return Lead(meaning.kind, cut.zone, (names, ds, bool(cut.signatures)))
    if meaning.usable and meaning.answer:
        return Lead(meaning.kind, None, (meaning.target, frozenset(map(_data, meaning.answer))))
    return Lead(meaning.kind, None, meaning.rcode if meaning.kind is Kind.OTHER_RCODE else None)


def _data(rrset: dns.rrset.RRset) -> Hashable:
    signature = rrset.rdtype == dns.rdatatype.RRSIG
    return rrset.name, rrset.rdtype, rrset.covers, frozenset(() if signature else rrset)


# --- the addresses of a step ------------------------------------------------------------------


def by_address(step: Step) -> dict[str, list[int]]:
    """The indices of a step's attempts by address, in the order in which they are recorded."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, attempt in enumerate(step.attempts):
        found[attempt.exchange.query.address].append(index)
    return dict(found)


def final(step: Step, unheard: frozenset[int] = frozenset()) -> list[Attempt]:
    """What each address of the delegation came to at last; those of the families `unheard` are left out."""
    known = {address.text for server in step.servers for address in server.addresses}
    last = [step.attempts[indices[-1]] for text, indices in by_address(step).items() if text in known]
    return [attempt for attempt in last if _is_asked(attempt, unheard)]


def _is_asked(attempt: Attempt, unheard: frozenset[int]) -> bool:
    return (
        attempt.exchange.fault is not Fault.NETWORK_UNREACHABLE
        and attempt.exchange.query.family not in unheard
    )


def unheard(steps: Iterable[Step]) -> frozenset[int]:
    """The address families of which no address replied in all of `steps`, where other families' did."""
    asked: dict[int, set[str]] = defaultdict(set)
    heard = set()
    for attempt in (attempt for step in steps for attempt in step.attempts):
        asked[attempt.exchange.query.family].add(attempt.exchange.query.address)
        if attempt.exchange.message is not None:
            heard.add(attempt.exchange.query.family)
    silent = (f for f, addresses in asked.items() if f not in heard and len(addresses) >= UNHEARD)
    return frozenset(silent) if heard else frozenset()


# --- the shares -------------------------------------------------------------------------------


def shares(steps: tuple[Step, ...]) -> tuple[Share, ...]:
    """What the paths come to, the largest share first, of equal ones that of the walk; or nothing.

    Nothing is said where not every server was to be asked, or the walk has not ended.

    A referral that differs from the one gone by is taken to lead on like it. So does each alias: the
    shares at its walk multiply with those before. Where names are minimised, the last question put
    to a zone counts.
    """
    left, nowhere = Fraction(1), unheard(steps)
    found: list[Share] = []
    for step, goes_on in _cuts(steps):
        attempts = final(step, nowhere)
        if not attempts or not step.all_servers or step.outcome is None:
            return ()
        ending = [attempt for attempt in attempts if not (goes_on and _goes_on(step, attempt))]
        found += _ends(step, ending, left / len(attempts))
        left *= Fraction(len(attempts) - len(ending), len(attempts))
    return tuple(sorted((each for each in _merged(found) if each.share), key=lambda each: _rank(steps, each)))


def _rank(steps: tuple[Step, ...], share: Share) -> tuple[Fraction, bool, bool]:
    gone_by = steps[share.step - 1].meaning
    return -share.share, not share.meaning.usable, gone_by is None or lead(gone_by) != lead(share.meaning)


def _cuts(steps: tuple[Step, ...]) -> list[tuple[Step, bool]]:
    """The steps of the walk that count, in order, each with whether the walk went on from it."""
    chain: list[Step] = []
    walk = [step for step in steps if step.main]
    here = walk[-1] if walk else None
    while here is not None and here.main:
        if not (chain and _asks_more(here, chain[-1])):
            chain.append(here)
        here = None if here.parent is None else steps[here.parent - 1]
    return [(step, step is not chain[0]) for step in reversed(chain)]


def _asks_more(before: Step, after: Step) -> bool:
    """Whether `after` puts a longer part of the same name to the same zone (RFC 9156)."""
    if before.referral is not None or (before.zone, before.purpose) != (after.zone, after.purpose):
        return False
    target = None if before.meaning is None else before.meaning.target
    return after.question.name != target and after.question.name.is_subdomain(before.question.name)


def _goes_on(step: Step, attempt: Attempt) -> bool:
    """Whether the walk would have gone on from an attempt as it did from the one chosen."""
    assert step.chosen is not None
    chosen, meaning = step.attempts[step.chosen].meaning, attempt.meaning
    return meaning.kind is chosen.kind is Kind.REFERRAL or lead(meaning) == lead(chosen)


def _ends(step: Step, attempts: list[Attempt], each: Fraction) -> list[Share]:
    """The shares that end at a step, one for each lead."""
    alike: dict[Lead, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        alike[lead(attempt.meaning)].append(attempt)
    return [
        Share(len(group) * each, group[0].meaning, step.id, step.zone, _names(group))
        for group in alike.values()
    ]


def _names(attempts: list[Attempt]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(attempt.server for attempt in attempts))


def _merged(found: list[Share]) -> list[Share]:
    """The shares with one for each answer, wherever it was given; faults stay with their zone."""
    groups: dict[Hashable, list[Share]] = defaultdict(list)
    for share in found:
        groups[lead(share.meaning), None if share.meaning.usable else share.zone].append(share)
    return [
        Share(
            sum((share.share for share in group), Fraction(0)),
            group[-1].meaning,
            group[-1].step,
            group[-1].zone,
            tuple(dict.fromkeys(name for share in group for name in share.servers)),
        )
        for group in groups.values()
    ]

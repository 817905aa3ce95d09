"""Where each address of a step leads, and which share of all paths leads to which result.

A path is the walk of one resolver that picks one address at each zone cut, all with the same probability, and
never retries. It ends at the first address that fails. Pure functions of recorded steps in which every
address was asked. An address without a route from here shows nothing about the zone and counts as not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import NamedTuple

import dns.rdatatype
import dns.rrset

from dnstrace.model import Attempt, Fault, Kind, Meaning, Name, Step
from dnstrace.model.kept import kept
from dnstrace.model.paths import Share

UNHEARD = 3  # if at least this many addresses of a family were asked and none replied, it has no route


class Lead(NamedTuple):
    """What an attempt leads to. Attempts with the same result have equal leads.

    `zone` is the zone of a referral, `data` whatever else distinguishes two leads of the same kind.
    """

    kind: Kind
    zone: Name | None = None
    data: Hashable = None


@kept(most=512)
def lead(meaning: Meaning) -> Lead:
    """What a meaning leads to.

    A referral leads to a zone with an NS set and a DS RRset; an answer or alias to its RRsets, regardless of
    TTLs and order; a negative answer or a fault to its kind. Signatures count only as present or absent,
    because servers that sign on the fly produce different ones.
    """
    if meaning.delegation is not None:
        cut = meaning.delegation
        names = frozenset(server.name for server in cut.servers)
        ds = frozenset(() if cut.ds is None else cut.ds)
        return Lead(meaning.kind, cut.zone, (names, ds, bool(cut.signatures)))
    if meaning.usable and meaning.answer:
        return Lead(meaning.kind, None, (meaning.target, frozenset(map(_rrset_data, meaning.answer))))
    return Lead(meaning.kind, None, meaning.rcode if meaning.kind is Kind.OTHER_RCODE else None)


def _rrset_data(rrset: dns.rrset.RRset) -> Hashable:
    signature = rrset.rdtype == dns.rdatatype.RRSIG
    return rrset.name, rrset.rdtype, rrset.covers, frozenset(() if signature else rrset)


# --- the addresses of a step ------------------------------------------------------------------


def by_address(step: Step) -> dict[str, list[int]]:
    """The indices of a step's attempts by address, in recorded order."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, attempt in enumerate(step.attempts):
        found[attempt.address].append(index)
    return dict(found)


def final(step: Step, unheard: frozenset[int] = frozenset()) -> list[Attempt]:
    """The last attempt at each address of the delegation's servers, without the families in `unheard`."""
    names = {server.name for server in step.servers}
    return [each for each in latest(step) if each.server in names and _is_asked(each, unheard)]


def latest(step: Step) -> list[Attempt]:
    """The last attempt at each address, without those that chance alone decided to make."""
    needed = (attempt for attempt in step.attempts if not attempt.surplus)
    return list({attempt.address: attempt for attempt in needed}.values())


def _is_asked(attempt: Attempt, unheard: frozenset[int]) -> bool:
    return (
        attempt.exchange.fault is not Fault.NETWORK_UNREACHABLE
        and attempt.exchange.query.family not in unheard
    )


def replied(steps: Iterable[Step]) -> frozenset[str]:
    """The addresses that replied to anything in some steps, even if with an error."""
    attempts = (attempt for step in steps for attempt in step.attempts)
    return frozenset(a.address for a in attempts if a.exchange.message is not None)


def unheard(steps: Iterable[Step]) -> frozenset[int]:
    """The address families of which no address replied in any of `steps`, if another family did reply."""
    asked: dict[int, set[str]] = defaultdict(set)
    heard = set()
    for attempt in (attempt for step in steps for attempt in step.attempts):
        asked[attempt.exchange.query.family].add(attempt.address)
        if attempt.exchange.message is not None:
            heard.add(attempt.exchange.query.family)
    silent = (f for f, addresses in asked.items() if f not in heard and len(addresses) >= UNHEARD)
    return frozenset(silent) if heard else frozenset()


# --- the shares -------------------------------------------------------------------------------


@kept(most=8)  # of each trace they are wanted several times
def shares(steps: tuple[Step, ...]) -> tuple[Share, ...]:
    """The results of all paths, largest share first; among equal shares, the result of the walk first.

    Empty unless every server was asked and the walk has ended.

    A referral that differs from the one the walk followed is assumed to lead on like it. The shares of the
    further walk for an alias multiply with those before. With QNAME minimisation, the last question sent to a
    zone counts.
    """
    left, nowhere = Fraction(1), unheard(steps)
    found: list[Share] = []
    for step, goes_on in _steps_that_count(steps):
        attempts = final(step, nowhere)
        if not attempts or not step.all_servers or step.outcome is None:
            return ()
        ending = [attempt for attempt in attempts if not (goes_on and _goes_on(step, attempt))]
        found += _ends(step, ending, left / len(attempts))
        left *= Fraction(len(attempts) - len(ending), len(attempts))
    return tuple(sorted((each for each in _merged(found) if each.share), key=lambda each: _rank(steps, each)))


def _rank(steps: tuple[Step, ...], share: Share) -> tuple[Fraction, bool, bool]:
    used = steps[share.step - 1].meaning
    return -share.share, not share.meaning.usable, used is None or lead(used) != lead(share.meaning)


def _steps_that_count(steps: tuple[Step, ...]) -> list[tuple[Step, bool]]:
    """The steps of the walk that count, in order, each with whether the walk continued from it."""
    chain: list[Step] = []
    walk = [step for step in steps if step.main]
    here = walk[-1] if walk else None
    while here is not None and here.main:
        if not (chain and _asks_more(here, chain[-1])):
            chain.append(here)
        here = None if here.parent is None else steps[here.parent - 1]
    return [(step, step is not chain[0]) for step in reversed(chain)]


def _asks_more(before: Step, after: Step) -> bool:
    """Whether `after` asks the same zone for more labels of the same name (RFC 9156)."""
    if before.referral is not None or (before.zone, before.purpose) != (after.zone, after.purpose):
        return False
    target = None if before.meaning is None else before.meaning.target
    return after.question.name != target and after.question.name.is_subdomain(before.question.name)


def _goes_on(step: Step, attempt: Attempt) -> bool:
    """Whether the walk would have continued from an attempt as it did from the chosen one."""
    assert step.chosen is not None
    chosen, meaning = step.attempts[step.chosen].meaning, attempt.meaning
    return meaning.kind is chosen.kind is Kind.REFERRAL or lead(meaning) == lead(chosen)


def _ends(step: Step, attempts: list[Attempt], each: Fraction) -> list[Share]:
    """The shares that end at a step, one per lead."""
    alike: dict[Lead, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        alike[lead(attempt.meaning)].append(attempt)
    return [
        Share(len(group) * each, group[0].meaning, step.id, step.zone, _server_names(group))
        for group in alike.values()
    ]


def _server_names(attempts: list[Attempt]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(attempt.server for attempt in attempts))


def _merged(found: list[Share]) -> list[Share]:
    """One share per answer, wherever it came from; faults stay separate by zone."""
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

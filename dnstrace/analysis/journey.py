"""The journey of a question in numbered legs: one reading of a trace, for every output that shows it.

The textbook has nine: the user, the resolver, the root, a top-level domain, one of the name servers of the
zone, its record, the cache, the browser's request, the page. A deeper name or an alias takes more.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome, Purpose
from dnstrace.model.journey import Leg, Stage

if TYPE_CHECKING:
    from dnstrace.model import Name, Step, Trace

ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)
"""The types of records that a browser needs to open a page."""

ENDS = (Stage.CACHE, Stage.REQUEST, Stage.PAGE, Stage.END)
"""The stages after the last server was asked."""

_Found = tuple[Stage, "Name | None", tuple[int, ...]]


def _apart_from_servers(*stages: Stage) -> tuple[_Found, ...]:
    return tuple((stage, None, ()) for stage in stages)


_BEGINS = _apart_from_servers(Stage.USER, Stage.RESOLVER)
_WITH_PAGE = _apart_from_servers(Stage.CACHE, Stage.REQUEST, Stage.PAGE)
_WITHOUT_PAGE = _apart_from_servers(Stage.CACHE)
_SHOWS_NOTHING = _apart_from_servers(Stage.END)
_UNUSED = (Outcome.FAILED, Outcome.REFERRAL)


def journey(trace: Trace) -> tuple[Leg, ...]:
    """The legs of the journey, as far as the trace has got."""
    found: list[_Found] = [*_BEGINS]
    for run in _runs(trace):
        found += _legs_of(trace, run)
    if trace.outcome is not None and not trace.interrupted:
        found += _ends(trace)
    return tuple([_leg(number, *each) for number, each in enumerate(found, 1)])


@lru_cache(maxsize=256)
def _apart(number: int, stage: Stage) -> Leg:
    """A leg on which no server is asked: the same for many traces."""
    return Leg(number, stage)


def _leg(number: int, stage: Stage, zone: Name | None, steps: tuple[int, ...]) -> Leg:
    return _apart(number, stage) if zone is None and not steps else Leg(number, stage, zone, steps)


def lookups(trace: Trace, step: Step) -> list[Step]:
    """The look-ups of name server addresses that a step began."""
    return [each for each in trace.steps if each.parent == step.id and each.purpose is Purpose.NS_ADDRESS]


def _runs(trace: Trace) -> Iterator[list[Step]]:
    """The steps of the walk, those together that ask one zone, label by label (RFC 9156)."""
    run: list[Step] = []
    for step in trace.steps:
        if not step.main:
            continue
        ended = run and (run[-1].referral is not None or run[-1].outcome is Outcome.ALIAS)
        if run and (ended or step.zone != run[-1].zone):
            yield run
            run = []
        run.append(step)
    if run:
        yield run


def _legs_of(trace: Trace, run: list[Step]) -> Iterator[_Found]:
    """The legs of one zone: a referral; or the choice of a server and its answer."""
    ids, zone, last = tuple(step.id for step in run), run[0].zone, run[-1]
    needed = tuple(each.id for step in run for each in lookups(trace, step))
    if last.referral is not None:
        yield Stage.REFERRAL, zone, (*needed, *ids)
        return
    if needed or last.chosen is not None:
        yield Stage.SERVER, zone, needed
    if last.outcome is not None:
        yield Stage.ANSWER, zone, ids


def _ends(trace: Trace) -> tuple[_Found, ...]:
    """How the journey ends."""
    if is_bogus(trace) or trace.outcome in _UNUSED:
        return _SHOWS_NOTHING
    if trace.outcome is Outcome.ANSWER and trace.question.rdtype in ADDRESSES:
        return _WITH_PAGE
    return _WITHOUT_PAGE

"""The zone above one, where no referral led from one to the other, or one led past the zone between them.

Servers that have a zone and the zone below it, as those of uk and co.uk do, refer from the upper one to zones
that the lower one delegates.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.analysis.zones_shown import signers_in
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.model import Kind, Name, Purpose
from dnstrace.model.naming import is_below

_TOP = 2  # labels of a top-level domain, the root among them


def upper_zone(cut: Cut) -> Name | None:
    """The zone that delegates this one, if a server of it or of a zone above has both; None otherwise.

    It is the zone that has its DS records, or denies them; where nothing was asked for these, the zone whose
    servers answered for it. Either may be below the zone that the walk had reached.
    """
    if cut.referrals:
        return _passed(cut)
    keys = (step for step in cut.steps if step.purpose is Purpose.DNSKEY and step.question.name == cut.zone)
    asked = [step.zone for step in (*cut.walked, *keys) if is_below(cut.zone, step.zone)]
    return max((*_delegating(cut), *asked), key=len) if asked else None


def delegating(cut: Cut) -> Name | None:
    """The zone that delegates this one; None where that is not known.

    Top-level domains, and the root, may be on the servers of a zone below them, as long as nothing shows
    which zone a referral is from.
    """
    found = upper_zone(cut)
    if found is not None or cut.parent is None:
        return found
    skips = len(cut.zone) - len(cut.parent) > 1 and len(cut.parent) <= _TOP
    return None if skips and cut.parent not in cut.once(_shown) else cut.parent


def _passed(cut: Cut) -> Name | None:
    """The zone below the one whose servers referred here that the referral is from, if there is one."""
    assert cut.parent is not None
    between = (zone for zone in cut.once(_shown) if is_below(zone, cut.parent))
    return max(between, key=len, default=None)


def _shown(cut: Cut) -> frozenset[Name]:
    """The zones above this one that its referrals, or replies about its DS records, show to delegate it."""
    cuts = (reply.meaning.delegation for reply in cut.referrals)
    signers = {signer for each in cuts if each for signer in signers_in((*each.signatures, *each.denial))}
    return frozenset(zone for zone in (*signers, *_delegating(cut)) if is_below(cut.zone, zone))


def _delegating(cut: Cut) -> Iterator[Name]:
    """The zones that replies about the DS records of a zone are from, as far as these tell."""
    for step in cut.steps:
        if (step.question.name, step.question.rdtype) == (cut.zone, dns.rdatatype.DS):
            for reply in replies_of(step):
                yield from (zone for zone in _zones_of(reply) if is_below(cut.zone, zone))
                if reply.rrset(cut.zone, dns.rdatatype.DS) and not signers_in(reply.meaning.answer):
                    yield from _denying_between(cut, reply)


def _denying_between(cut: Cut, reply: HeardReply) -> Iterator[Name]:
    """The zones between, in which the server of a reply denies other data; DS records do not tell theirs."""
    for step in cut.evidence.trace.steps:
        name = step.question.name
        if is_below(name, reply.step.zone) and is_below(cut.zone, name):
            for attempt in step.attempts:
                zone = attempt.meaning.zone
                same = attempt.address == reply.address
                if same and zone is not None and is_below(zone, reply.step.zone):
                    yield zone


def _zones_of(reply: HeardReply) -> Iterator[Name]:
    if reply.meaning.kind is Kind.NODATA and reply.meaning.zone is not None:
        yield reply.meaning.zone
    yield from signers_in(reply.meaning.answer)

"""The zone above one that is on the same servers: no referral led from one to the other."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.analysis.zones_shown import signers_in
from dnstrace.checks.evidence import Cut
from dnstrace.checks.replies import HeardReply, replies_of
from dnstrace.model import Kind, Name, Purpose
from dnstrace.model.naming import is_below


def upper_zone(cut: Cut) -> Name | None:
    """The zone that delegates this one, if its own servers have that zone too; None otherwise.

    It is the zone that has its DS records, or denies them; where nothing was asked for these, the zone whose
    servers answered for it. Either may be below the zone that the walk had reached.
    """
    keys = (
        step for step in cut.key_steps if step.purpose is Purpose.DNSKEY and step.question.name == cut.zone
    )
    asked = [step.zone for step in (*cut.walked, *keys) if is_below(cut.zone, step.zone)]
    if cut.referrals or not asked:
        return None
    return max((*_delegating(cut), *asked), key=len)


def _delegating(cut: Cut) -> Iterator[Name]:
    """The zones that replies about the DS records of a zone are from, as far as these tell."""
    for step in cut.key_steps:
        if (step.question.name, step.question.rdtype) == (cut.zone, dns.rdatatype.DS):
            for reply in replies_of(step):
                yield from (zone for zone in _zones_of(reply) if is_below(cut.zone, zone))


def _zones_of(reply: HeardReply) -> Iterator[Name]:
    if reply.meaning.kind is Kind.NODATA and reply.meaning.zone is not None:
        yield reply.meaning.zone
    yield from signers_in(reply.meaning.answer)

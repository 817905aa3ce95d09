"""Zones below a cut that its servers answer from, and what they say about them for the zone above."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.statements import Statement, Statements, statements_of
from dnstrace.checks.readings.zones_below import zones_below
from dnstrace.model import Name
from dnstrace.model.naming import is_below


def is_of_parent(said: Statements, denied: Statement) -> bool:
    """Whether a denial is the word of the zone above on a zone that the same address serves.

    The DS records of a zone are the business of the zone above (RFC 4035 section 3.1.4.1).
    """
    return denied.rdtype == dns.rdatatype.DS and said.hosts(denied.address, denied.name)


def answered_below(cut: Cut) -> dict[Name, list[HeardReply]]:
    """The replies with authority of the servers of a zone that are from zones below, by that zone.

    A zone that is below another one of these is for that one to delegate.
    """
    found: dict[Name, list[HeardReply]] = {}
    for each in statements_of(cut).everything:
        if each.authoritative and each.cut is None and is_below(each.zone, cut.zone):
            found.setdefault(each.zone, []).append(each.reply)
    referred = {zone for zones in statements_of(cut).referrals.values() for zone in zones}
    nearest = {*found, *referred, *cut.summary(zones_below)}
    return {
        zone: replies
        for zone, replies in found.items()
        if not any(is_below(zone, other) for other in nearest)
    }

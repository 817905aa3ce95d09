"""Zones that the servers of the zone above serve too, although that zone does not delegate them."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.checks.evidence import Cut
from dnstrace.checks.remedies import in_zone
from dnstrace.checks.replies import HeardReply
from dnstrace.checks.statements import Statement, Statements, statements_of
from dnstrace.checks.zones_below import zones_below
from dnstrace.model import Name
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import is_below, plain, zone_text

_TTL = 86400  # seconds, of the NS records to add where their own is not known


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


def delegate(cut: Cut, zone: Name) -> tuple[str, tuple[str, ...], Remedy]:
    """What to do: in words, as records, and as a value. The servers' own NS records are what is added."""
    added = tuple(_ns_records(cut, zone))
    what = "add its NS records, and its DS records if it is signed"
    return f"delegate {plain(zone)} in {zone_text(cut.zone)}: {what}", added, in_zone(cut.zone, add=added)


def _ns_records(cut: Cut, zone: Name) -> list[str]:
    """The NS records that the servers give of a zone, in master-file format."""
    sections = (
        rrset
        for each in statements_of(cut).everything
        if each.reply.message is not None
        for rrset in (*each.reply.message.answer, *each.reply.message.authority)
    )
    found = {
        str(rdata): rrset.ttl or _TTL
        for rrset in sections
        if rrset.name == zone and rrset.rdtype == dns.rdatatype.NS
        for rdata in rrset
    }
    return [f"{zone} {ttl} IN NS {target}" for target, ttl in sorted(found.items())]

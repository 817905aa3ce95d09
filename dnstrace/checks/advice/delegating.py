"""How to delegate zones that the servers of the zone above serve too, without a delegation in that zone."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.statements import statements_of
from dnstrace.model import Name
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import plain, zone_text

_TTL = 86400  # seconds, of the NS records to add where their own is not known


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

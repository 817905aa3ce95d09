"""The serial numbers of a zone, and which of them is newer (RFC 1982)."""

from __future__ import annotations

from collections.abc import Collection

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from dnstrace.checks.evidence import Cut
from dnstrace.model import Probe
from dnstrace.model.serial import ahead


def serials(cut: Cut, all_servers: bool = False) -> dict[str, int]:
    """The serial that each address gave when probed: those that serve the zone, or all."""
    found = {
        reply.address: rrset[0]
        for reply in cut.probe(Probe.SOA, all_servers)
        if (rrset := reply.rrset(cut.zone, dns.rdatatype.SOA)) is not None
    }
    return {address: soa.serial for address, soa in found.items() if isinstance(soa, SOA)}


def newest_of(found: Collection[int]) -> int:
    """The serial that most others are behind by the arithmetic of RFC 1982."""
    return max(found, key=lambda serial: sum(ahead(serial, other) > 0 for other in found))

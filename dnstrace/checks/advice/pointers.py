"""Aliases in reverse zones, which hand the names of a part of a network to its user (RFC 2317).

The provider makes an alias for every address of that part, and the user a PTR record for each that is in use.
"""

from __future__ import annotations

import dns.rdatatype
import dns.reversename

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.dnssec.compact import is_absent
from dnstrace.model import Name, Step
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text

_REVERSE = (dns.reversename.ipv4_reverse_domain, dns.reversename.ipv6_reverse_domain)


def is_handed_over(ending: Step, owner: Name) -> bool:
    """Whether an alias leads from one reverse name to another, where it ends because that does not exist."""
    return hands_over(ending, owner) and is_absent(ending)


def hands_over(ending: Step, owner: Name) -> bool:
    """Whether an alias of which the PTR record was asked for leads from one reverse name to another."""
    asked, names = ending.question.rdtype == dns.rdatatype.PTR, (owner, ending.question.name)
    return asked and all(any(name.is_subdomain(zone) for zone in _REVERSE) for name in names)


def without_pointer(owner: Name, target: Name, steps: tuple[int, ...], zone: Name) -> Observation:
    """The observation that the zone to which an alias leads has no PTR record there."""
    return Observation(
        f"{plain(owner)} is an alias of {plain(target)}, which has no PTR record",
        steps,
        zone=zone,
        level=Level.NOTICE,
        blame=Blame.HOST,
        cure=f"if the address is in use, add a PTR record for {plain(target)} to {zone_text(zone)}",
        remedy=in_zone(zone),
    )

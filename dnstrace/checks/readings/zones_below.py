"""What belongs to the zones below a cut, or is only assumed there, and is not for its own zone to sign."""

from __future__ import annotations

from dnstrace.checks.readings.evidence import Cut
from dnstrace.dnssec.denial import DENIAL_TYPES
from dnstrace.dnssec.records import Signed
from dnstrace.model import Name
from dnstrace.model.mnemonics import AT_PARENT
from dnstrace.model.naming import is_below


def zones_below(cut: Cut) -> tuple[Name, ...]:
    """The zones below this one that are below no other of them: what those hold, these hold too."""
    below = [each.zone for each in cut.evidence.cuts if is_below(each.zone, cut.zone)]
    return tuple(zone for zone in below if not any(is_below(zone, each) for each in below))


def holds(below: Name, data: Signed) -> bool:
    """Whether an RRset belongs to a zone below this one: DS and DELEG at the cut and their denial do not."""
    parents = data.rdtype in (*AT_PARENT, *DENIAL_TYPES) and data.name == below
    return data.name.is_subdomain(below) and not parents


def assumed_ds(cut: Cut) -> frozenset[Name]:
    """The zones whose DS records are assumed."""
    return frozenset(each.zone for each in cut.evidence.trace.supposed if each.ds is not None)

"""What to do about a delegation none of whose name servers can exist on the public Internet.

The names are under a top-level domain that does not exist, such as `corp.local`: mostly it is a zone for
internal use, whose delegation was published with the zone above. Only that zone's operator can change it.
"""

from __future__ import annotations

from collections.abc import Collection

from dnstrace.checks.advice.listing import ns_records
from dnstrace.checks.advice.registries import has_registrar
from dnstrace.checks.advice.remedies import at_parent
from dnstrace.checks.advice.unfound import NO_TOP, Reason
from dnstrace.checks.readings.delegated_keys import published
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import named
from dnstrace.checks.readings.phrases import parent_text
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Observation
from dnstrace.model.naming import zone_text
from dnstrace.model.structs import replace


def withdrawn(cut: Cut, names: Collection[Name], why: Reason, found: Observation) -> Observation | None:
    """The observation with the fix that the delegation is removed; None where that is not to be advised.

    A registered domain is not given up for the names of its servers, nor a zone that any server was heard of.
    """
    if why != NO_TOP or has_registrar(cut.zone) or cut.delegation is None:
        return None
    if cut.child or cut.serving or set(named(cut)) - set(names):
        return None
    zone, parent = zone_text(cut.zone), parent_text(cut)
    ds = published(cut)  # without NS records they would be a fault, too
    gone, kinds = (*ns_records(cut, names), *ds), "NS and DS" if ds else "NS"
    return replace(
        found,
        cure=f"remove the {kinds} records of {zone} from {parent} if {zone} is for internal use only; if not,"
        " list name servers there that can be reached from everywhere",
        records=(),
        remedy=at_parent(cut, remove=gone),
        blame=Blame.PARENT,
    )

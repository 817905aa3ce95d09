"""What to do about DS records of which none has a key in the zone."""

from __future__ import annotations

from dnstrace.checks.delegated_keys import published, unheard
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import listed
from dnstrace.checks.remedies import at_parent, at_servers
from dnstrace.checks.signing import signing_of
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import zone_text


def remedy_of_ds(cut: Cut, publish: tuple[str, ...]) -> Remedy:
    """What to change where no DS record has a key: `publish` are the records of the keys that there are."""
    if silent := unheard(cut):
        return at_servers(*silent)
    if publish and _is_moving(cut):
        return at_parent(cut, add=publish)
    return at_parent(cut, change=publish) if publish else at_parent(cut, remove=published(cut))


def _is_moving(cut: Cut) -> bool:
    """Whether other name servers are supposed for the zone, so that these DS records are of the old ones."""
    return any(each.zone == cut.zone and each.servers for each in cut.evidence.trace.supposed)


def cure_of_ds(cut: Cut, has_keys: bool) -> str:
    """What to do about DS records without a key: nothing at the registrar before every server was heard."""
    zone = zone_text(cut.zone)
    if silent := unheard(cut):
        one = len(silent) == 1
        return (
            f"bring {listed(silent)} back first: {'it' if one else 'they'} may have"
            f" {'these keys' if len(signing_of(cut).ds) > 1 else 'this key'}"
        )
    if _is_moving(cut) and has_keys:
        return (
            f"before the name servers change, add these DS records of {zone} and wait for the TTL of the old"
            " ones; remove the old ones afterwards"
        )
    if _is_moving(cut):
        return (
            f"before the name servers change, remove the DS records of {zone} and wait for their TTL, or have"
            " the new servers sign the zone"
        )
    if has_keys:
        return f"replace the DS records of {zone}"
    return f"remove the DS records of {zone}, or sign the zone"

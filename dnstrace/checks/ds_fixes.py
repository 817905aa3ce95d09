"""What to do about DS records of which none has a key in the zone."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.checks.delegated_keys import published, unheard
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import listed
from dnstrace.checks.remedies import at_parent, at_servers, in_zone
from dnstrace.checks.signing import signing_of
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import zone_text


def remedy_of_ds(cut: Cut, publish: tuple[str, ...]) -> Remedy:
    """What to change where no DS record has a key: `publish` are the records of the keys that there are."""
    if silent := unheard(cut):
        return at_servers(*silent)
    if lacks_own_keys(cut):
        return in_zone(cut.zone)
    if publish and _is_moving(cut):
        return at_parent(cut, add=publish)
    return at_parent(cut, change=publish) if publish else at_parent(cut, remove=published(cut))


def lacks_own_keys(cut: Cut) -> bool:
    """Whether a zone has no keys at all, although its servers give signatures by it: it is still signed."""
    return not signing_of(cut).keys and not _is_moving(cut) and cut.once(_gives_signatures)


def _gives_signatures(cut: Cut) -> bool:
    signatures = (
        rdata
        for reply in cut.everyone
        if reply.message is not None
        for rrset in (*reply.message.answer, *reply.message.authority)
        if rrset.rdtype == dns.rdatatype.RRSIG
        for rdata in rrset
    )
    return any(rdata.signer == cut.zone for rdata in signatures)


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
    if lacks_own_keys(cut):
        return (
            f"make the servers of {zone}, whose data is signed, return its DNSKEY records; or, if it is no"
            f" longer to be signed, remove the DS records of {zone}"
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

"""The rule on DS records of names that the zone does not delegate."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.advice.registries import has_registrar
from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.denied_data import Denials, validated_data
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.checks.readings.statements import statements_of
from dnstrace.dnssec.proof import Types
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import is_below, plain, zone_text

_DS, _NS = dns.rdatatype.DS, dns.rdatatype.NS


@of_cut(Level.WARNING, Blame.HOST)
def ds_without_delegation(cut: Cut) -> Iterator[Observation]:
    """A zone has DS records for a name that it does not delegate.

    What it is: a validly signed NSEC or NSEC3 record of the zone lists DS records at a name, and no NS
    records. They are left over from a delegation that was removed, or its NS records were forgotten.

    Why it matters: a DS record says that a signed zone begins there, and without NS records there is none.
    Once the name is delegated, validating resolvers reject whatever the zone has, unless it has the key that
    these old records name.

    How to fix it: remove the DS records, or add the NS records if the name should be delegated, and sign the
    zone again. Of a domain, the registrar removes them.

    References: RFC 4034 section 5; RFC 4035 section 2.4
    """
    found: dict[Name, list[HeardReply]] = {}
    for name, types, replies in _listed(cut):
        if _DS in types and _NS not in types and is_below(name, cut.zone):
            found.setdefault(name, []).extend(replies)
    delegated = {zone for zones in statements_of(cut).referrals.values() for zone in zones}
    for name in sorted(found.keys() - delegated):
        held = [each for each in validated_data(cut) if (each.data.name, each.data.rdtype) == (name, _DS)]
        records = sorted(
            {f"{name} {held[0].data.rrset.ttl} IN DS {ds}" for each in held for ds in each.data.rrset}
        )
        zone, registrable = zone_text(cut.zone), has_registrar(name)
        yield Observation(
            f"{zone} has DS records for {plain(name)}, but no NS records: {plain(name)} is not delegated",
            (*steps_of(each.reply for each in held), *steps_of(found[name])),
            zone=name if registrable else None,
            cure=f"remove the DS records of {plain(name)} from {zone}, or add its NS records there if it"
            " should be delegated",
            remedy=in_zone(cut.zone, remove=records),
            blame=Blame.REGISTRAR if registrable else None,
        )


def _listed(cut: Cut) -> Iterator[tuple[Name, Types, list[HeardReply]]]:
    """The names of the zone that its denials are of, as far as they can be known, with the types of each."""
    denials = cut.once(Denials)
    yield from denials.owners()
    for name in sorted(cut.once(_asked_about)):
        yield from ((name, types, replies) for types, replies in denials.hashed(name))


def _asked_about(cut: Cut) -> frozenset[Name]:
    """The names below the apex that the zone's servers were asked about, and those between."""
    found: set[Name] = set()
    for name in {step.question.name for step in cut.all_steps}:
        while is_below(name, cut.zone) and name not in found:
            found.add(name)
            name = name.parent()
    return frozenset(found)

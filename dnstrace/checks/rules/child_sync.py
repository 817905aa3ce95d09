"""CSYNC records, with which a zone asks its parent for other NS records or glue (RFC 7477).

They are asked for where the parent and the zone differ.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype
from dns.rdtypes.ANY.CSYNC import CSYNC

from dnstrace.checks.advice.csync import KNOWN_FLAGS, NO_DS, csync_faults, csync_records, newest_serial
from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.delegated_keys import to_publish
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import parent_text, where
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text
from dnstrace.model.structs import replace

_TTL = 3600


@of_cut(Level.WARNING, Blame.HOST)
def csync_unusable(cut: Cut) -> Iterator[Observation]:
    """The zone's CSYNC record asks its parent for a change in a way that the parent has to ignore.

    What it is: the parent lists other name servers or addresses than the zone, and the zone asks for the
    change by a CSYNC record. But the record is not signed, or the zone has no chain of trust; or there are
    several records; or it has flags that are not defined; or it may only be followed from a later version
    of the zone on than the servers have.

    Why it matters: a parent that reads CSYNC records may not follow this one. The delegation stays as it is,
    although the zone's operator takes it for updated.

    How to fix it: publish one CSYNC record, signed, with no flags other than `immediate` (1) and `soaminimum`
    (2), and with a serial that is not above that of the zone. If the zone has no chain of trust, publish its
    DS records first, or change the delegation at the registrar.

    References: RFC 7477 section 2.1.1; RFC 7477 section 3; RFC 1982 section 3.2
    """
    groups: dict[str, list[HeardReply]] = {}
    for reply, records in csync_records(cut):
        if faults := "; it ".join(csync_faults(cut, reply, records)):
            groups.setdefault(faults, []).append(reply)
    for faults, replies in groups.items():
        found = Observation(
            f"the CSYNC record of {zone_text(cut.zone)} {faults}, on {where(replies)}",
            (*steps_of(replies), *steps_of(cut.probe(Probe.SOA))),
        )
        if not signing_of(cut).keys:
            yield _with_signatures(cut, found)
        else:
            yield _with_ds(cut, found) if faults == NO_DS else _replaced(cut, replies[0], found)


def _replaced(cut: Cut, reply: HeardReply, found: Observation) -> Observation:
    """The observation with its fix: a record that is right."""
    record = _right(cut, reply)
    cure = f"replace the CSYNC record of {zone_text(cut.zone)}, and sign it"
    return replace(found, cure=cure, records=record, remedy=in_zone(cut.zone, change=record))


def _with_signatures(cut: Cut, found: Observation) -> Observation:
    """The observation where the zone is not signed: no parent follows such a record, whatever is in it."""
    zone, parent = zone_text(cut.zone), parent_text(cut)
    cure = (
        f"sign {zone}, and have its DS records published in {parent}; or remove the CSYNC record, and change"
        f" the delegation in {parent} without it"
    )
    return replace(found, cure=cure, remedy=in_zone(cut.zone))


def _with_ds(cut: Cut, found: Observation) -> Observation:
    """The observation where the record is right, and the zone only lacks a chain of trust."""
    records = to_publish(cut)
    cure = (
        f"publish the DS records of {zone_text(cut.zone)}; until then, change the delegation in"
        f" {parent_text(cut)} without the CSYNC record"
    )
    remedy = at_parent(cut, add=records)
    return replace(found, cure=cure, records=records, remedy=remedy, blame=Blame.REGISTRAR)


def _right(cut: Cut, reply: HeardReply) -> tuple[str, ...]:
    """The record that asks for the same types of records in a way that a parent can follow."""
    rrset = reply.rrset(cut.zone, dns.rdatatype.CSYNC) or ()
    first = next(rdata for rdata in sorted(rrset) if isinstance(rdata, CSYNC))
    types = first.to_text().split(" ", 2)[2]
    return (f"{cut.zone} {_TTL} IN CSYNC {newest_serial(cut, first)} {first.flags & KNOWN_FLAGS} {types}",)

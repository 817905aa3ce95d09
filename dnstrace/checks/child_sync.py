"""CSYNC records, with which a zone asks its parent for other NS records or glue (RFC 7477).

They are asked for where the parent and the zone differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype
from dns.rdtypes.ANY.CSYNC import CSYNC

from dnstrace.analysis.notifications import endpoints
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.delegated_keys import to_publish
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import parent_text, where
from dnstrace.checks.remedies import at_parent, in_zone
from dnstrace.checks.replies import HeardReply, steps_of
from dnstrace.checks.serials import serials
from dnstrace.checks.signing import signing_of
from dnstrace.dnssec.proof import Types
from dnstrace.dnssec.records import signed
from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.serial import ahead, newest_of
from dnstrace.model.structs import replace

_IMMEDIATE, _SOA_MINIMUM = 1, 2
_TTL = 3600
_KNOWN = _IMMEDIATE | _SOA_MINIMUM
_NO_DS = "cannot be validated: the parent has no DS record for the zone"


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
    for reply, records in _records(cut):
        if faults := "; it ".join(_faults(cut, reply, records)):
            groups.setdefault(faults, []).append(reply)
    for faults, replies in groups.items():
        found = Observation(
            f"the CSYNC record of {zone_text(cut.zone)} {faults}, on {where(replies)}",
            (*steps_of(replies), *steps_of(cut.probe(Probe.SOA))),
        )
        yield _with_ds(cut, found) if faults == _NO_DS else _replaced(cut, replies[0], found)


def _replaced(cut: Cut, reply: HeardReply, found: Observation) -> Observation:
    """The observation with its fix: a record that is right."""
    record = _right(cut, reply)
    cure = f"replace the CSYNC record of {zone_text(cut.zone)}, and sign it"
    return replace(found, cure=cure, records=record, remedy=in_zone(cut.zone, change=record))


def _with_ds(cut: Cut, found: Observation) -> Observation:
    """The observation where the record is right, and the zone only lacks a chain of trust."""
    records = to_publish(cut)
    cure = (
        f"publish the DS records of {zone_text(cut.zone)}; until then, change the delegation at the registrar"
    )
    remedy = at_parent(cut, add=records)
    return replace(found, cure=cure, records=records, remedy=remedy, blame=Blame.REGISTRAR)


def asked_by_csync(cut: Cut, what: str, *types: str) -> str:
    """That the zone itself asks for its records of these types to be published, to go on a sentence."""
    if (record := _asking_for(cut, types)) is None:
        return ""
    once = "" if record.flags & _IMMEDIATE else ", once that is confirmed"
    heeded = notified_at(cut, dns.rdatatype.CSYNC)
    return f"; the zone asks its parent by CSYNC to publish its own {what}{once}{heeded}"


def or_by_csync(cut: Cut, *types: str) -> str:
    """That the parent may be asked to follow the CSYNC record now, to go on a fix; or nothing."""
    return "" if _asking_for(cut, types) is None else or_notify(cut, dns.rdatatype.CSYNC)


def _asking_for(cut: Cut, types: Iterable[str]) -> CSYNC | None:
    """The CSYNC record that asks for records of any of these types, in a way that the parent can follow."""
    asked = {dns.rdatatype.from_text(each) for each in types}
    for reply, records in _records(cut):
        wanted = Types(tuple(records[0].windows))
        if not any(_faults(cut, reply, records)) and any(rdtype in wanted for rdtype in asked):
            return records[0]
    return None


def notified_at(cut: Cut, rdtype: dns.rdatatype.RdataType) -> str:
    """Where the parent takes notifications about records of a type, to go on a sentence; or nothing."""
    where_to = _endpoints_text(cut, rdtype)
    return where_to and f"; {parent_text(cut)} takes NOTIFY({rdtype.name}) for that at {where_to}"


def or_notify(cut: Cut, rdtype: dns.rdatatype.RdataType) -> str:
    """That the parent may be notified, and then looks at once, to go on a fix; or nothing."""
    to, zone = _endpoints_text(cut, rdtype), zone_text(cut.zone)
    return to and f", or send NOTIFY({rdtype.name}) for {zone} to {to}: {parent_text(cut)} then looks at once"


def _endpoints_text(cut: Cut, rdtype: dns.rdatatype.RdataType) -> str:
    """Where the parent takes notifications about records of a type; empty if nowhere that is known."""
    if cut.parent is None or not cut.anywhere(Probe.DSYNC):
        return ""
    found = endpoints(cut.evidence.trace, cut.zone, cut.parent)
    return " and ".join(f"{plain(each.target)}, port {each.port}" for each in found if each.rdtype == rdtype)


def _right(cut: Cut, reply: HeardReply) -> tuple[str, ...]:
    """The record that asks for the same types of records in a way that a parent can follow."""
    rrset = reply.rrset(cut.zone, dns.rdatatype.CSYNC) or ()
    first = next(rdata for rdata in sorted(rrset) if isinstance(rdata, CSYNC))
    types = first.to_text().split(" ", 2)[2]
    return (f"{cut.zone} {_TTL} IN CSYNC {_newest(cut, first)} {first.flags & _KNOWN} {types}",)


def _newest(cut: Cut, record: CSYNC) -> int:
    """The serial of the zone's newest version; that of the record where no server said one."""
    known = set(serials(cut).values())
    return newest_of(known) if known else record.serial


def _records(cut: Cut) -> Iterator[tuple[HeardReply, list[CSYNC]]]:
    """The CSYNC records of each server that has some."""
    for reply in cut.probe(Probe.CSYNC):
        rrset = reply.rrset(cut.zone, dns.rdatatype.CSYNC)
        if records := [rdata for rdata in sorted(rrset or ()) if isinstance(rdata, CSYNC)]:
            yield reply, records


def _faults(cut: Cut, reply: HeardReply, records: list[CSYNC]) -> Iterator[str]:
    """Why a parent cannot follow the records: each goes on after `the CSYNC record of example.com`."""
    signing, first = signing_of(cut), records[0]
    if len(records) > 1:
        yield f"is one of {len(records)}, and there must be one"
    answer = () if reply.message is None else reply.message.answer
    if not any(data.signatures for data in signed(answer, (dns.rdatatype.CSYNC,), cut.zone)):
        yield "is not signed"
    elif signing.ds_known and not signing.ds:
        yield _NO_DS
    if unknown := first.flags & ~_KNOWN:
        yield f"has flags that are not defined ({unknown})"
    newest = _newest(cut, first)
    if first.flags & _SOA_MINIMUM and ahead(first.serial, newest) > 0:
        yield f"needs serial {first.serial} of the zone, which has {newest}"

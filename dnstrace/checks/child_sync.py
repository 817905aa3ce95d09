"""CSYNC records, with which a zone asks its parent for other NS records or glue (RFC 7477).

They are asked for where the parent and the zone differ.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype
from dns.rdtypes.ANY.CSYNC import CSYNC

from dnstrace.analysis.notifications import endpoints
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import parent_text, where
from dnstrace.checks.remedies import in_zone
from dnstrace.checks.replies import HeardReply, steps_of
from dnstrace.checks.serials import newest_of, serials
from dnstrace.checks.signing import signing_of
from dnstrace.dnssec.proof import Types
from dnstrace.dnssec.records import signed
from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.serial import ahead

_IMMEDIATE, _SOA_MINIMUM = 1, 2
_TTL = 3600
_KNOWN = _IMMEDIATE | _SOA_MINIMUM


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
    (2), and with a serial that is not above that of the zone. If the zone cannot be signed, change the
    delegation at the registrar.

    References: RFC 7477 section 2.1.1; RFC 7477 section 3; RFC 1982 section 3.2
    """
    groups: dict[str, list[HeardReply]] = {}
    for reply, records in _records(cut):
        if faults := "; it ".join(_faults(cut, reply, records)):
            groups.setdefault(faults, []).append(reply)
    for faults, replies in groups.items():
        record = _right(cut, replies[0])
        yield Observation(
            f"the CSYNC record of {zone_text(cut.zone)} {faults}, on {where(replies)}",
            (*steps_of(replies), *steps_of(cut.probe(Probe.SOA))),
            cure=f"replace the CSYNC record of {zone_text(cut.zone)}, and sign it",
            records=record,
            remedy=in_zone(cut.zone, change=record),
        )


def asked_by_csync(cut: Cut, what: str, *types: str) -> str:
    """That the zone itself asks for its records of these types to be published, to go on a sentence."""
    asked = {dns.rdatatype.from_text(each) for each in types}
    for reply, records in _records(cut):
        wanted = Types(tuple(records[0].windows))
        if not any(_faults(cut, reply, records)) and any(rdtype in wanted for rdtype in asked):
            once = "" if records[0].flags & _IMMEDIATE else ", once that is confirmed"
            heeded = notified_at(cut, dns.rdatatype.CSYNC)
            return f"; the zone asks its parent by CSYNC to publish its own {what}{once}{heeded}"
    return ""


def notified_at(cut: Cut, rdtype: dns.rdatatype.RdataType) -> str:
    """Where the parent takes notifications about records of a type, to go on a sentence; or nothing."""
    if cut.parent is None:
        return ""
    found = endpoints(cut.evidence.trace, cut.zone, cut.parent) if cut.anywhere(Probe.DSYNC) else []
    texts = [f"{plain(each.target)}, port {each.port}" for each in found if each.rdtype == rdtype]
    if not texts:
        return ""
    return f"; {parent_text(cut)} takes NOTIFY({rdtype.name}) for that at {' and '.join(texts)}"


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
        yield "cannot be validated: the parent has no DS record for the zone"
    if unknown := first.flags & ~_KNOWN:
        yield f"has flags that are not defined ({unknown})"
    newest = _newest(cut, first)
    if first.flags & _SOA_MINIMUM and ahead(first.serial, newest) > 0:
        yield f"needs serial {first.serial} of the zone, which has {newest}"

"""What a zone asks its parent for by a CSYNC record (RFC 7477), and where the parent takes notifications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype
from dns.rdtypes.ANY.CSYNC import CSYNC

from dnstrace.analysis.notifications import endpoints
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import parent_text
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.serials import serials
from dnstrace.checks.readings.signing import signing_of
from dnstrace.dnssec.proof import Types
from dnstrace.dnssec.records import signed
from dnstrace.model import Probe
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.serial import ahead, newest_of

_IMMEDIATE, _SOA_MINIMUM = 1, 2
KNOWN_FLAGS = _IMMEDIATE | _SOA_MINIMUM
NO_DS = "cannot be validated: the parent has no DS record for the zone"


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
    for reply, records in csync_records(cut):
        wanted = Types(tuple(records[0].windows))
        if not any(csync_faults(cut, reply, records)) and any(rdtype in wanted for rdtype in asked):
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


def newest_serial(cut: Cut, record: CSYNC) -> int:
    """The serial of the zone's newest version; that of the record where no server said one."""
    known = set(serials(cut).values())
    return newest_of(known) if known else record.serial


def csync_records(cut: Cut) -> Iterator[tuple[HeardReply, list[CSYNC]]]:
    """The CSYNC records of each server that has some."""
    for reply in cut.probe(Probe.CSYNC):
        rrset = reply.rrset(cut.zone, dns.rdatatype.CSYNC)
        if records := [rdata for rdata in sorted(rrset or ()) if isinstance(rdata, CSYNC)]:
            yield reply, records


def csync_faults(cut: Cut, reply: HeardReply, records: list[CSYNC]) -> Iterator[str]:
    """Why a parent cannot follow the records: each goes on after `the CSYNC record of example.com`."""
    signing, first = signing_of(cut), records[0]
    if len(records) > 1:
        yield f"is one of {len(records)}, and there must be one"
    answer = () if reply.message is None else reply.message.answer
    if not any(data.signatures for data in signed(answer, (dns.rdatatype.CSYNC,), cut.zone)):
        yield "is not signed"
    elif signing.ds_known and not signing.ds:
        yield NO_DS
    if unknown := first.flags & ~KNOWN_FLAGS:
        yield f"has flags that are not defined ({unknown})"
    newest = newest_serial(cut, first)
    if first.flags & _SOA_MINIMUM and ahead(first.serial, newest) > 0:
        yield f"needs serial {first.serial} of the zone, which has {newest}"

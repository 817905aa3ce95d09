"""Rules on CDS and CDNSKEY records, with which a zone asks its parent for DS records (RFC 7344)."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.advice.csync import notified_at, or_notify
from dnstrace.checks.advice.remedies import at_parent, at_servers, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.delegated_keys import (
    Record,
    deletes,
    fitting,
    in_words,
    of_ds,
    published,
    records,
    to_ask_by,
    to_publish,
    unheard,
    wanted,
)
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, parent_text, where
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Fix, Level, Observation
from dnstrace.model.naming import zone_text

_PROBES = ((Probe.CDS, dns.rdatatype.CDS), (Probe.CDNSKEY, dns.rdatatype.CDNSKEY))


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def cds_differs(cut: Cut) -> Iterator[Observation]:
    """The zone asks its parent for different DS records than the parent has.

    What it is: the CDS or CDNSKEY records at the zone's apex are for other keys than the DS records in
    the parent zone.

    Why it matters: a key is being replaced, and the rollover waits for the parent. Nothing fails for now,
    but the old key has to stay for as long as it waits.

    How to fix it: many registries pick up these records by themselves, within a day or so. If yours does
    not, publish the DS records at the registrar.

    References: RFC 7344 section 4; RFC 7344 section 6; RFC 8078 section 4
    """
    asked, have = wanted(cut), of_ds(signing_of(cut).ds)
    if not asked or not have or not signing_of(cut).entries or _agree(asked, have):
        return
    if next(cds_inconsistent(cut), None) is not None:
        return
    gone = deletes(asked)
    replies = [
        reply for probe, rdtype in _PROBES for reply in cut.probe(probe) if reply.rrset(cut.zone, rdtype)
    ]
    yield Observation(
        f"{zone_text(cut.zone)} asks for {'no DS record' if gone else f'DS {in_words(asked)}'},"
        f" but {parent_text(cut)} has DS {in_words(have)}{notified_at(cut, dns.rdatatype.CDS)}",
        (*signing_of(cut).ds_steps, *steps_of(replies)),
        **_update(cut, asked, gone),
    )


def _update(cut: Cut, asked: tuple[Record, ...], gone: bool) -> Fix:
    """What to do about DS records other than those that the zone asks for, which have to be of its keys."""
    zone, have = zone_text(cut.zone), published(cut)
    if gone:
        cure = f"remove the DS records of {zone}{or_notify(cut, dns.rdatatype.CDS)}"
        return {"cure": cure, "records": (), "remedy": at_parent(cut, remove=have), "blame": None}
    if not fitting(cut, asked):
        cure = f"generate the CDS and CDNSKEY records of {zone} again: these match no key that signs its keys"
        own = to_ask_by(cut)
        return {"cure": cure, "records": own, "remedy": in_zone(cut.zone, change=own), "blame": Blame.HOST}
    if silent := unheard(cut):
        cure = f"bring {listed(silent)} back before the DS records of {zone} are replaced"
        cure = f"{cure}: {'it' if len(silent) == 1 else 'they'} may have other keys"
        return {"cure": cure, "records": (), "remedy": at_servers(*silent), "blame": Blame.HOST}
    records = to_publish(cut)
    cure = f"replace the DS records of {zone}{or_notify(cut, dns.rdatatype.CDS)}"
    return {"cure": cure, "records": records, "remedy": at_parent(cut, change=records), "blame": None}


@of_cut(Level.WARNING, Blame.HOST)
def cds_inconsistent(cut: Cut) -> Iterator[Observation]:
    """The zone's CDS and CDNSKEY records contradict each other.

    What it is: servers of the zone have different CDS or CDNSKEY records, or the CDS records are for
    other keys than the CDNSKEY records.

    Why it matters: the parent cannot tell which records are right. Careful registries then change
    nothing; others may accept DS records that break the zone.

    How to fix it: let the signing software generate both from the same keys, and load the zone on all
    servers.

    References: RFC 7344 section 4; RFC 7344 section 6.1
    """
    each: dict[Probe, dict[frozenset[Record], list[HeardReply]]] = {probe: {} for probe, _ in _PROBES}
    for probe, rdtype in _PROBES:
        for reply in cut.probe(probe):
            if (found := records(reply, cut.zone, rdtype)) is not None:
                each[probe].setdefault(found, []).append(reply)
    for groups, (_, rdtype) in zip(each.values(), _PROBES, strict=True):
        if len(groups) > 1:
            each_set = "; ".join(f"{where(replies)}: {in_words(found)}" for found, replies in groups.items())
            yield _inconsistency(
                f"the servers of {zone_text(cut.zone)} have different {rdtype.name} records: {each_set}",
                cut,
                groups,
            )
            return
    ds, keys = (next(iter(groups), frozenset()) for groups in each.values())
    if ds and keys and {record[:2] for record in ds} != {record[:2] for record in keys}:
        message = (
            f"the CDS records of {zone_text(cut.zone)} are for DS {in_words(ds)},"
            f" but its CDNSKEY records are for DS {in_words(keys)}"
        )
        yield _inconsistency(message, cut, *each.values())


def _inconsistency(message: str, cut: Cut, *groups: dict[frozenset[Record], list[HeardReply]]) -> Observation:
    return Observation(
        message,
        steps_of(reply for group in groups for replies in group.values() for reply in replies),
        cure=f"generate the CDS and CDNSKEY records of {zone_text(cut.zone)} again, and load them"
        " on all its servers",
        records=to_ask_by(cut),
        remedy=in_zone(cut.zone, change=to_ask_by(cut)),
    )


def _agree(asked: tuple[Record, ...], have: frozenset[Record]) -> bool:
    """Whether DS records are of the keys asked for; the parent may choose the digest types."""
    if {record[:2] for record in asked} != {record[:2] for record in have}:
        return False
    digests = {record[:3]: record[3] for record in have}
    return all(digests.get(record[:3], record[3]) == record[3] for record in asked)

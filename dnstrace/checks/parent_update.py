"""Rules on CDS and CDNSKEY records, by which a zone tells its parent what DS records to have (RFC 7344)."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.delegated_keys import Record, deletes, in_words, of_ds, records, to_publish, wanted
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import where
from dnstrace.checks.replies import HeardReply, steps_of
from dnstrace.checks.signing import signing_of
from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Level, Observation

_PROBES = ((Probe.CDS, dns.rdatatype.CDS), (Probe.CDNSKEY, dns.rdatatype.CDNSKEY))


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def cds_differs(cut: Cut) -> Iterator[Observation]:
    """The zone asks its parent for other DS records than the parent has.

    What it is: the CDS or CDNSKEY records at the zone's apex name other keys than the DS records at the
    parent.

    Why it matters: a key is being replaced, and the rollover waits for the parent. Nothing fails for now. If
    it waits for good, the old key has to stay.

    How to mend it: many registries look for these records by themselves, within a day or so. Where yours does
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
        f"{cut.zone} asks for {'no DS record' if gone else f'DS {in_words(asked)}'}, "
        f"and {cut.parent or 'its parent'} has DS {in_words(have)}",
        (*signing_of(cut).ds_steps, *steps_of(replies)),
        cure=f"at the registrar of {cut.zone}, {'remove' if gone else 'replace'} the DS records",
        records=() if gone else to_publish(cut),
    )


@of_cut(Level.WARNING, Blame.HOST)
def cds_inconsistent(cut: Cut) -> Iterator[Observation]:
    """The zone's CDS and CDNSKEY records contradict each other.

    What it is: servers of the zone have different CDS or CDNSKEY records, or the CDS records name other
    keys than the CDNSKEY records do.

    Why it matters: the parent cannot tell what is meant. Registries that are careful then change nothing, and
    others may take DS records that break the zone.

    How to mend it: have both made by the software that signs, from the same keys, and the zone loaded by all
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
            told = "; ".join(f"{where(replies)}: {in_words(found)}" for found, replies in groups.items())
            yield _inconsistency(
                f"the servers of {cut.zone} have different {rdtype.name} records: {told}", cut, groups
            )
            return
    ds, keys = (next(iter(groups), frozenset()) for groups in each.values())
    if ds and keys and {record[:2] for record in ds} != {record[:2] for record in keys}:
        message = (
            f"the CDS records of {cut.zone} are for {in_words(ds)}, its CDNSKEY records for {in_words(keys)}"
        )
        yield _inconsistency(message, cut, *each.values())


def _inconsistency(message: str, cut: Cut, *groups: dict[frozenset[Record], list[HeardReply]]) -> Observation:
    return Observation(
        message,
        steps_of(reply for group in groups for replies in group.values() for reply in replies),
        cure=f"have the CDS and CDNSKEY records of {cut.zone} made anew, and loaded by all its servers",
    )


def _agree(asked: tuple[Record, ...], have: frozenset[Record]) -> bool:
    """Whether DS records are of the keys asked for; the parent may choose the digest types."""
    if {record[:2] for record in asked} != {record[:2] for record in have}:
        return False
    digests = {record[:3]: record[3] for record in have}
    return all(digests.get(record[:3], record[3]) == record[3] for record in asked)

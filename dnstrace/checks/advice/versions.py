"""What users lose if the newest version of a zone is copied to all its servers: valid data, or any data."""

from __future__ import annotations

import dns.rcode
import dns.rdatatype

from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.denied_data import contradicting_themselves
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.mixed_hosts import mixture
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.checks.readings.serials import primaries, records, serials
from dnstrace.checks.readings.signing import signing_of
from dnstrace.checks.readings.unproven import lacking
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.naming import plain
from dnstrace.model.serial import newest_of


def validating(cut: Cut) -> frozenset[str]:
    """The addresses whose copy of the zone validates, as far as was asked: its keys, data and denials."""
    return cut.once(_validating)


def _validating(cut: Cut) -> frozenset[str]:
    return frozenset(_with_entries(cut, True) - _troubled(cut)) if signing_of(cut).readable else frozenset()


def newest(cut: Cut) -> int | None:
    """The serial of the newest version; None where all have the same, or do not follow one primary."""
    found = serials(cut)
    if len(set(found.values())) < 2 or mixture(cut) or primaries(cut):
        return None
    latest = newest_of(set(found.values()))
    old = [reply for reply, soa in records(cut) if soa.serial != latest]
    return None if primary_behind(cut, old) is not None else latest


def regressed(cut: Cut) -> tuple[Name, ...]:
    """The servers of the newest version, where it does not validate and an older one does; else none."""
    latest = newest(cut)
    return () if latest is None else cut.once(worse_than_others, latest)


def worse_than_others(cut: Cut, serial: int) -> tuple[Name, ...]:
    """The servers with a version of a serial, where it does not validate and that of another serial does."""
    if not signing_of(cut).readable or not signing_of(cut).entries:
        return ()
    found, fine = serials(cut), validating(cut)
    having = {address for address, each in found.items() if each == serial}
    unsound = having & (_with_entries(cut, False) | _troubled(cut))
    if not unsound or having & fine or not fine & found.keys():
        return ()
    return tuple(dict.fromkeys(r.server for r in cut.probe(Probe.SOA) if r.address in having))


def primary_behind(cut: Cut, old: list[HeardReply]) -> Name | None:
    """The server among those with a lower serial that all copies of the zone list and name as the primary."""
    named = {soa.mname for _, soa in records(cut)}
    copies = cut.probe(Probe.NS)
    listing = {name for name, replies in cut.child.items() if len(replies) == len(copies)}
    return next((reply.server for reply in old if named == {reply.server} <= listing), None)


def lost_data(cut: Cut, new: list[HeardReply], old: list[HeardReply]) -> str:
    """What the newest version lacks of the data asked for, which an older one has; empty if nothing."""
    newer, older = ({reply.address for reply in replies} for replies in (new, old))
    for replies in map(replies_of, cut.walked):
        had = [reply for reply in replies if reply.meaning.kind in POSITIVE and reply.address in older]
        if had and all(reply.meaning.rcode != dns.rcode.NXDOMAIN for reply in had):
            now = [_without_data(r) for r in replies if r.address in newer and r.meaning.usable]
            if all(now) and (what := next(iter(now), "")):
                return f"; in the newer version {what}"
    return ""


def _without_data(reply: HeardReply) -> str:
    """That a reply has none of the data asked for; empty if it has some, or may lead to some."""
    name, kind = plain(reply.step.question.name), reply.meaning.kind
    if kind in (Kind.ALIAS, Kind.NXDOMAIN) and reply.meaning.rcode == dns.rcode.NXDOMAIN:
        target = reply.meaning.target
        alias = "" if target is None else f" is an alias of {plain(target)}, which"
        return f"{name}{alias} does not exist"
    rdtype = dns.rdatatype.to_text(reply.step.question.rdtype)
    return f"{name} has no {rdtype} record" if kind is Kind.NODATA else ""


def _with_entries(cut: Cut, having: bool) -> set[str]:
    """The addresses that have, or lack, a key that a DS record of the parent names."""
    entries = {*signing_of(cut).entries}
    return {a for a, (_, keys) in signing_of(cut).key_replies.items() if bool(keys & entries) is having}


def _troubled(cut: Cut) -> set[str]:
    """The addresses with data that is not validly signed, or that deny something without a proof."""
    data = {judged.reply.address for judged in signing_of(cut).judged if judged.trouble is not None}
    return data | contradicting_themselves(cut) | {reply.address for reply, _ in cut.once(lacking)}

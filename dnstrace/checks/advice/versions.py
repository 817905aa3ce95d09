"""What users lose if the newest version of a zone is copied to all its servers: valid data, or any data."""

from __future__ import annotations

from collections.abc import Iterable

import dns.rcode
import dns.rdatatype

from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.controls import alternate
from dnstrace.checks.readings.denied_data import contradicting_themselves
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.mixed_hosts import mixture
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.checks.readings.serials import follow_clock, primaries, records, serials
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


def untrusted(cut: Cut) -> frozenset[Name]:
    """The servers without the keys that DS records name, where another server's copy validates."""
    if not signing_of(cut).entries or not validating(cut):
        return frozenset()
    heard = {address: reply.server for address, (reply, _) in signing_of(cut).key_replies.items()}
    lacking = {heard[address] for address in _with_entries(cut, False)}
    return frozenset(lacking - {heard[address] for address in validating(cut) & heard.keys()})


def newest(cut: Cut) -> int | None:
    """The serial of the newest version; None where all have the same, or do not follow one primary."""
    return None if primary_reset(cut) is not None else _latest(cut)


def _latest(cut: Cut) -> int | None:
    """The highest serial of those that one primary gave; None where all have the same."""
    found = set(serials(cut).values())
    apart = len(found) < 2 or mixture(cut) or primaries(cut) or follow_clock(cut)
    return None if apart else newest_of(found)


def primary_reset(cut: Cut) -> tuple[Name, int, int] | None:
    """The primary whose serial is lower than those of its secondaries, its serial, and the highest one."""
    latest = _latest(cut)
    if latest is None:
        return None
    old = [(reply, soa.serial) for reply, soa in records(cut) if soa.serial != latest]
    primary = primary_behind(cut, [reply for reply, _ in old])
    own = next((serial for reply, serial in old if reply.server == primary), None)
    return None if primary is None or own is None else (primary, own, latest)


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
    having |= {address for address, each in cut.once(alternate).items() if serial in each}
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


def lost_data(cut: Cut, new: Iterable[str], old: Iterable[str]) -> str:
    """What the addresses of one version lack of the data asked for, which another has; empty if nothing."""
    newer, older = ({*each} - cut.once(alternate).keys() for each in (new, old))
    for replies in map(replies_of, (*cut.walked, *cut.probe_steps(Probe.TYPE))):
        had = [reply for reply in replies if reply.meaning.kind in POSITIVE and reply.address in older]
        if had and all(reply.meaning.rcode != dns.rcode.NXDOMAIN for reply in had):
            now = [_without_data(r) for r in replies if r.address in newer and r.meaning.usable]
            if all(now) and (what := next(iter(now), "")):
                return what
    return ""


def lost_from(cut: Cut, serial: int) -> str:
    """What the version of a serial lacks of the data asked for, which the others have; empty if nothing."""
    having = {address for address, each in serials(cut).items() if each == serial}
    return lost_data(cut, having, serials(cut).keys() - having)


def not_signed(unsound: object) -> str:
    """That a version does not validate, after the servers that have it."""
    return ", a version that is not correctly signed" if unsound else ""


def lacking_in(version: str, lost: str) -> str:
    """What the newer or older version lacks, at the end of a sentence."""
    return f"; in the {version} version {lost}" if lost else ""


def if_meant(lost: str, cure: str, where: str) -> str:
    """How to replace other versions by one that lacks data, at some servers, if that is what was meant."""
    if not lost:
        return cure
    return f"check whether this change is meant: if it is, {cure}; if not, correct it on {where} first"


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

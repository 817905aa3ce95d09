"""Rules on the SOA record of a zone, as each of its servers has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.names import address_literal, host_name
from dnstrace.checks.phrases import addresses, listed, server_names
from dnstrace.checks.replies import HeardReply, by_server, only_server, steps_of
from dnstrace.checks.serials import newest_of
from dnstrace.model import ROOT, Kind, Probe
from dnstrace.model.findings import Blame, Level, Observation

_DAY = 86400  # seconds
_NONE_THERE = (Kind.NODATA, Kind.NXDOMAIN, Kind.EMPTY)
_TIMERS = ("refresh", "retry", "expire", "minimum")


@of_cut(Level.WARNING, Blame.HOST)
def soa_missing(cut: Cut) -> Iterator[Observation]:
    """A server of the zone says that the zone has no SOA record.

    What it is: asked for the SOA record at the zone's apex, a server that answers for the zone says that
    there is none.

    Why it matters: without it no negative answer can be kept, so that each miss comes back to the servers,
    secondaries cannot copy the zone, and tools that look for the zone's apex do not find it.

    How to mend it: publish one SOA record at the apex. Load balancers that answer for single names have it as
    a setting, or should be given a zone of their own.

    References: RFC 1035 section 3.3.13; RFC 2308 section 3
    """
    lacking = [
        reply
        for reply in cut.probe(Probe.SOA)
        if reply.meaning.kind in _NONE_THERE and reply.rrset(cut.zone, dns.rdatatype.SOA) is None
    ]
    for server, replies in by_server(lacking).items():
        yield Observation(
            message=f"{server} ({addresses(replies)}) should have an SOA record of {cut.zone}, but says that"
            " there is none",
            steps=steps_of(replies),
            server=server,
            cure=f"publish an SOA record at {cut.zone} on {server}",
        )


@of_cut(Level.WARNING, Blame.HOST)
def soa_multiple(cut: Cut) -> Iterator[Observation]:
    """The zone has more than one SOA record.

    What it is: the answer for SOA at the apex holds several records; a zone has exactly one.

    Why it matters: which of them counts is chance: secondaries may copy the zone without end or never, and
    some resolvers throw the answer away.

    How to mend it: delete all SOA records but the one with the present serial.

    References: RFC 1035 section 5.2; RFC 2181 section 6.1
    """
    several = [(reply, count) for reply in cut.probe(Probe.SOA) if (count := _count(cut, reply)) > 1]
    if several:
        replies = [reply for reply, _ in several]
        yield Observation(
            message=f"{cut.zone} should have one SOA record, but has {max(count for _, count in several)}, at"
            f" {server_names(replies)}",
            steps=steps_of(replies),
            server=only_server(replies),
            cure=f"delete the SOA records of {cut.zone} but one",
        )


@of_cut(Level.WARNING, Blame.HOST)
def soa_differs(cut: Cut) -> Iterator[Observation]:
    """The servers of the zone do not have the same version of it.

    What it is: the serials in their SOA records differ, so that some have not copied the newest version; or
    (a notice) the serials are equal and the rest of the record is not.

    Why it matters: users see the old or the new data by chance. A secondary that stays behind goes on until
    the zone expires there, and then fails. Just after a change, a difference of seconds is nothing.

    How to mend it: see on the server that is behind why it does not transfer the zone: NOTIFY and AXFR
    allowed, TCP open, TSIG keys, and a serial at the primary that only ever grows.

    References: RFC 1034 section 4.3.5; RFC 1982 section 3.2; RFC 1996 section 3
    """
    by_serial: dict[int, list[HeardReply]] = {}
    for reply in (reply for reply in _answered(cut) if _count(cut, reply) < 2):
        by_serial.setdefault(_soa(cut, reply).serial, []).append(reply)
    if len(by_serial) > 1:
        yield _older_copies(cut, by_serial)
    elif by_serial:
        yield from _unlike_copies(cut, next(iter(by_serial.values())))


def _older_copies(cut: Cut, by_serial: dict[int, list[HeardReply]]) -> Observation:
    """The fault that some servers have an older version than others."""
    newest = newest_of(list(by_serial))
    old = [reply for serial, replies in by_serial.items() for reply in replies if serial != newest]
    each = listed(
        f"serial {serial} at {server_names(replies)}"
        for serial, replies in by_serial.items()
        if serial != newest
    )
    return Observation(
        message=f"{server_names(old)} should have serial {newest} of {cut.zone} as"
        f" {server_names(by_serial[newest])} has, but {'is' if only_server(old) else 'are'} behind: {each}",
        steps=steps_of([reply for replies in by_serial.values() for reply in replies]),
        server=only_server(old),
        cure=f"have {server_names(old)} transfer {cut.zone} anew, and see why it did not",
    )


def _unlike_copies(cut: Cut, replies: list[HeardReply]) -> Iterator[Observation]:
    """The fault that records with the same serial differ."""
    by_record: dict[Any, list[HeardReply]] = {}
    for reply in replies:
        by_record.setdefault(_soa(cut, reply), []).append(reply)
    if len(by_record) > 1:
        first, other = list(by_record)[:2]
        fields = ("mname", "rname", *_TIMERS)
        wrong = [field for field in fields if getattr(first, field) != getattr(other, field)]
        yield Observation(
            message=f"the SOA records of {cut.zone} should be the same everywhere, but with the same serial"
            f" {first.serial} {listed(wrong)} of {server_names(by_record[first])} and of"
            f" {server_names(by_record[other])} differ",
            steps=steps_of(replies),
            cure="give all servers the same version of the zone, from one primary",
            level=Level.NOTICE,
        )


@of_cut(Level.NOTICE, Blame.HOST)
def soa_mname(cut: Cut) -> Iterator[Observation]:
    """The SOA record does not name a host as the primary server.

    What it is: the first field (MNAME) is no host name: it holds an address, or other characters than
    letters, digits and hyphens. (A lone dot says on purpose that there is none.)

    Why it matters: users' queries do not need it; dynamic updates and some registries' checks do.

    How to mend it: put the name of the primary name server there.

    References: RFC 1035 section 3.3.13; RFC 2136 section 4.3
    """
    for reply in _answered(cut):
        mname = _soa(cut, reply).mname
        if mname != ROOT and (not host_name(mname) or address_literal(mname, cut.zone)):
            yield Observation(
                message=f"the SOA record of {cut.zone} should name a host as its primary server, but has"
                f" {mname}",
                steps=(reply.step.id,),
                cure=f"put the name of the primary server in place of {mname}",
            )
            return


@of_cut(Level.WARNING, Blame.HOST)
def soa_timers(cut: Cut) -> Iterator[Observation]:
    """The times in the SOA record let the zone expire too soon, or keep negative answers too long.

    What it is: EXPIRE is less than REFRESH and RETRY together, or negative answers live for more than a day
    (the lesser of MINIMUM and the TTL of the record).

    Why it matters: with the first, a secondary drops the zone when a single transfer fails. With the second,
    a name that was asked for before it was made stays away for days from those who asked.

    How to mend it: choose EXPIRE of two to four weeks, a RETRY that is a fraction of REFRESH, and MINIMUM
    from five minutes to a day.

    References: RFC 1912 section 2.2; RFC 2308 section 5
    """
    for reply in _answered(cut):
        soa, rrset = _soa(cut, reply), reply.rrset(cut.zone, dns.rdatatype.SOA)
        negative = min(soa.minimum, rrset.ttl if rrset is not None else soa.minimum)
        wrong = []
        if soa.expire < soa.refresh + soa.retry:
            wrong.append(
                f"expire {soa.expire} should be far more than refresh {soa.refresh} + retry {soa.retry}"
            )
        if negative > _DAY:
            wrong.append(f"negative answers should live for at most {_DAY} s, but live for {negative} s")
        if wrong:
            yield Observation(
                message=f"the SOA record of {cut.zone}: {'; '.join(wrong)}",
                steps=(reply.step.id,),
                cure=f"mend the times in the SOA record of {cut.zone}, and raise its serial",
            )
            return


def _answered(cut: Cut) -> list[HeardReply]:
    replies = (reply for reply in cut.probe(Probe.SOA) if reply.meaning.kind is Kind.ANSWER)
    return [reply for reply in replies if reply.rrset(cut.zone, dns.rdatatype.SOA) is not None]


def _soa(cut: Cut, reply: HeardReply) -> Any:
    rrset = reply.rrset(cut.zone, dns.rdatatype.SOA)
    assert rrset is not None
    return rrset[0]


def _count(cut: Cut, reply: HeardReply) -> int:
    """How many SOA records an answer holds."""
    return len(reply.rrset(cut.zone, dns.rdatatype.SOA) or ())

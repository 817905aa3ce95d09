"""Rules on the SOA record of a zone, as each of its servers has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dns.rdatatype

from dnstrace.checks.advice.listing import followed_by_parent
from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.advice.removal import or_removed
from dnstrace.checks.advice.reset_primary import behind_secondaries
from dnstrace.checks.advice.uncompared import clock_serials, several_primaries
from dnstrace.checks.advice.versions import (
    if_meant,
    lacking_in,
    lost_data,
    newest,
    not_signed,
    primary_behind,
    validating,
    worse_than_others,
)
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.controls import alternate
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import address_literal
from dnstrace.checks.readings.mixed_hosts import mixture
from dnstrace.checks.readings.phrases import addresses, listed, server_names, where
from dnstrace.checks.readings.replies import HeardReply, by_server, only_server, replies_of, steps_of
from dnstrace.checks.readings.serials import follow_clock, newer_in_turn, primaries, serials
from dnstrace.checks.readings.statements import foreign_soa_in
from dnstrace.checks.rules.left_over import left_over
from dnstrace.checks.rules.names import host_name
from dnstrace.model import ROOT, Kind, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.serial import newest_of
from dnstrace.model.structs import replace

_DAY = 86400  # seconds
_EXPIRE = 14 * _DAY  # seconds
_NONE_THERE = (Kind.NODATA, Kind.NXDOMAIN, Kind.EMPTY)
_TIMERS = ("refresh", "retry", "expire", "minimum")


@of_cut(Level.WARNING, Blame.HOST)
def soa_missing(cut: Cut) -> Iterator[Observation]:
    """A server of the zone says that the zone has no SOA record.

    What it is: asked for the SOA record at the zone's apex, a server that answers for the zone says that
    there is none, or gives records of another type.

    Why it matters: negative answers cannot be cached without it, so each miss reaches the servers again.
    Secondaries cannot copy the zone, and tools that look for the apex of the zone do not find it.

    How to fix it: publish one SOA record at the apex. Load balancers that answer for single names have a
    setting for it, or need a zone of their own.

    References: RFC 1035 section 3.3.13; RFC 2308 section 3
    """
    lacking = [
        reply
        for reply in cut.probe(Probe.SOA)
        if reply.meaning.kind in (*_NONE_THERE, Kind.OTHER_TYPE)
        and reply.rrset(cut.zone, dns.rdatatype.SOA) is None
        and foreign_soa_in(reply) is None  # the server does not have the zone, which is another finding
    ]
    zone = zone_text(cut.zone)
    for server, replies in by_server(lacking).items():
        says = f"says that {zone} has no SOA record"
        cure = f"publish an SOA record for {zone} on {plain(server)}"
        if all(reply.meaning.kind is Kind.OTHER_TYPE for reply in replies):
            says = f"answers the query for the SOA record of {zone} with records of another type"
            cure = f"make {plain(server)} answer the query for the SOA record of {zone} with that record"
        yield Observation(
            message=f"{where(replies)} {says}",
            steps=steps_of(replies),
            server=server,
            cure=cure,
            remedy=in_zone(cut.zone, servers=[server]),
        )


@of_cut(Level.WARNING, Blame.HOST)
def soa_multiple(cut: Cut) -> Iterator[Observation]:
    """The zone has more than one SOA record.

    What it is: the answer for SOA at the apex has several records; a zone has exactly one.

    Why it matters: which record counts is a matter of chance: secondaries may copy the zone endlessly or
    never, and some resolvers reject the answer.

    How to fix it: delete all SOA records except the one with the current serial.

    References: RFC 1035 section 5.2; RFC 2181 section 6.1
    """
    several = [(reply, count) for reply in cut.probe(Probe.SOA) if (count := _count(cut, reply)) > 1]
    if several:
        replies = [reply for reply, _ in several]
        yield Observation(
            message=f"{zone_text(cut.zone)} has {max(count for _, count in several)} SOA records"
            " instead of one, on"
            f" {server_names(replies)}",
            steps=steps_of(replies),
            server=only_server(replies),
            cure=f"delete all SOA records of {zone_text(cut.zone)} except one",
            remedy=in_zone(cut.zone, servers=by_server(replies)),
        )


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR, Level.NOTICE))
def soa_differs(cut: Cut) -> Iterator[Observation]:
    """The servers of the zone do not have the same version of it.

    What it is: the serials in their SOA records differ, so some servers have not copied the newest
    version; or (a notice) the serials are equal and another field of the record differs, or several
    primaries, such as those of two DNS providers, each have a serial of their own, or the serial is the time
    at which the server replied. The serial of a primary may also be lower than those of its secondaries,
    after it was reset. Or (a notice) one address has several
    versions, of which the older one does not go away: more than one machine answers there.

    Why it matters: users see old or new data by chance. Where the old version lacks the data asked for, some
    of them get none (an error). A secondary that stays behind goes on until its copy expires, and then
    fails. Just after a change, a difference for a few seconds is normal.

    How to fix it: find out why the server that is behind does not transfer the zone. Check that NOTIFY
    and AXFR are allowed, that TCP is open, that the TSIG keys match, and that the serial on the primary
    only ever grows. If the newest version no longer lists that server, the parent has to follow.

    References: RFC 1034 section 4.3.5; RFC 1982 section 3.2; RFC 1996 section 3
    """
    by_serial: dict[int, list[HeardReply]] = {}
    apart = {*cut.once(alternate), *_left_over_at(cut)}
    for reply in (r for r in _answered(cut) if _count(cut, r) < 2 and r.address not in apart):
        by_serial.setdefault(_soa(cut, reply).serial, []).append(reply)
    by_serial |= newer_in_turn(cut, by_serial)
    if mixture(cut):
        return
    if len(by_serial) > 1 and (several := primaries(cut)):
        yield several_primaries(cut, several, by_serial)
    elif len(by_serial) > 1 and follow_clock(cut):
        yield clock_serials(cut, by_serial)
    elif len(by_serial) > 1:
        yield _older_copies(cut, by_serial)
    elif by_serial:
        yield from _unlike_copies(cut, next(iter(by_serial.values())))


def _left_over_at(cut: Cut) -> set[str]:
    """The addresses with a copy of the zone that is left over, which is a finding of its own."""
    found = cut.once(left_over)
    return set() if found is None else _at(found.here)


def _older_copies(cut: Cut, by_serial: dict[int, list[HeardReply]]) -> Observation:
    """The observation that some servers have an older version than others, or some of their addresses."""
    latest = newest_of(list(by_serial))
    new, old = by_serial[latest], [r for serial, each in by_serial.items() if serial != latest for r in each]
    split = bool({reply.server for reply in old} & {reply.server for reply in new})
    who = where if split else server_names
    each = listed(
        f"serial {serial} on {who(replies)}" for serial, replies in by_serial.items() if serial != latest
    )
    cure = f"transfer {zone_text(cut.zone)} to {who(old)} again, and find out why it was not transferred"
    unsound, lost = cut.once(worse_than_others, latest), lost_data(cut, _at(new), _at(old))
    cure = if_meant(lost, cure, who(new)) if lost else f"{cure}{or_removed(cut, old)}"
    if split:
        lead = "leads" if len({reply.address for reply in old}) == 1 else "lead"
        cure = f"find out whether {addresses(old)} {lead} to another machine than intended; if not, {cure}"
    found = Observation(
        message=f"{who(old)} {'has an old version' if only_server(old) else 'have old versions'} of"
        f" {zone_text(cut.zone)}: {each}, but serial {latest} on {who(new)}"
        f"{not_signed(unsound)}{lacking_in('newer', lost)}",
        steps=steps_of([reply for replies in by_serial.values() for reply in replies]),
        server=only_server(old),
        cure=cure,
        remedy=in_zone(cut.zone, servers=by_server(old)),
        level=_lag_level(cut, _at(old)),
    )
    if not split and (primary := primary_behind(cut, old)) is not None:
        return behind_secondaries(cut, primary, by_serial, found)
    if unsound:
        fine = [reply for reply in old if reply.address in validating(cut)]
        return _left_as_they_are(cut, new, fine, lost, found)
    return _with_servers_replaced(cut, old, new, found) or found


def _left_as_they_are(
    cut: Cut, new: list[HeardReply], old: list[HeardReply], lost: str, found: Observation
) -> Observation:
    """The observation of old versions that validate, where the newest does not: it is not for copying yet."""
    alone = by_server(old).keys().isdisjoint(by_server(new))
    who, one = server_names if alone else where, len({reply.address for reply in old}) == 1
    it, is_so = ("it", "is") if only_server(old) and (alone or one) else ("they", "are")
    fix = f"fix the signing of {zone_text(cut.zone)} on {who(new)} first"
    cure = if_meant(lost, f"{fix}, and leave {who(old)} as {it} {is_so} until then", who(new))
    return replace(found, cure=cure, remedy=in_zone(cut.zone, servers=by_server(new)))


def _at(replies: list[HeardReply]) -> set[str]:
    return {reply.address for reply in replies}


def _lag_level(cut: Cut, old: set[str]) -> Level:
    """An error where servers with an old version deny what the others answer: some users get nothing."""
    for replies in map(replies_of, cut.walked):
        answers = any(r.meaning.kind in POSITIVE and r.address not in old for r in replies)
        if answers and any(r.meaning.kind in NEGATIVE and r.address in old for r in replies):
            return Level.ERROR
    return Level.WARNING


def _with_servers_replaced(
    cut: Cut, old: list[HeardReply], new: list[HeardReply], found: Observation
) -> Observation | None:
    """The observation of servers that the newest version no longer lists, while the parent still does."""
    current = {reply.address for reply in new}
    names = {name for name, by in cut.child.items() if any(reply.address in current for reply in by)}
    if not names or names & by_server(old).keys() or not cut.referrals:
        return None
    return followed_by_parent(cut, names, found)


def _unlike_copies(cut: Cut, replies: list[HeardReply]) -> Iterator[Observation]:
    """The observation that records with the same serial differ."""
    by_record: dict[Any, list[HeardReply]] = {}
    for reply in replies:
        by_record.setdefault(_soa(cut, reply), []).append(reply)
    if len(by_record) > 1:
        first, other = list(by_record)[:2]
        fields = ("mname", "rname", *_TIMERS)
        wrong = [field for field in fields if getattr(first, field) != getattr(other, field)]
        yield Observation(
            message=f"the SOA records of {zone_text(cut.zone)} on {server_names(by_record[first])} and"
            f" {server_names(by_record[other])} have the same serial {first.serial}, but different"
            f" {listed(wrong)}",
            steps=steps_of(replies),
            cure="serve the same version of the zone everywhere, from one primary",
            remedy=in_zone(cut.zone, servers=by_server(by_record[other])),
            level=Level.NOTICE,
        )


@of_cut(Level.NOTICE, Blame.HOST)
def soa_mname(cut: Cut) -> Iterator[Observation]:
    """The SOA record does not name a host as the primary server.

    What it is: the first field (MNAME) is not a host name: it has an address, or characters other than
    letters, digits and hyphens. (A lone dot says on purpose that there is no primary.)

    Why it matters: users' queries do not need it. Dynamic updates do, and some registries check it.

    How to fix it: put the name of the primary name server in this field.

    References: RFC 1035 section 3.3.13; RFC 2136 section 4.3
    """
    for reply in _answered(cut):
        mname = _soa(cut, reply).mname
        if mname != ROOT and (not host_name(mname) or address_literal(mname, cut.zone)):
            yield Observation(
                message=f"the SOA record of {zone_text(cut.zone)} names {plain(mname)} as the primary server,"
                " which is not a host name",
                steps=(reply.step.id,),
                cure=f"replace {plain(mname)} with the name of the primary server",
                remedy=in_zone(cut.zone),
            )
            return


@of_cut(Level.WARNING, Blame.HOST)
def soa_timers(cut: Cut) -> Iterator[Observation]:
    """The SOA timers expire the zone too soon or keep negative answers too long.

    What it is: EXPIRE is less than REFRESH and RETRY together, or negative answers live for more than a
    day (the lesser of MINIMUM and the TTL of the record).

    Why it matters: in the first case a secondary drops the zone after a single failed transfer. In the
    second, a name that was asked for before it existed stays absent for days for those who asked.

    How to fix it: set EXPIRE to between two and four weeks, RETRY to a fraction of REFRESH, and MINIMUM
    to between five minutes and a day.

    References: RFC 1912 section 2.2; RFC 2308 section 5
    """
    latest, known = newest(cut), serials(cut)
    for reply in _answered(cut):
        if latest is not None and known.get(reply.address, latest) != latest:
            continue  # it gets the timers of the newest version with that
        soa, rrset = _soa(cut, reply), reply.rrset(cut.zone, dns.rdatatype.SOA)
        negative = min(soa.minimum, rrset.ttl if rrset is not None else soa.minimum)
        wrong = []
        if soa.expire < soa.refresh + soa.retry:
            wrong.append(f"expire {soa.expire} is less than refresh {soa.refresh} + retry {soa.retry}")
        if negative > _DAY:
            wrong.append(f"negative answers live for {negative} s, more than a day ({_DAY} s)")
        if wrong and rrset is not None:
            record = f"{cut.zone} {rrset.ttl} IN SOA {_with_usual_timers(cut, soa)}"
            yield Observation(
                message=f"the timers in the SOA record of {zone_text(cut.zone)} are out of range:"
                f" {'; '.join(wrong)}",
                steps=(reply.step.id,),
                cure=f"correct the timers in the SOA record of {zone_text(cut.zone)}, and raise its serial",
                records=(record,),
                remedy=in_zone(cut.zone, change=[record]),
            )
            return


def _with_usual_timers(cut: Cut, soa: Any) -> str:
    """The RDATA of an SOA record with timers that are in range, and a serial for which all copy the zone."""
    every = {soa.serial, *serials(cut).values(), *(n for each in cut.once(alternate).values() for n in each)}
    apart = bool(primaries(cut) or mixture(cut))  # each has serials of its own
    serial = ((soa.serial if apart else newest_of(every)) + 1) % 2**32
    least = soa.refresh + soa.retry
    expire = soa.expire if soa.expire >= least else max(least, _EXPIRE)
    return f"{soa.mname} {soa.rname} {serial} {soa.refresh} {soa.retry} {expire} {min(soa.minimum, _DAY)}"


def _answered(cut: Cut) -> list[HeardReply]:
    replies = (reply for reply in cut.probe(Probe.SOA) if reply.meaning.kind is Kind.ANSWER)
    return [reply for reply in replies if reply.rrset(cut.zone, dns.rdatatype.SOA) is not None]


def _soa(cut: Cut, reply: HeardReply) -> Any:
    rrset = reply.rrset(cut.zone, dns.rdatatype.SOA)
    assert rrset is not None
    return rrset[0]


def _count(cut: Cut, reply: HeardReply) -> int:
    """How many SOA records an answer has."""
    return len(reply.rrset(cut.zone, dns.rdatatype.SOA) or ())

"""Rules on the answers of a zone's servers to the question itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import combinations

import dns.flags
import dns.rdatatype
import dns.rrset

from dnstrace.checks.advice.copies_below import answering_below
from dnstrace.checks.advice.delegating import delegate
from dnstrace.checks.advice.lifetimes import unlike_ttls
from dnstrace.checks.advice.remedies import RELOAD, at_servers, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.agreement import POSITIVE, WITHOUT_END, conflict
from dnstrace.checks.readings.agreement import groups as grouped
from dnstrace.checks.readings.controls import alternate
from dnstrace.checks.readings.denied_data import FOR_PARENTS
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.mixed_hosts import mixture
from dnstrace.checks.readings.phrases import listed, question_text, where
from dnstrace.checks.readings.replies import HeardReply, by_server, is_led_to, replies_of, steps_of
from dnstrace.checks.readings.serials import primaries, serials
from dnstrace.checks.readings.signed_apart import signed_apart
from dnstrace.checks.readings.statements import foreign_soa_in, heard_below, said_text, statements_of
from dnstrace.model import Delegation, Kind, Name, Probe, Purpose, Step
from dnstrace.model.addresses import address_of, is_private
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import is_below, plain, zone_text

_COMPARED = NEGATIVE | POSITIVE | WITHOUT_END | {Kind.REFERRAL}
_COMPARED_OF_PROBES = (
    POSITIVE | WITHOUT_END | {Kind.NODATA}
)  # other rules are about names that do not exist, and cuts
_ADDRESSES = frozenset({dns.rdatatype.A, dns.rdatatype.AAAA})
_LEADING = _ADDRESSES | {dns.rdatatype.CNAME, dns.rdatatype.HTTPS, dns.rdatatype.SVCB, dns.rdatatype.SRV}
_MEANT_TO_CHANGE = 60  # seconds: data with a shorter TTL is taken to be chosen anew for each query


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR, Level.NOTICE))
def answers_differ(cut: Cut) -> Iterator[Observation]:
    """Servers of the zone answer the same question differently.

    What it is: the servers return different data, or some of them say that there is no data, although all
    of them report the same version (serial) of the zone. A lower serial would explain the difference and
    is a finding of its own. Addresses that are chosen anew for each query are only a notice, and so is the
    same data with different TTLs.

    Why it matters: what users get depends on which server their resolver happens to ask, and changes each
    time the cache expires.

    How to fix it: find out which servers have the right data, and reload the zone from the same source on
    the others. A zone that was changed without a new serial does not reach its secondaries. Where data is
    chosen anew for each query on purpose, by load or by where it comes from, nothing is wrong.

    References: RFC 1034 section 4.3.5; RFC 1912 section 2.2
    """
    for steps in _steps_of(cut):
        replies = _of_this_zone(cut, _to_compare(cut, steps))
        groups = next((found for each in _by_serial(cut, replies) if len(found := grouped(each)) > 1), None)
        if groups is not None and (cut.probed or any(_cut_of(reply) is not None for reply in replies)):
            yield _difference(cut, steps, groups)
            return
    if (by_ttl := unlike_ttls(cut)) is not None:
        yield by_ttl


@of_cut(Level.WARNING, Blame.HOST, also=(Level.NOTICE,))
def negative_without_soa(cut: Cut) -> Iterator[Observation]:
    """A negative answer has no SOA record to say how long to cache it.

    What it is: the server says that a name or its data does not exist, but leaves the zone's SOA record
    out of the authority section.

    Why it matters: resolvers do not cache such an answer, so every query reaches the server again. Some
    resolvers treat the server as broken and fail. Of CDS and CDNSKEY records, which only the parent zone
    asks for, it is a notice.

    How to fix it: upgrade or replace the server's software, or the load balancer that answers in its
    place.

    References: RFC 2308 section 2.2; RFC 2308 section 3; RFC 2308 section 5
    """
    walked = (reply for step in cut.walked for reply in replies_of(step) if reply.address in cut.serving)
    bare = [reply for reply in (*walked, *cut.probed_replies()) if _lacks_soa(reply)]
    for server, replies in by_server(bare).items():
        yield Observation(
            f"{where(replies)} answers {_denial_text(replies[0])} for"
            f" {question_text(replies[0].step.question)}"
            f" without the SOA record of {zone_text(cut.zone)}",
            steps_of(replies),
            server=server,
            cure=f"make {plain(server)} include the SOA record of {zone_text(cut.zone)} in its"
            " negative answers",
            remedy=at_servers(server),
            level=Level.NOTICE if all(r.step.question.rdtype in FOR_PARENTS for r in replies) else None,
        )


# --- what they look at -------------------------------------------------------------------------


def _steps_of(cut: Cut) -> list[list[Step]]:
    """The steps of the walk, and the probes for other types and for the addresses of name servers.

    Those of one question belong together: servers that only the zone lists are asked in steps of their own.
    """
    asked = (step for step in cut.steps if step.main and step.zone == cut.zone)
    probes = (*cut.probe_steps(Probe.TYPE), *cut.probe_steps(Probe.ADDRESS))
    found: dict[Hashable, list[Step]] = {}
    for step in {step.id: step for step in (*cut.walked, *asked, *probes)}.values():
        found.setdefault((step.zone, step.question), []).append(step)
    return list(found.values())


def _cut_of(reply: HeardReply) -> Name | None:
    delegation = reply.meaning.delegation
    return None if delegation is None else delegation.zone


def _to_compare(cut: Cut, steps: list[Step]) -> list[HeardReply]:
    """The replies that should be alike: none from a zone below that others refer to, if it agrees."""
    kinds = _COMPARED
    if steps[0].purpose is Purpose.PROBE and _is_walked(cut, steps[0].question.name):
        kinds = _compared_of_probes(cut)
    every = {reply.address: reply for step in reversed(steps) for reply in replies_of(step)}
    first = {reply.address: None for step in steps for reply in replies_of(step)}
    steady = [every[address] for address in first if address not in cut.once(alternate)]
    replies = [reply for reply in steady if reply.meaning.kind in kinds]
    cuts = [below for reply in replies if (below := reply.meaning.delegation) is not None]
    zones = dict.fromkeys(below.zone for below in cuts)
    return [
        reply
        for reply in replies
        if not any(zone != _cut_of(reply) and _may_differ(cut, reply, zone, cuts) for zone in zones)
    ]


def _of_this_zone(cut: Cut, replies: list[HeardReply]) -> list[HeardReply]:
    """Replies for this zone to compare, where servers of a zone above were asked and have this one, too.

    What they say from the zone above is compared as theirs, and what they all say from a zone below as its.
    """
    mine = [reply for reply in replies if not _is_compared_above(cut, reply)]
    below = {_zone_of(reply) for reply in mine}
    lower = len(below) == 1 and all(is_below(zone, cut.zone) and cut.evidence.cut(zone) for zone in below)
    return [] if lower else mine


def _is_compared_above(cut: Cut, reply: HeardReply) -> bool:
    """Whether a reply is from a zone above, whose servers are compared by the same question."""
    zone = _zone_of(reply)
    upper = cut.evidence.cut(zone) if is_below(cut.zone, zone) else None
    asked = [each for steps in _steps_of(upper) for each in steps] if upper and upper.probed else []
    return any(step.question == reply.step.question for step in asked)


def _zone_of(reply: HeardReply) -> Name:
    """The zone that a reply is from, as far as it shows that, else the one asked."""
    question, soa = reply.step.question, reply.meaning.soa
    if reply.meaning.authoritative and any(r.rdtype == dns.rdatatype.SOA for r in reply.meaning.answer):
        return question.name
    return reply.meaning.zone or (reply.step.zone if soa is None else soa.name)


def _is_walked(cut: Cut, name: Name) -> bool:
    """Whether the walk asked for a name: of others, such as targets of records, only probes show anything."""
    return any(step.question.name == name for step in cut.walked)


def _compared_of_probes(cut: Cut) -> frozenset[Kind]:
    """What is compared of probes: what other rules are about only where the walk does not show that."""
    walked = [r for step in cut.walked for r in replies_of(step) if r.meaning.kind in _COMPARED]
    cuts = {Kind.REFERRAL} if all(_cut_of(reply) is None for reply in walked) else set()
    names = {Kind.NXDOMAIN} if len(by_server(walked)) < 2 else set()
    return _COMPARED_OF_PROBES | cuts | names


def _may_differ(cut: Cut, reply: HeardReply, below: Name, cuts: Iterable[Delegation]) -> bool:
    """Whether a server may answer for a zone that others refer to: it agrees, or else serves it too.

    It may also serve a zone below that one, to which the servers of that one refer, or refer to one that is
    only supposed. That it serves the zone need not show in its answer: then it is enough that the others
    refer to it.
    """
    said = statements_of(cut)
    if _cut_of(reply) in cut.supposed:
        return True
    if said.hosts_beneath(reply.address, below, reply.step.question.name):
        return True
    theirs = heard_below(cut, reply, below)
    led_to = any(is_led_to(reply, each) for each in cuts if each.zone == below)
    if theirs:
        alike = led_to or not signed_apart(cut.evidence.cut(below), reply, theirs)
        return alike and not any(conflict(reply, each) for each in theirs)
    return said.hosts(reply.address, below) or (led_to and not said.has_no_cut(reply.address, below))


def _by_serial(cut: Cut, replies: list[HeardReply]) -> list[list[HeardReply]]:
    """Replies from the same version of the zone, as far as is known: several primaries have their own."""
    known = serials(cut)
    versions = dict.fromkeys(known[r.address] for r in replies if r.address in known)
    if not versions or primaries(cut) or mixture(cut):
        return [replies]
    return [[r for r in replies if known.get(r.address, serial) == serial] for serial in versions]


def _difference(cut: Cut, steps: list[Step], groups: list[list[HeardReply]]) -> Observation:
    step = steps[0]
    each = "; ".join(f"{where(group)}: {said_text(group[0])}" for group in groups)
    known = serials(cut)
    every = [reply for group in groups for reply in group]
    same = all(reply.address in known and _zone_of(reply) == cut.zone for reply in every)
    same = same and not (primaries(cut) or mixture(cut))
    cure, records, level = RELOAD, tuple[str, ...](), _difference_level(step, groups)
    operator: Name | None = None
    remedy = in_zone(step.zone, servers=by_server(reply for group in groups for reply in group))
    below = answering_below(cut, groups)
    if below is not None:
        cure, remedy, operator = below.cure, below.remedy, below.operator
        same, each, level = False, each + below.more, Level.WARNING if below.lag else level
    elif (inner := _undelegated(cut, groups)) is not None:
        cure, records, remedy = delegate(cut, inner)
    elif inside := _of_inside(groups):
        cure = (
            f"have {listed(inside)} answer queries from the Internet with public addresses, as the other"
            " servers do: private ones are for an internal view of the zone"
        )
        remedy = at_servers(*inside)
    elif level is Level.NOTICE and step.question.rdtype != dns.rdatatype.SOA:
        cure = f"nothing, if a load balancer chooses the data for each query; otherwise {RELOAD}"
    return Observation(
        f"the servers of {zone_text(step.zone)} answer {question_text(step.question)}"
        f" differently{', with the same serial' if same else ''}: {each}",
        steps_of(reply for group in groups for reply in group),
        cure=cure,
        records=records,
        remedy=remedy,
        level=level,
        operator=operator,
    )


def _undelegated(cut: Cut, groups: list[list[HeardReply]]) -> Name | None:
    """The zone below from which some servers answer, where by the zone itself there is nothing."""
    own = [reply for group in groups for reply in group if _zone_of(reply) == cut.zone]
    below = {_zone_of(reply) for group in groups for reply in group if is_below(_zone_of(reply), cut.zone)}
    denied = bool(own) and all(reply.meaning.kind in NEGATIVE for reply in own)
    return below.pop() if denied and len(below) == 1 else None


def _of_inside(groups: list[list[HeardReply]]) -> list[Name]:
    """The servers that have only private addresses, where the others have none; empty if there are none."""
    inside, outside = list[HeardReply](), list[HeardReply]()
    for reply in (reply for group in groups for reply in group):
        found = [is_private(address_of(rdata)) for rrset in _addresses_in(reply) for rdata in rrset]
        if not found or any(found) is not all(found):
            return []
        (inside if all(found) else outside).append(reply)
    return (
        list(by_server(inside)) if outside and by_server(inside).keys().isdisjoint(by_server(outside)) else []
    )


def _difference_level(step: Step, groups: list[list[HeardReply]]) -> Level:
    """An error where some users get nothing, a notice where the data is chosen anew for each query.

    It is a warning where only a probe asked: nobody said that the type is needed. SOA records that differ
    although their serial is the same are a notice here, as by the rule on them.
    """
    negative = {group[0].meaning.kind in NEGATIVE | WITHOUT_END for group in groups}
    if len(negative) > 1 or any(_cut_of(group[0]) is not None for group in groups):
        return Level.WARNING if step.purpose is Purpose.PROBE else Level.ERROR
    chosen = step.question.rdtype == dns.rdatatype.SOA or _is_chosen(groups)
    return Level.NOTICE if True not in negative and chosen else Level.WARNING


def _is_chosen(groups: list[list[HeardReply]]) -> bool:
    """Whether addresses come from a pool: short-lived, or overlapping, or several from one server.

    Other data is short-lived too where it changes often: it is chosen anew if one server has several.
    """
    replies = [reply for group in groups for reply in group]
    rrsets = [rrset for reply in replies for rrset in _addresses_in(reply)]
    many = any(len(grouped(each)) > 1 for each in by_server(replies).values())
    if any(min((r.ttl for r in reply.meaning.answer), default=0) <= _MEANT_TO_CHANGE for reply in replies):
        return many or replies[0].step.question.rdtype in _LEADING or bool(rrsets)
    if not all(map(_addresses_in, replies)):
        return False  # addresses on one server, and on another an alias that leads elsewhere
    pairs = combinations(rrsets, 2)
    return bool(rrsets) and (many or all(set(one) & set(other) for one, other in pairs))


def _addresses_in(reply: HeardReply) -> list[dns.rrset.RRset]:
    return [rrset for rrset in reply.meaning.answer if rrset.rdtype in _ADDRESSES]


def _lacks_soa(reply: HeardReply) -> bool:
    """Whether a reply denies something other than the SOA record, with authority, and has no SOA record."""
    meaning = reply.meaning
    if meaning.kind is Kind.EMPTY and meaning.offer is not None:
        flagged = reply.message is not None and bool(reply.message.flags & dns.flags.AA)
        return flagged and reply.step.question.rdtype != dns.rdatatype.SOA
    bare = meaning.soa is None and foreign_soa_in(reply) is None
    return meaning.kind in NEGATIVE and meaning.authoritative and bare


def _denial_text(reply: HeardReply) -> str:
    return "NXDOMAIN" if reply.meaning.kind is Kind.NXDOMAIN else "NODATA"

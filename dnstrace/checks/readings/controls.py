"""The controls of probes: what an address does to the same question asked as usual.

A probe shows only what its control does not. An address that answers a question at one time and fails the
very same at another is overloaded, limits its rate, or has a bad path to it: what it does to one query shows
nothing about that query, and rules that compare a probe with its control pass over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

import dns.rcode

from dnstrace.analysis.alternating import alternating
from dnstrace.analysis.stopping import ERRORS, alike
from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.anomaly import BESIDE, SHAPED
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.rates import limiting, slips
from dnstrace.checks.readings.replies import HeardReply, gist, replies_of, soa_with_referral
from dnstrace.model import ROOT, Attempt, Cause, Kind, Probe, Purpose, Question, Transport
from dnstrace.model.heard import NEGATIVE, SHOWS_NOTHING

_ANSWERS = NEGATIVE | POSITIVE  # what a zone's own servers say with authority
_UNSTEADY = ERRORS | {Kind.TIMEOUT, Kind.TRUNCATED}
_LOST = 3  # queries that got no reply at first: fewer are lost datagrams
_LOST_SHARE = 10  # of which at least one was lost


def unsteady(cut: Cut) -> frozenset[str]:
    """The addresses whose replies depend on chance, as is seen from what they did to equal queries."""
    return frozenset(cut.once(at_times).keys() | cut.once(alternate).keys())


def alternate(cut: Cut) -> dict[str, list[int]]:
    """The addresses of the zone's servers that give an older version after a newer one, with the serials."""
    return alternating(cut.all_steps, cut.zone)


def at_times(cut: Cut) -> dict[str, list[HeardReply]]:
    """By address, the failed attempts at queries that the same address answered at another time.

    Left out are addresses at which a few datagrams were lost.
    """
    failed = {_asked(attempt) for attempt in cut.all_attempts if attempt.meaning.kind in _UNSTEADY}
    if not failed:
        return {}
    asked: dict[Hashable, list[HeardReply]] = defaultdict(list)
    sent: dict[str, int] = defaultdict(int)
    for step in cut.all_steps:
        for attempt in step.attempts:
            sent[attempt.address] += 1
            if _asked(attempt) in failed:
                asked[alike(attempt.exchange.query)].append(HeardReply(step, attempt))
    errors: dict[str, list[HeardReply]] = defaultdict(list)
    lost: dict[str, list[HeardReply]] = defaultdict(list)
    for replies in asked.values():
        address = replies[0].address
        if any(reply.meaning.usable for reply in replies):
            errors[address] += [reply for reply in replies if reply.meaning.kind in ERRORS]
        if any(reply.message is not None and not _is_cut_short(reply) for reply in replies):
            lost[address] += [reply for reply in replies if reply.meaning.kind is Kind.TIMEOUT]
    slipped = cut.once(slips)
    lossy = cut.once(limiting) | {
        address
        for address, replies in lost.items()
        if len(replies) >= _LOST and len(replies) * _LOST_SHARE >= sent[address]
    } - cut.once(large_lost)
    every = {
        address: [*errors[address], *slipped.get(address, ()), *(lost[address] if address in lossy else ())]
        for address in sent
    }
    return {address: replies for address, replies in every.items() if replies}


def _asked(attempt: Attempt) -> Hashable:
    """The address and what is asked for: quicker to compare than all that equal queries have in common."""
    query = attempt.exchange.query
    return query.address, query.question.rdtype, query.recursion_desired, query.question.name.labels


def _is_cut_short(reply: HeardReply) -> bool:
    return reply.meaning.kind in (Kind.TRUNCATED, Kind.TRUNCATED_OVER_TCP)


def large_lost(cut: Cut) -> frozenset[str]:
    """The addresses whose large replies over UDP are lost: the same queries are answered in less room.

    Chance loses small datagrams as well: here, all that arrived at once is smaller than all that did not.
    """
    at_once: dict[str, list[int]] = defaultdict(list)
    later: dict[str, list[int]] = defaultdict(list)
    for step in cut.all_steps:
        lost: dict[str, int] = {}  # the room that was offered in vain
        for attempt in step.attempts:
            query, wire = attempt.exchange.query, attempt.exchange.wire
            if query.transport is not Transport.UDP or query.edns is None:
                continue
            if attempt.meaning.kind is Kind.TIMEOUT:
                lost[query.address] = query.edns.payload
            elif wire is not None and query.edns.payload < lost.get(query.address, 0):
                whole = attempt.meaning.kind is not Kind.TRUNCATED
                later[query.address].append(len(wire) if whole else query.edns.payload)
            elif wire is not None:
                at_once[query.address].append(len(wire))
    return frozenset(
        address
        for address, sizes in later.items()
        if min(len(sizes), len(at_once[address])) >= _LOST and min(sizes) > max(at_once[address])
    )


def knowing_edns(cut: Cut, probe: Probe) -> list[HeardReply]:
    """The replies to a probe of servers that answer the same question with plain EDNS, which is its control.

    What the others do is not due to the version or the option, and has findings of its own.
    """
    knowing = {
        reply.address
        for reply in cut.probe(Probe.SOA)
        if reply.meaning.rcode == dns.rcode.NOERROR
        and reply.attempt.exchange.query.edns is not None
        and reply.message is not None
        and reply.message.edns >= 0
    }
    steady = knowing - cut.once(unsteady)
    told = (reply for reply in cut.probe(probe) if reply.meaning.kind not in SHOWS_NOTHING)
    return [reply for reply in told if reply.address in steady]


def answered_with_edns(cut: Cut) -> set[str]:
    """The addresses that replied over UDP to a query with EDNS: what they did not reply to was lost."""
    with_edns = (
        attempt.exchange
        for attempt in cut.all_attempts
        if attempt.exchange.query.edns is not None and attempt.exchange.query.transport is Transport.UDP
    )
    return {exchange.query.address for exchange in with_edns if exchange.message is not None}


def dropped_with_edns(cut: Cut) -> list[HeardReply]:
    """The queries that get no reply with EDNS, and one without, at addresses that answer others with EDNS.

    That is recorded as the cause only after a third query with EDNS in vain.
    """
    steady = answered_with_edns(cut) - cut.once(unsteady)
    found: dict[tuple[str, Question], HeardReply] = {}
    replied: set[tuple[str, Question]] = set()
    for step in (step for step in cut.steps if step.zone == cut.zone and not step.at_resolver):
        for attempt in step.attempts:
            query = attempt.exchange.query
            if attempt.cause is Cause.DROPS_EDNS and query.address in steady:
                found.setdefault((query.address, step.question), HeardReply(step, attempt))
            elif attempt.exchange.message is not None and query.edns is not None:
                replied.add((query.address, step.question))
    return [reply for key, reply in found.items() if key not in replied]


def heard_over_udp(cut: Cut) -> set[str]:
    """The addresses that replied over UDP: when they were probed, if they were asked over UDP then."""
    asked, heard = set(), set()
    for attempt in (attempt for step in cut.probe_steps(Probe.SOA) for attempt in step.attempts):
        query = attempt.exchange.query
        asked.add(query.address)
        if query.transport is Transport.UDP and attempt.exchange.message is not None:
            heard.add(query.address)
    return heard | ((cut.heard | cut.serving) - asked)


def without_authority(cut: Cut) -> list[HeardReply]:
    """The answers without the AA flag to queries for keys, and to probes that are put as the walk asks."""
    keys = (s for s in cut.steps if s.purpose is Purpose.DNSKEY and s.zone == cut.zone)
    replies = (
        *(reply for step in keys for reply in replies_of(step)),
        *(reply for probe in Probe if probe not in SHAPED | BESIDE for reply in cut.probe(probe)),
    )
    return [reply for reply in replies if lacks_authority(reply)]


def primed(cut: Cut) -> list[HeardReply]:
    """What root servers said of the root's own name servers."""
    steps = cut.anywhere(Purpose.PRIME) if cut.zone == ROOT else ()
    return [reply for step in steps for reply in replies_of(step)]


def lacks_authority(reply: HeardReply) -> bool:
    """Whether a reply is an answer without the AA flag, and not a referral with the SOA record of NODATA."""
    meaning = reply.meaning
    if reply.step.purpose is Purpose.PRIME and meaning.offer is not None:
        meaning = meaning.offer
    return meaning.kind in _ANSWERS and not meaning.authoritative and soa_with_referral(reply) is None


def failing_over_tcp(cut: Cut) -> dict[str, HeardReply]:
    """By address, a reply over TCP of no use, to a question that is answered, or truncated, over UDP.

    Usually it is an error. A reply that is truncated over TCP too is not among these, nor one whose response
    code the truncated reply has as well: over TCP came the rest of that same reply.
    """
    return cut.once(_failing_over_tcp)


def _failing_over_tcp(cut: Cut) -> dict[str, HeardReply]:
    steps = [step for step in cut.steps if step.zone == cut.zone and not step.at_resolver]
    answered, useless = set(), list[HeardReply]()
    cut_short: dict[Hashable, set[int | None]] = defaultdict(set)
    for step in steps:
        for attempt in step.attempts:
            query, meaning = attempt.exchange.query, attempt.meaning
            asked = query.address, query.question, query.edns is None
            if query.transport is Transport.UDP and meaning.usable:
                answered.add(asked)
            elif query.transport is Transport.UDP and meaning.kind is Kind.TRUNCATED:
                cut_short[asked].add(meaning.rcode)
            elif query.transport is Transport.TCP and not meaning.usable:
                useless.append(HeardReply(step, attempt))
    unsure = cut.once(unsteady)
    found: dict[str, HeardReply] = {}
    for each in sorted(useless, key=lambda each: not truncated(each)):
        query, kind = each.attempt.exchange.query, each.meaning.kind
        asked = query.address, query.question, query.edns is None
        is_error = kind in ERRORS and asked in cut_short and each.meaning.rcode not in cut_short[asked]
        is_unlike = each.message is not None and kind is not Kind.TRUNCATED_OVER_TCP and asked in answered
        if (is_error or is_unlike) and each.address not in unsure:
            found.setdefault(each.address, each)
    return found


def unlike_over_udp(cut: Cut) -> dict[str, tuple[HeardReply, HeardReply]]:
    """By address, an answer over TCP and one over UDP that are of different kinds, or have AA and do not."""
    plainly = {reply.address: reply for reply in cut.probe(Probe.SOA) if reply.meaning.usable}
    pairs = ((each, plainly[each.address]) for each in cut.probe(Probe.TCP) if each.address in plainly)
    return {
        one.address: (one, other)
        for one, other in pairs
        if one.meaning.usable and one.address not in cut.once(unsteady) and gist(one) != gist(other)
    }


def truncated(reply: HeardReply) -> bool:
    """Whether what a reply answers was truncated over UDP before, at the same address."""
    return any(
        attempt.meaning.kind is Kind.TRUNCATED and attempt.address == reply.address
        for attempt in reply.step.attempts
    )

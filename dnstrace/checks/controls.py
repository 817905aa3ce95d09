"""The controls of probes: what an address does to the same question asked as usual.

A probe shows only what its control does not. An address that answers a question at one time and fails the
very same at another is overloaded, limits its rate, or has a bad path to it: what it does to one query shows
nothing about that query, and rules that compare a probe with its control pass over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import dns.rcode

from dnstrace.checks.anomaly import SHAPED
from dnstrace.checks.evidence import Cut
from dnstrace.checks.replies import HeardReply, replies_of
from dnstrace.checks.statements import soa_with_referral
from dnstrace.model import Attempt, Kind, Probe, Purpose, Query, Transport

ANSWERS = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN})
"""What a zone's own servers say with authority."""

_ERRORS = frozenset(
    {Kind.SERVER_FAILURE, Kind.REFUSED, Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.OTHER_RCODE}
)
_LOST = 3  # questions that got no reply at first: fewer are lost datagrams


def unsteady(cut: Cut) -> frozenset[str]:
    """The addresses whose replies depend on chance, as is seen from what they did to equal queries."""
    asked: dict[Query, list[Attempt]] = defaultdict(list)
    for attempt in cut.all_attempts:
        asked[attempt.exchange.query].append(attempt)
    changing = [query for query, attempts in asked.items() if _fails_at_times(attempts)]
    silent = [query for query, attempts in asked.items() if _is_silent_at_times(attempts)]
    lossy = {address for address, count in _counted(silent).items() if count >= _LOST}
    return frozenset({query.address for query in changing} | lossy)


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
    return [reply for reply in cut.probe(probe) if reply.address in steady]


def answered_with_edns(cut: Cut) -> set[str]:
    """The addresses that replied over UDP to a query with EDNS: what they did not reply to was lost."""
    with_edns = (
        attempt.exchange
        for attempt in cut.all_attempts
        if attempt.exchange.query.edns is not None and attempt.exchange.query.transport is Transport.UDP
    )
    return {exchange.query.address for exchange in with_edns if exchange.message is not None}


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
        *(reply for probe in Probe if probe not in SHAPED for reply in cut.probe(probe)),
    )
    return [
        reply
        for reply in replies
        if reply.meaning.kind in ANSWERS
        and not reply.meaning.authoritative
        and soa_with_referral(reply) is None
    ]


def failing_over_tcp(cut: Cut) -> dict[str, HeardReply]:
    """By address, an error over TCP in reply to a question that is answered, or truncated, over UDP."""
    return cut.once(_failing_over_tcp)


def _failing_over_tcp(cut: Cut) -> dict[str, HeardReply]:
    steps = [step for step in cut.steps if step.zone == cut.zone and not step.at_resolver]
    told, errors = set(), list[HeardReply]()
    for step in steps:
        for attempt in step.attempts:
            query, kind = attempt.exchange.query, attempt.meaning.kind
            if query.transport is Transport.TCP and kind in _ERRORS:
                errors.append(HeardReply(step, attempt))
            elif query.transport is Transport.UDP and (attempt.meaning.usable or kind is Kind.TRUNCATED):
                told.add((query.address, query.question, query.edns is None))
    unsure = cut.once(unsteady)
    found: dict[str, HeardReply] = {}
    for each in sorted(errors, key=lambda each: not truncated(each)):
        query = each.attempt.exchange.query
        if (query.address, query.question, query.edns is None) in told and query.address not in unsure:
            found.setdefault(each.address, each)
    return found


def truncated(reply: HeardReply) -> bool:
    """Whether what a reply answers was truncated over UDP before, at the same address."""
    return any(
        attempt.meaning.kind is Kind.TRUNCATED and attempt.exchange.query.address == reply.address
        for attempt in reply.step.attempts
    )


def _fails_at_times(attempts: Iterable[Attempt]) -> bool:
    kinds = {attempt.meaning.kind for attempt in attempts}
    return bool(kinds & _ERRORS) and any(attempt.meaning.usable for attempt in attempts)


def _is_silent_at_times(attempts: list[Attempt]) -> bool:
    """Whether a query was answered only once several had got no reply."""
    silent = sum(attempt.meaning.kind is Kind.TIMEOUT for attempt in attempts)
    return silent > 1 and any(attempt.exchange.message is not None for attempt in attempts)


def _counted(queries: Iterable[Query]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for query in queries:
        found[query.address] += 1
    return found

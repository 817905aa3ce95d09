"""Which addresses limit the rate of their replies (RRL): what such an address does not answer shows nothing.

A server that sends many replies that are alike to one client in a second drops the others, or truncates some
of them (slips), so that true clients ask over TCP. All probes of a zone are sent at once, so it drops some.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable

from dnstrace.analysis.stopping import alike
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply, small_after_truncation
from dnstrace.model import Attempt, Kind, Name, Question, Step, Transport
from dnstrace.model.allowed import PLAIN_PAYLOAD
from dnstrace.model.heard import NEGATIVE

_LARGEST = 65536  # more octets than a reply can have
_LEAST = 2  # questions: fewer may be truncated for a reason of their own
_SHUT_OUT = 2  # questions in vain, one of which had been answered: fewer are lost datagrams


def limiting(cut: Cut) -> frozenset[str]:
    """The addresses that limit the rate of their replies, as far as is seen.

    Where an address is silent to some queries, it is asked in the same moment what it had answered: one that
    is silent to that, too, drops no query for what it asks.
    """
    return frozenset(cut.once(slips).keys() | _shut_out(cut))


def _shut_out(cut: Cut) -> set[str]:
    """The addresses that were silent to something that they had answered, and to something else."""
    if not any(attempt.meaning.kind is Kind.TIMEOUT for attempt in cut.all_attempts):
        return set()
    asked: dict[Hashable, list[HeardReply]] = defaultdict(list)
    silences: Counter[str] = Counter()
    for step in cut.all_steps:
        for address, attempts in _over_udp(step).items():
            silences[address] += {each.meaning.kind for each in attempts} == {Kind.TIMEOUT}
            for attempt in attempts:
                asked[alike(attempt.exchange.query)].append(HeardReply(step, attempt))
    return {
        replies[0].address
        for replies in asked.values()
        if silences[replies[0].address] >= _SHUT_OUT and _answered_before(replies)
    }


def _answered_before(replies: list[HeardReply]) -> bool:
    """Whether one of equal queries was answered, and one of a later step was not."""
    answered = [(_start(reply), reply.step.id) for reply in replies if reply.meaning.usable]
    silent = [(_start(reply), reply.step.id) for reply in replies if reply.meaning.kind is Kind.TIMEOUT]
    return any(late > early and one != other for early, one in answered for late, other in silent)


def _start(reply: HeardReply) -> float:
    return reply.attempt.exchange.start


def slips(cut: Cut) -> dict[str, list[HeardReply]]:
    """By address, the replies that it truncated by chance, if it sent others whole.

    It is chance if it answered an equal query in no more room. It is also chance if the whole reply is small,
    and the address was silent to the same query before or after, or truncates several questions.
    """
    if not any(attempt.meaning.kind is Kind.TRUNCATED for attempt in cut.all_attempts):
        return {}
    found = _truncated_at_times(cut)
    by_chance, whole = {*found}, set[str]()
    denied, questions = _denied(cut), defaultdict[str, set[Question]](set)
    for step in cut.all_steps:
        small = small_after_truncation(step)
        for address, attempts in _over_udp(step).items():
            whole |= {address} if any(each.meaning.usable for each in attempts) else set()
            cut_short = [HeardReply(step, each) for each in attempts if each.meaning.kind is Kind.TRUNCATED]
            silent = _dropped_as_well(attempts)
            fits = silent or address in small
            size = denied.get((address, step.question.name), _LARGEST)
            if slipped := [each for each in cut_short if fits or size <= room(each.attempt)]:
                by_chance |= {address} if silent else set()
                questions[address].add(step.question)
                found[address] += slipped
    several = {address for address, asked in questions.items() if len(asked) >= _LEAST}
    return {address: found[address] for address in (by_chance | several) & whole}


def _truncated_at_times(cut: Cut) -> dict[str, list[HeardReply]]:
    """By address, the truncated replies where one to an equal query with no more room was not."""
    found: dict[str, list[HeardReply]] = defaultdict(list)
    asked: dict[Hashable, list[HeardReply]] = defaultdict(list)
    for step in cut.all_steps:
        for attempt in step.attempts:
            asked[alike(attempt.exchange.query)].append(HeardReply(step, attempt))
    for replies in asked.values():
        enough = [room(reply.attempt) for reply in replies if reply.meaning.usable]
        for reply in replies if enough else ():
            if reply.meaning.kind is Kind.TRUNCATED and room(reply.attempt) >= min(enough):
                found[reply.address].append(reply)
    return found


def _over_udp(step: Step) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in step.attempts:
        if attempt.exchange.query.transport is Transport.UDP:
            found[attempt.address].append(attempt)
    return found


def _dropped_as_well(attempts: list[Attempt]) -> bool:
    """Whether equal queries, with no more room, got a truncated reply and none."""
    cut_short = [room(each) for each in attempts if each.meaning.kind is Kind.TRUNCATED]
    dropped = [room(each) for each in attempts if each.meaning.kind is Kind.TIMEOUT]
    return bool(cut_short and dropped) and min(dropped) <= max(cut_short)


def _denied(cut: Cut) -> dict[tuple[str, Name], int]:
    """The names whose data an address denied over UDP, with the octets that this took: no type takes more."""
    found: dict[tuple[str, Name], int] = {}
    for step in cut.all_steps:
        for address, attempts in _over_udp(step).items():
            sizes = [len(a.exchange.wire or b"") for a in attempts if a.meaning.kind in NEGATIVE]
            if sizes:
                key = address, step.question.name
                found[key] = max(*sizes, found.get(key, 0))
    return found


def room(attempt: Attempt) -> int:
    """The octets that a query allows its reply over UDP."""
    edns = attempt.exchange.query.edns
    return PLAIN_PAYLOAD if edns is None else max(edns.payload, PLAIN_PAYLOAD)

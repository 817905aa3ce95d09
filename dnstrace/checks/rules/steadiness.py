"""The rule on servers that answer a query at one time and fail the very same at another."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.controls import at_times
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import addresses
from dnstrace.checks.readings.replies import HeardReply, by_server, rcode_text, steps_of
from dnstrace.model import Kind, Outcome
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain

_OF_HASTE = frozenset({Kind.TIMEOUT, Kind.TRUNCATED})  # what may befall too many queries at once


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR, Level.NOTICE))
def unreliable(cut: Cut) -> Iterator[Observation]:
    """A name server answers a query at one time and fails the same query at another.

    What it is: the same query to the same address got an error such as SERVFAIL, or no reply, and an answer
    when it was sent again. The server is overloaded or limits the rate of its replies, one of several
    machines behind its address is broken, or the path to it loses packets.

    Why it matters: resolvers have to ask again or elsewhere, which takes time. If all name servers of the
    zone are like that, some of their users get no answer at times.

    How to fix it: find out what differs between the queries that fail and those that do not: compare the
    machines that share the address (anycast, load balancers), and look for overload, limits and packet loss.
    Queries that only get no reply at first (a notice) may have been too many at once.

    References: RFC 1034 section 4.3.1; RFC 2182 section 3; RFC 9520 section 2.3
    """
    failed = cut.once(at_times)
    for server, replies in by_server(each for found in failed.values() for each in found).items():
        yield Observation(
            f"{plain(server)} is unreliable at {addresses(replies)}: it {_does(replies)} some queries, and"
            " answers the same queries at other times",
            steps_of(replies),
            server=server,
            cure=f"find out why {plain(server)} fails some queries: compare the machines behind its address,"
            " and look for overload, limits of the rate and packet loss",
            level=_level(cut, failed, replies),
            remedy=at_servers(server),
        )


def _does(replies: list[HeardReply]) -> str:
    """What a server does at times: `answers SERVFAIL to`."""
    truncates = any(reply.meaning.kind is Kind.TRUNCATED for reply in replies)
    failed = (r for r in replies if r.message is not None and r.meaning.kind is not Kind.TRUNCATED)
    errors = dict.fromkeys(map(rcode_text, failed))
    silent = any(reply.meaning.kind is Kind.TIMEOUT for reply in replies)
    ways = [f"answers {' and '.join(errors)} to"] * bool(errors) + ["does not reply to"] * silent
    return " or ".join(ways + ["truncates its replies to"] * truncates)


def _level(cut: Cut, failed: dict[str, list[HeardReply]], replies: list[HeardReply]) -> Level | None:
    """An error if the trace failed for it; a notice if there was only silence, which may be due to haste."""
    ended = cut.evidence.trace.outcome is Outcome.FAILED
    if ended and {reply.address for reply in cut.everyone} <= failed.keys():
        return Level.ERROR
    return None if any(r.meaning.kind not in _OF_HASTE for r in replies) else Level.NOTICE

"""Rules on replies over TCP, which are needed where a reply does not fit into a datagram."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.anomalies.anomalies import result_text
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.controls import (
    answered_with_edns,
    failing_over_tcp,
    heard_over_udp,
    truncated,
    unlike_over_udp,
    unsteady,
)
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import UPDATE, addresses
from dnstrace.checks.readings.replies import HeardReply, by_server, steps_of
from dnstrace.checks.rules.transport import each_doing
from dnstrace.model import Cause, Kind, Probe, Purpose
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import SHOWS_NOTHING
from dnstrace.model.naming import plain

_OPEN = "open TCP port 53 on {server} and on every firewall in front of it"
_REPLY = (
    "have {server} answer queries over TCP: port 53 is open, but the server, or a device in front of it,"
    " closes the connection before the reply is complete"
)
_ALLOW = "have {server}, or a proxy in front of it, answer queries over TCP as it answers those over UDP"


@of_cut(Level.WARNING, Blame.HOST, Trait.BESIDE, also=(Level.ERROR,))
def no_tcp(cut: Cut) -> Iterator[Observation]:
    """A name server does not answer over TCP.

    What it is: a query over TCP gets no reply, an error, or another answer than over UDP, where all is well.

    Why it matters: replies that do not fit into a datagram have to be fetched over TCP, signed ones above
    all. If the server truncates replies, that data cannot be fetched (an error).

    How to fix it: open TCP port 53 on the server and on every firewall in front of it. If connections are
    closed before a reply is complete, the port is open: have the server answer over TCP. If the reply is an
    error, such as REFUSED, look at how a proxy or an access list in front of it treats TCP.

    References: RFC 7766 section 5; RFC 9210 section 3
    """
    tried, refused = cut.probe(Probe.TCP, all_servers=True), failing_over_tcp(cut)
    steady = heard_over_udp(cut) - cut.once(unsteady)
    silent = [r for r in tried if r.message is None and r.meaning.kind not in SHOWS_NOTHING]
    silent = [r for r in silent if r.address in steady and not _may_be_edns(cut, r)]
    lost = {**{address: each for address, each in refused.items() if truncated(each)}, **_lost_over_tcp(cut)}
    answered = {r.address for r in tried if r.message is not None and r.address not in refused}
    needed = [r for address, r in lost.items() if address not in answered]
    rest = [r for r in (*silent, *refused.values()) if r.address not in lost]
    for server, replies in by_server([*needed, *rest]).items():
        truncates = any(reply.address in lost for reply in replies)
        although = ", although it truncates its replies over UDP" if truncates else ""
        yield Observation(
            f"{plain(server)} {_does(replies)} over TCP at {addresses(replies)}{although}",
            steps_of([*replies, *(each for each in silent if each.server == server)]),
            server=server,
            cure=_cure(replies).format(server=plain(server)),
            level=Level.ERROR if truncates else None,
            remedy=at_servers(server),
        )
    unlike = unlike_over_udp(cut)
    for server, replies in by_server(each for each, _ in unlike.values()).items():
        over_udp = [unlike[reply.address][1] for reply in replies]
        yield Observation(
            f"{plain(server)} {_does(replies)} over TCP at {addresses(replies)},"
            f" but {_does(over_udp)} over UDP",
            steps_of((*replies, *over_udp)),
            server=server,
            cure=f"make {plain(server)}, and any proxy in front of it, answer alike over UDP and TCP",
            remedy=at_servers(server),
        )


def _may_be_edns(cut: Cut, reply: HeardReply) -> bool:
    """Whether it was asked over TCP with EDNS, to which the address does not reply over UDP either."""
    drops = cut.causes[Cause.DROPS_EDNS] - answered_with_edns(cut)
    query, kind = reply.attempt.exchange.query, reply.meaning.kind
    return kind is Kind.TIMEOUT and query.edns is not None and reply.address in drops


def _does(replies: list[HeardReply]) -> str:
    if any(reply.message is None for reply in replies):
        return "does not answer"
    return " and ".join(dict.fromkeys(map(_gives, replies)))


def _gives(reply: HeardReply) -> str:
    text = result_text(reply.meaning)
    if reply.meaning.rcode:
        return f"answers {text}"
    return f"gives {text}{'' if reply.meaning.authoritative or not reply.meaning.usable else ' without AA'}"


def _cure(replies: list[HeardReply]) -> str:
    if all(reply.message is not None for reply in replies):
        return _ALLOW
    return _REPLY if {reply.meaning.kind for reply in replies} == {Kind.CONNECTION_LOST} else _OPEN


@of_cut(Level.ERROR, Blame.HOST, Trait.BESIDE)
def truncated_over_tcp(cut: Cut) -> Iterator[Observation]:
    """A name server truncates its replies over TCP too.

    What it is: a reply over TCP has the TC flag instead of the data.

    Why it matters: there is no other way to ask: the data cannot be fetched from this server.

    How to fix it: update the name server software, or whatever changes its replies on the way.

    References: RFC 7766 section 5; RFC 2181 section 9
    """
    always = (reply for reply in cut.everyone if reply.address not in cut.controls)  # or some types alone
    found = [reply for reply in always if reply.meaning.kind is Kind.TRUNCATED_OVER_TCP]
    yield from each_doing(found, "truncates its replies even over TCP at", UPDATE)


def _lost_over_tcp(cut: Cut) -> dict[str, HeardReply]:
    """By address, what was needed over TCP after a truncated reply, and did not come.

    It may have been asked in the walk, in a probe, or to fetch keys.
    """
    purposes = {Purpose.DNSKEY, Purpose.DS}
    keys = (s for s in cut.steps if s.purpose in purposes and s.zone == cut.zone)
    found: dict[str, HeardReply] = {}
    for step in (*cut.walked, *keys, *cut.all_steps):
        for attempt in step.attempts:
            if attempt.cause is Cause.NO_TCP:
                found.setdefault(attempt.address, HeardReply(step, attempt))
    return found

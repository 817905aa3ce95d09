"""Rules on how a server that serves the zone can be asked, and what it should not do for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import dns.flags
import dns.rcode
import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import addresses
from dnstrace.checks.replies import HeardReply, by_server, steps_of
from dnstrace.model import ROOT, Cause, Kind, Probe
from dnstrace.model.findings import Blame, Level, Observation


@of_cut(Level.WARNING, Blame.HOST)
def no_tcp(cut: Cut) -> Iterator[Observation]:
    """A name server does not answer over TCP.

    What it is: a query over TCP gets no reply, while UDP works.

    Why it matters: replies that do not fit a datagram have to be fetched over TCP, signed ones above all;
    where the server truncates, the data cannot be had (an error).

    How to mend it: open TCP port 53 on the server and on every firewall before it.

    References: RFC 7766 section 5; RFC 9210 section 3
    """
    tried = cut.probe(Probe.TCP, all_servers=True)
    silent = [r for r in tried if r.message is None and r.address in cut.heard | cut.serving]
    truncates = {a.exchange.query.address for a in cut.all_attempts if a.cause is Cause.NO_TCP}
    for server, replies in by_server(silent).items():
        needed = any(reply.address in truncates for reply in replies)
        told = " although it truncates its replies over UDP" if needed else ""
        yield _server_fault(
            replies,
            f"{server} does not answer over TCP at {addresses(replies)}{told}",
            Level.ERROR if needed else None,
        )


@of_cut(Level.ERROR, Blame.HOST)
def truncated_over_tcp(cut: Cut) -> Iterator[Observation]:
    """A name server truncates its replies over TCP too.

    What it is: a reply over TCP has the TC flag and not the data.

    Why it matters: there is no further way to ask: the data cannot be had from this server.

    How to mend it: update the name server software, or what changes its replies on the way.

    References: RFC 7766 section 5; RFC 2181 section 9
    """
    found = [reply for reply in cut.everyone if reply.meaning.kind is Kind.TRUNCATED_OVER_TCP]
    for server, replies in by_server(found).items():
        yield _server_fault(replies, f"{server} truncates its reply over TCP too at {addresses(replies)}")


@of_cut(Level.WARNING, Blame.HOST)
def no_edns(cut: Cut) -> Iterator[Observation]:
    """A name server does not know EDNS.

    What it is: a query with EDNS gets an error, or a reply without the OPT record that EDNS needs.

    Why it matters: without EDNS there are no signatures and no replies over 512 octets in UDP; resolvers
    lose a round trip to learn it, and some no longer try.

    How to mend it: update the name server software, or remove what strips EDNS on the way to it.

    References: RFC 6891 section 7; RFC 3225 section 3
    """
    refusing = {a.exchange.query.address for a in cut.all_attempts if a.cause is Cause.NO_EDNS}
    found = [r for r in cut.replies if r.address in cut.serving and (r.address in refusing or _strips_opt(r))]
    for server, replies in by_server(found).items():
        yield _server_fault(replies, f"{server} does not know EDNS at {addresses(replies)}")


@of_cut(Level.ERROR, Blame.HOST)
def drops_edns(cut: Cut) -> Iterator[Observation]:
    """Queries with EDNS get no reply.

    What it is: a name server, or a firewall before it, drops queries that have an OPT record; without one
    they are answered.

    Why it matters: resolvers ask with EDNS. They wait in vain before they try without, and those that
    validate get nowhere.

    How to mend it: have the firewall let EDNS pass, or update the name server software.

    References: RFC 6891 section 7; RFC 8906 section 3
    """
    yield from _by_cause(cut, Cause.DROPS_EDNS, "does not reply to queries with EDNS")


@of_cut(Level.WARNING, Blame.HOST)
def drops_large_udp(cut: Cut) -> Iterator[Observation]:
    """Large replies do not arrive over UDP.

    What it is: a reply of more than 512 octets gets lost on its way, where a smaller one arrives.

    Why it matters: resolvers wait in vain before they ask for less or over TCP.

    How to mend it: let fragments and large datagrams pass, or have the server send at most 1232 octets.

    References: RFC 6891 section 6.2.5; RFC 9715 section 3
    """
    yield from _by_cause(cut, Cause.DROPS_LARGE_UDP, "sends replies over 512 octets that do not arrive")


@of_cut(Level.NOTICE, Blame.HOST)
def edns_version(cut: Cut) -> Iterator[Observation]:
    """A name server does not refuse an unknown version of EDNS as it must.

    What it is: a query with EDNS version 1 gets something else than BADVERS with an OPT record.

    Why it matters: when a new version of EDNS comes, resolvers that try it fail here.

    How to mend it: update the name server software, or the firewall that drops such queries.

    References: RFC 6891 section 6.1.3; RFC 8906 section 8.2.2
    """
    for server, replies in by_server(
        [r for r in _knowing_edns(cut, Probe.EDNS_VERSION) if _of_version(r)]
    ).items():
        told = " and ".join(dict.fromkeys(_of_version(reply) for reply in replies))
        yield _server_fault(
            replies, f"{server} {told} to EDNS version 1 at {addresses(replies)}, where BADVERS is due"
        )


@of_cut(Level.WARNING, Blame.HOST)
def edns_option(cut: Cut) -> Iterator[Observation]:
    """A name server does not ignore an EDNS option that it does not know.

    What it is: a query with an option of an unassigned code gets an error, the option back, or no reply.

    Why it matters: resolvers send options, such as cookies, that older servers do not know. They are to
    be ignored; where they are not, resolution fails or is slow.

    How to mend it: update the name server software, or the firewall that drops such queries.

    References: RFC 6891 section 6.1.2; RFC 8906 section 8.2.3
    """
    for server, replies in by_server(
        [r for r in _knowing_edns(cut, Probe.EDNS_OPTION) if _of_option(r)]
    ).items():
        told = " and ".join(dict.fromkeys(_of_option(reply) for reply in replies))
        yield _server_fault(
            replies, f"{server} {told} to a query with an unknown EDNS option at {addresses(replies)}"
        )


@of_cut(Level.WARNING, Blame.HOST)
def case_not_kept(cut: Cut) -> Iterator[Observation]:
    """A name server does not give the question back as it was written.

    What it is: capital and small letters of the name in the question are changed in the reply.

    Why it matters: some resolvers mix the case of a name to make replies hard to forge, and throw away
    those that do not keep it.

    How to mend it: update the name server software, or what changes replies on the way.

    References: RFC 1034 section 3.1; RFC 4343 section 4.1
    """
    for server, replies in by_server([r for r in cut.probe(Probe.CASE) if _changes_case(r)]).items():
        yield _server_fault(
            replies, f"{server} changes the case of the name in the question at {addresses(replies)}"
        )


@of_cut(Level.WARNING, Blame.HOST)
def open_recursion(cut: Cut) -> Iterator[Observation]:
    """A name server resolves any name for anybody.

    What it is: asked for something that is not its own, with recursion desired, the server gives the answer.

    Why it matters: it can be used to flood others with replies, and its cache to learn or to forge what its
    own users see.

    How to mend it: turn recursion off on the name server, or allow it for your own network only.

    References: RFC 5358 section 4; BCP 140
    """
    for server, replies in by_server([r for r in cut.probe(Probe.RECURSION) if _recurses(r)]).items():
        yield _server_fault(
            replies, f"{server} resolves names that are not its own for anybody at {addresses(replies)}"
        )


@of_cut(Level.NOTICE, Blame.HOST)
def open_transfer(cut: Cut) -> Iterator[Observation]:
    """A name server gives the whole zone to anybody.

    What it is: a zone transfer (AXFR) is not refused.

    Why it matters: whoever wants to know every name in the zone can. For a public zone that may be meant;
    names of inside hosts are better kept.

    How to mend it: allow transfers to your secondaries only, by address or better by key (TSIG).

    References: RFC 5936 section 5
    """
    for server, replies in by_server([r for r in cut.probe(Probe.TRANSFER) if _gives(r, cut)]).items():
        yield _server_fault(
            replies, f"{server} gives the whole zone (AXFR) to anybody at {addresses(replies)}"
        )


def _server_fault(replies: list[HeardReply], told: str, level: Level | None = None) -> Observation:
    return Observation(told, steps_of(replies), server=replies[0].server, level=level)


def _by_cause(cut: Cut, cause: Cause, told: str) -> Iterator[Observation]:
    shown = {a.exchange.query.address for a in cut.all_attempts if a.cause is cause}
    found = [reply for reply in cut.everyone if reply.address in shown]
    for server, replies in by_server(found).items():
        yield _server_fault(replies, f"{server} {told} at {addresses(replies)}")


def _knowing_edns(cut: Cut, probe: Probe) -> list[HeardReply]:
    """The replies to a probe of servers that answer plain EDNS: the others are told of elsewhere."""
    knowing = {
        reply.address
        for reply in cut.probe(Probe.SOA)
        if reply.attempt.exchange.query.edns is not None
        and reply.message is not None
        and reply.message.edns >= 0
    }
    return [reply for reply in cut.probe(probe) if reply.address in knowing]


def _strips_opt(reply: HeardReply) -> bool:
    asked = reply.attempt.exchange.query.edns is not None
    return asked and reply.message is not None and reply.message.edns < 0


def _of_version(reply: HeardReply) -> str:
    """What is wrong with the reply to EDNS version 1; empty where nothing is."""
    if reply.message is None:
        return "does not reply"
    if reply.message.rcode() == dns.rcode.BADVERS and reply.message.edns >= 0:
        return ""
    return f"replies {dns.rcode.to_text(reply.message.rcode())}"


def _of_option(reply: HeardReply) -> str:
    """What is wrong with the reply to an unknown option; empty where nothing is."""
    if reply.message is None:
        return "does not reply"
    if reply.message.rcode() != dns.rcode.NOERROR:
        return f"replies {dns.rcode.to_text(reply.message.rcode())}"
    sent = (
        {code for code, _ in reply.attempt.exchange.query.edns.options}
        if reply.attempt.exchange.query.edns
        else set()
    )
    return (
        "sends the option back in its reply"
        if sent & {int(o.otype) for o in reply.message.options if int(o.otype) > 60000}
        else ""
    )


def _changes_case(reply: HeardReply) -> bool:
    asked = reply.attempt.exchange.query.question.name.labels
    return reply.message is not None and any(q.name.labels != asked for q in reply.message.question)


def _recurses(reply: HeardReply) -> bool:
    """Whether a server that does not serve the root gives its NS RRset, recursion offered."""
    message = reply.message
    if message is None or message.flags & dns.flags.AA or not message.flags & dns.flags.RA:
        return False
    return reply.rrset(ROOT, dns.rdatatype.NS) is not None


def _gives(reply: HeardReply, cut: Cut) -> bool:
    return reply.rrset(cut.zone, dns.rdatatype.SOA) is not None

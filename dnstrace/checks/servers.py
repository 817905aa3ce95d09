"""Rules on each server of a zone: whether it answers at all, and for the zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import dns.rcode

from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import addresses
from dnstrace.checks.replies import HeardReply, by_server, steps_of
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Level, Observation

_DEAD = {Kind.TIMEOUT, Kind.PORT_UNREACHABLE, Kind.HOST_UNREACHABLE, Kind.CONNECTION_LOST}
_LAME = {
    Kind.LAME: "offers recursion, or answers for another zone",
    Kind.SIDEWAYS_REFERRAL: "refers to another zone",
    Kind.SELF_REFERRAL: "refers to its own zone instead of answering for it",
    Kind.EMPTY: "gives an empty reply",
    Kind.OTHER_NAME: "answers for another name",
    Kind.OTHER_TYPE: "answers with records of another type",
    Kind.WRONG_CLASS: "answers in another class",
}
_FAILS = {
    Kind.SERVER_FAILURE,
    Kind.NOT_IMPLEMENTED,
    Kind.FORMAT_ERROR,
    Kind.BAD_VERSION,
    Kind.BAD_COOKIE,
    Kind.OTHER_RCODE,
}
_ANSWERS = {Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN}
_WHY = {
    Kind.TIMEOUT: "no reply came in time",
    Kind.PORT_UNREACHABLE: "nobody listens there",
    Kind.HOST_UNREACHABLE: "a router says that the address cannot be reached",
    Kind.CONNECTION_LOST: "the connection was closed without a reply",
}


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def unreachable(cut: Cut) -> Iterator[Observation]:
    """A name server does not answer at all.

    What it is: an address of a name server gives no reply, neither over UDP nor over TCP.

    Why it matters: a resolver that picks this address waits in vain before it tries another, and users wait
    with it. Each server that is gone also brings the day nearer when none is left.

    How to mend it: bring the server back, open port 53 for UDP and TCP, or take the server out of the NS
    records of the zone and of its parent. Where the address is an old one, correct it there too.

    References: RFC 1034 section 4.1; RFC 2182 section 3
    """
    over_tcp = {
        reply.address for reply in cut.probe(Probe.TCP, all_servers=True) if reply.message is not None
    }
    silent = [r for r in cut.everyone if r.meaning.kind in _DEAD and r.address not in cut.heard]
    dead = [r for r in silent if r.address not in over_tcp and not special(r.address)]
    for server, replies in by_server(dead).items():
        why = " and ".join(dict.fromkeys(_WHY[reply.meaning.kind] for reply in replies))
        yield _server_fault(cut, dead, server, replies, f"does not answer at {addresses(replies)}: {why}")


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def no_udp(cut: Cut) -> Iterator[Observation]:
    """A name server answers over TCP only.

    What it is: queries over UDP get no reply, the same query over TCP does.

    Why it matters: resolvers ask over UDP first. Most never try TCP where UDP is silent.

    How to mend it: open UDP port 53 on the server and on every firewall before it.

    References: RFC 7766 section 5; RFC 1035 section 4.2.1
    """
    over_tcp = {
        reply.address for reply in cut.probe(Probe.TCP, all_servers=True) if reply.message is not None
    }
    deaf = [r for r in cut.everyone if r.meaning.kind in _DEAD and r.address not in cut.heard]
    silent = [reply for reply in deaf if reply.address in over_tcp]
    for server, replies in by_server(silent).items():
        yield _server_fault(cut, silent, server, replies, f"answers over TCP only at {addresses(replies)}")


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def lame_server(cut: Cut) -> Iterator[Observation]:
    """A name server that the delegation names does not serve the zone.

    What it is: the server answers, but not for this zone: it offers recursion instead, answers for another
    zone, or says nothing. The delegation to it is lame.

    Why it matters: a resolver that picks this server gets nothing for its query and has to ask another; some
    give up before they find a good one.

    How to mend it: configure the zone on the server, or take the server out of the NS records of the zone
    and of its parent.

    References: RFC 1912 section 2.8; RFC 9499 section 7
    """
    lame = [reply for reply in cut.everyone if reply.meaning.kind in _LAME]
    for server, replies in by_server(lame).items():
        how = " and ".join(dict.fromkeys(_LAME[reply.meaning.kind] for reply in replies))
        yield _server_fault(
            cut, lame, server, replies, f"does not serve {cut.zone} at {addresses(replies)}: it {how}"
        )


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def refuses(cut: Cut) -> Iterator[Observation]:
    """A name server that the delegation names refuses to answer for the zone.

    What it is: queries for the zone get REFUSED, as from a server that was never told of it, or whose access
    list leaves the public out.

    Why it matters: a resolver that picks this server gets nothing for its query and has to ask another.

    How to mend it: configure the zone on the server and allow queries for it from everywhere, or take the
    server out of the NS records of the zone and of its parent.

    References: RFC 1035 section 4.1.1; RFC 1912 section 2.8
    """
    refused = [reply for reply in cut.everyone if reply.meaning.kind is Kind.REFUSED]
    for server, replies in by_server(refused).items():
        yield _server_fault(
            cut,
            refused,
            server,
            replies,
            f"refuses (REFUSED) to answer for {cut.zone} at {addresses(replies)}",
        )


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def fails(cut: Cut) -> Iterator[Observation]:
    """A name server replies with an error for the zone.

    What it is: queries for the zone get an error such as SERVFAIL: often a secondary whose copy of the zone
    has expired, or a primary that could not load it.

    Why it matters: a resolver that picks this server gets nothing for its query and has to ask another.

    How to mend it: read the server's log: load the zone again, or mend the transfer from the primary.

    References: RFC 1035 section 4.1.1; RFC 2308 section 7
    """
    failing = [reply for reply in cut.everyone if reply.meaning.kind in _FAILS]
    for server, replies in by_server(failing).items():
        codes = dict.fromkeys(dns.rcode.to_text(dns.rcode.Rcode.make(r.meaning.rcode or 0)) for r in replies)
        told = f"fails with {' and '.join(codes)} for {cut.zone} at {addresses(replies)}"
        yield _server_fault(cut, failing, server, replies, told)


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def upward_referral(cut: Cut) -> Iterator[Observation]:
    """A name server refers upwards, to a zone above its own.

    What it is: asked for the zone, the server refers to the root or to another zone above it: it does not
    have the zone, and tells what it has of the root.

    Why it matters: a resolver cannot use such a reply and has to ask another server.

    How to mend it: configure the zone on the server, or take the server out of the NS records of the zone and
    of its parent; have the server refuse what it does not serve.

    References: RFC 1912 section 2.8
    """
    upward = [reply for reply in cut.everyone if reply.meaning.kind is Kind.UPWARD_REFERRAL]
    for server, replies in by_server(upward).items():
        yield _server_fault(
            cut, upward, server, replies, f"refers to a zone above {cut.zone} at {addresses(replies)}"
        )


@of_cut(Level.WARNING, Blame.HOST, Trait.AT_SERVER)
def not_authoritative(cut: Cut) -> Iterator[Observation]:
    """A name server answers for the zone without authority.

    What it is: the answer does not have the AA flag, as where a resolver or a cache stands in for the name
    server.

    Why it matters: many resolvers take a server without AA as lame and do not use what it says; a cache may
    also be out of date.

    How to mend it: serve the zone itself at this address, as primary or secondary.

    References: RFC 1035 section 4.1.1; RFC 2181 section 5.4.1
    """
    without = [r for r in cut.everyone if r.meaning.kind in _ANSWERS and not r.meaning.authoritative]
    for server, replies in by_server(without).items():
        told = f"answers for {cut.zone} without authority (no AA flag) at {addresses(replies)}"
        yield replace(_server_fault(cut, without, server, replies, told), level=Level.WARNING)


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def wrong_reply(cut: Cut) -> Iterator[Observation]:
    """Replies come that do not belong to the query.

    What it is: what comes back has another ID or question than was sent, or comes from another address.

    Why it matters: resolvers throw such replies away, since they look like forgeries: for them this server
    does not answer.

    How to mend it: have the server, or the NAT or load balancer before it, reply from the address and with
    the ID and question that were asked.

    References: RFC 5452 section 9.1; RFC 2181 section 4
    """
    wrong = [reply for reply in cut.everyone if reply.meaning.kind is Kind.MISMATCH]
    for server, replies in by_server(wrong).items():
        yield _server_fault(
            cut,
            wrong,
            server,
            replies,
            f"gives only replies that do not belong to the query at {addresses(replies)}",
        )


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def malformed_reply(cut: Cut) -> Iterator[Observation]:
    """A name server replies with what is no DNS message.

    What it is: the reply cannot be read: its counts, names or record data are wrong.

    Why it matters: resolvers throw such replies away: for them this server does not answer.

    How to mend it: update or replace the name server software, or what changes its replies on the way.

    References: RFC 1035 section 4.1
    """
    wrong = [reply for reply in cut.everyone if reply.meaning.kind is Kind.MALFORMED]
    for server, replies in by_server(wrong).items():
        yield _server_fault(
            cut, wrong, server, replies, f"gives a reply that cannot be read at {addresses(replies)}"
        )


def _server_fault(
    cut: Cut, sick: list[HeardReply], server: Name, replies: list[HeardReply], told: str
) -> Observation:
    """What one server does: in a zone above the one asked about it matters only where half are so."""
    serious = cut.probed or 2 * len(sick) >= len(cut.everyone)
    return Observation(
        message=f"{server} {told}",
        steps=steps_of(replies),
        server=server,
        level=None if serious else Level.WARNING,
    )

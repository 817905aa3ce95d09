"""Rules on each server of a zone: whether it answers at all, and for the zone."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rcode

from dnstrace.checks.advice.aside import lame_aside
from dnstrace.checks.advice.server_fixes import each_server, how_wrong, like_resolvers, repair_of_wrong
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.controls import (
    failing_over_tcp,
    lacks_authority,
    primed,
    truncated,
    without_authority,
)
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import addresses, listed, question_text
from dnstrace.checks.readings.replies import FAILING, HeardReply, replies_of
from dnstrace.checks.readings.statements import foreign_soa_in
from dnstrace.message.meaning import FROM_CHILD
from dnstrace.model import Kind, Probe
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import SILENCES
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.structs import replace

_LAME = {
    Kind.LAME: "offers recursion, or answers for another zone",
    Kind.SIDEWAYS_REFERRAL: "refers to another zone",
    Kind.SELF_REFERRAL: "refers to its own zone instead of answering for it",
    Kind.EMPTY: "sends an empty reply",
    Kind.OTHER_NAME: "answers for another name",
    Kind.OTHER_TYPE: "answers with records of another type",
    Kind.WRONG_CLASS: "answers in another class",
}
_OLD = {Kind.NOT_IMPLEMENTED, Kind.FORMAT_ERROR, Kind.BAD_VERSION, Kind.BAD_COOKIE}  # old software
_FAILS = {*_OLD, Kind.SERVER_FAILURE, Kind.OTHER_RCODE}
_WHY = {
    Kind.TIMEOUT: "no reply came in time",
    Kind.PORT_UNREACHABLE: "nothing listens on the port",
    Kind.HOST_UNREACHABLE: "a router reports that the address cannot be reached",
    Kind.CONNECTION_LOST: "the connection was closed without a reply",
}


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def unreachable(cut: Cut) -> Iterator[Observation]:
    """A name server does not answer.

    What it is: an address of a name server gives no reply, neither over UDP nor over TCP.

    Why it matters: a resolver that picks this address waits in vain before it tries another one, and
    users wait with it. Each server that is down also leaves one less to keep the zone reachable.

    How to fix it: bring the server back, open port 53 for UDP and TCP, or remove the server from the NS
    records of the zone and of its parent. If the address is out of date, correct it there too.

    References: RFC 1034 section 4.1; RFC 2182 section 3
    """
    over_tcp = _over_tcp(cut)
    dead = [r for r in _silent(cut) if r.address not in over_tcp and not special(r.address)]

    def does(replies: list[HeardReply]) -> str:
        why = " and ".join(dict.fromkeys(_WHY[reply.meaning.kind] for reply in replies))
        lost = not cut.probed and any(reply.meaning.kind in FAILING for reply in replies)
        queries = f"queries for {_asked_for(cut, replies)} " if lost else ""
        return f"does not answer {queries}at {addresses(replies)}: {why}"

    def repair(replies: list[HeardReply]) -> str:
        return f"make {_who(replies)} answer at {addresses(replies)}, over UDP and TCP port 53"

    yield from each_server(cut, dead, does, repair)


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def no_udp(cut: Cut) -> Iterator[Observation]:
    """A name server answers over TCP only.

    What it is: queries over UDP get no reply, but the same query over TCP does.

    Why it matters: resolvers ask over UDP first. Most never try TCP if UDP gets no reply.

    How to fix it: open UDP port 53 on the server and on every firewall in front of it.

    References: RFC 7766 section 5; RFC 1035 section 4.2.1
    """
    over_tcp = _over_tcp(cut)
    deaf = [reply for reply in _silent(cut) if reply.address in over_tcp]
    yield from each_server(
        cut,
        deaf,
        lambda replies: f"answers over TCP only at {addresses(replies)}",
        lambda replies: f"open UDP port 53 on {_who(replies)} and on every firewall in front of it",
        stays=True,
    )


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def lame_server(cut: Cut) -> Iterator[Observation]:
    """A name server listed for the zone does not serve it.

    What it is: the server answers, but not for this zone: it offers recursion instead, answers for
    another zone, or gives an empty reply. The delegation to it is lame. Or it does serve the zone, and
    answers from its cache instead of referring to the zone below.

    Why it matters: a resolver that picks this server gets no usable answer and has to ask another one;
    some give up before they find a good one.

    How to fix it: configure the zone on the server, or remove the server from the NS records of the zone
    and of its parent. If it serves the zone, turn recursion off there.

    References: RFC 1912 section 2.8; RFC 9499 section 7
    """
    elsewhere = [r for r in _anyhow(cut) if r.meaning.kind in _LAME and r.meaning.note != FROM_CHILD]
    lame = [reply for reply in elsewhere if foreign_soa_in(reply) is None]
    cached = [reply for reply in lame if reply.meaning.offer is not None and reply.address in _sure(cut)]
    lame = [reply for reply in lame if reply not in cached]

    def does(replies: list[HeardReply]) -> str:
        how = " and ".join(dict.fromkeys(_LAME[reply.meaning.kind] for reply in replies))
        what = f"does not serve {zone_text(cut.zone)}"
        if not cut.probed and all(reply.meaning.kind in FAILING for reply in replies):
            what = f"does not answer queries for {_asked_for(cut, replies)}"
        return f"{what} at {addresses(replies)}: it {how}"

    def repair(replies: list[HeardReply]) -> str:
        configure = _configure(cut, replies)
        if cut.probed or not all(reply.meaning.kind in FAILING for reply in replies):
            return configure
        what = f"make {_who(replies)} answer queries for {_asked_for(cut, replies)}"
        return f"{what}; if it does not serve {zone_text(cut.zone)} at all, {configure}"

    yield from each_server(cut, lame, does, repair)
    yield from like_resolvers(cut, cached)
    yield from lame_aside(cut)


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def refuses(cut: Cut) -> Iterator[Observation]:
    """A name server listed for the zone refuses to answer for it.

    What it is: queries for the zone get REFUSED. The zone is not configured on the server, or an access
    list excludes the public.

    Why it matters: a resolver that picks this server gets no answer and has to ask another one.

    How to fix it: configure the zone on the server and allow queries for it from everywhere, or remove
    the server from the NS records of the zone and of its parent.

    References: RFC 1035 section 4.1.1; RFC 1912 section 2.8
    """
    refused = [reply for reply in _anyhow(cut) if reply.meaning.kind is Kind.REFUSED]
    yield from each_server(
        cut,
        refused,
        lambda replies: f"refuses to answer for {_asked_for(cut, replies)} (REFUSED) at {addresses(replies)}",
        lambda replies: f"{_configure(cut, replies)} and allow queries for it from everywhere",
    )


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def fails(cut: Cut) -> Iterator[Observation]:
    """A name server replies with an error for the zone.

    What it is: queries for the zone get an error such as SERVFAIL, often from a secondary whose copy of
    the zone has expired, or a primary that could not load it.

    Why it matters: a resolver that picks this server gets no answer and has to ask another one.

    How to fix it: check the server's log, then reload the zone or fix the transfer from the primary.

    References: RFC 1035 section 4.1.1; RFC 2308 section 7
    """
    failing = [reply for reply in _anyhow(cut) if reply.meaning.kind in _FAILS]

    def does(replies: list[HeardReply]) -> str:
        codes = dict.fromkeys(dns.rcode.to_text(dns.rcode.Rcode.make(r.meaning.rcode or 0)) for r in replies)
        answers = f"answers {' and '.join(codes)} for {_asked_for(cut, replies)} at {addresses(replies)}"
        silent = all(map(_then_silent, replies))
        return f"{answers}, and does not reply when asked without EDNS" if silent else answers

    def repair(replies: list[HeardReply]) -> str:
        if all(reply.meaning.kind in _OLD for reply in replies):
            return f"update the name server software of {_who(replies)}"
        return f"find out from the log of {_who(replies)} why it fails, and load {zone_text(cut.zone)} again"

    yield from each_server(cut, failing, does, repair)


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def upward_referral(cut: Cut) -> Iterator[Observation]:
    """A name server refers to a zone above its own.

    What it is: asked for the zone, the server refers to the root or to another zone above it: it does not
    have the zone, and returns what it knows of the zones above.

    Why it matters: a resolver cannot use such a reply and has to ask another server.

    How to fix it: configure the zone on the server, or remove the server from the NS records of the zone
    and of its parent. Make the server refuse queries for zones that it does not serve.

    References: RFC 1912 section 2.8
    """
    upward = [reply for reply in _anyhow(cut) if reply.meaning.kind is Kind.UPWARD_REFERRAL]
    does = f"refers to a zone above {zone_text(cut.zone)} at"
    yield from each_server(
        cut,
        upward,
        lambda replies: f"{does} {addresses(replies)}",
        lambda replies: _configure(cut, replies),
    )


@of_cut(Level.WARNING, Blame.HOST, Trait.AT_SERVER)
def not_authoritative(cut: Cut) -> Iterator[Observation]:
    """A name server answers for the zone without authority.

    What it is: the answer does not have the AA flag, as when a resolver or a cache stands in for the name
    server.

    Why it matters: many resolvers treat a server without AA as lame and ignore its answers. A cache may
    also be out of date.

    How to fix it: serve the zone itself at this address, as primary or secondary. If only some answers lack
    the flag, upgrade the software, or the load balancer that gives these answers.

    References: RFC 1035 section 4.1.1; RFC 2181 section 5.4.1
    """
    sure = _sure(cut)
    serving = (reply for reply in primed(cut) if reply.address in cut.serving)  # as in `_anyhow` otherwise
    without = [reply for reply in (*_anyhow(cut), *serving) if lacks_authority(reply)]
    never = {reply.address for reply in without} - sure
    whole = [reply for reply in without if reply.address in never]
    single = [reply for reply in (*without, *without_authority(cut)) if reply.address not in never]

    def does(replies: list[HeardReply]) -> str:
        questions = dict.fromkeys(question_text(reply.step.question) for reply in replies)
        what = zone_text(cut.zone) if replies[0].address in never else listed(questions, 8)
        return f"answers for {what} without authority (no AA flag) at {addresses(replies)}"

    def serve(replies: list[HeardReply]) -> str:
        return f"serve {zone_text(cut.zone)} on {_who(replies)} itself, as primary or secondary"

    def flag(replies: list[HeardReply]) -> str:
        return f"make {_who(replies)} set the AA flag in these answers, as in those for {zone_text(cut.zone)}"

    found = (*each_server(cut, whole, does, serve), *each_server(cut, single, does, flag, stays=True))
    yield from (replace(each, level=Level.WARNING) for each in found)


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def wrong_reply(cut: Cut) -> Iterator[Observation]:
    """A name server sends replies that do not match the query.

    What it is: the reply has another ID or question than the query, or comes from another address.

    Why it matters: resolvers discard such replies, because they look like forgeries: for them this server
    does not answer.

    How to fix it: make the server, or the NAT or load balancer in front of it, reply from the address, and
    with the ID and question, of the query.

    References: RFC 5452 section 9.1; RFC 2181 section 4
    """
    wrong = [reply for reply in cut.everyone if reply.meaning.kind is Kind.MISMATCH]
    yield from each_server(cut, wrong, how_wrong, repair_of_wrong, stays=True)


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER, Trait.SURE_AT_ONCE, Trait.BESIDE, also=(Level.WARNING,))
def malformed_reply(cut: Cut) -> Iterator[Observation]:
    """A name server sends replies that are not valid DNS messages.

    What it is: the reply cannot be read: its counts, names or record data are wrong.

    Why it matters: resolvers discard such replies: for them this server does not answer.

    How to fix it: update or replace the name server software, or whatever changes its replies on the way.

    References: RFC 1035 section 4.1
    """
    wrong = [reply for reply in _anyhow(cut) if reply.meaning.kind is Kind.MALFORMED]
    does = "sends a reply that cannot be read at"
    yield from each_server(
        cut,
        wrong,
        lambda replies: f"{does} {addresses(replies)}",
        lambda replies: (
            f"update the name server software of {_who(replies)}, or whatever changes its replies on the way"
        ),
        stays=True,
    )


# --- what they have in common ------------------------------------------------------------------


def _silent(cut: Cut) -> list[HeardReply]:
    """The addresses that never replied to the walk, nor to the probe that followed it."""
    return [r for r in cut.everyone if r.meaning.kind in SILENCES and r.address not in cut.heard]


def _anyhow(cut: Cut) -> list[HeardReply]:
    """The last reply of each address, and over TCP where there is none over UDP."""
    deaf = {reply.address for reply in _silent(cut)}
    over_tcp = (reply for reply in cut.probe(Probe.TCP, all_servers=True) if reply.address in deaf)
    refused = failing_over_tcp(cut)
    return [*(each for each in cut.everyone if each.address not in refused or not truncated(each)), *over_tcp]


def _sure(cut: Cut) -> frozenset[str]:
    """The addresses that answered with authority for the zone itself."""
    more = (r for r in cut.probe(Probe.TYPE, all_servers=True) if r.step.question.name == cut.zone)
    own = (*cut.controls.values(), *primed(cut), *more)
    return frozenset(reply.address for reply in own if reply.meaning.authoritative)


def _then_silent(reply: HeardReply) -> bool:
    """Whether an address that gave an error to a query with EDNS gave no reply to one without."""
    last = next(each for each in replies_of(reply.step) if each.address == reply.address)
    return last.meaning.kind in SILENCES and last.attempt.exchange.query.edns is None


def _over_tcp(cut: Cut) -> set[str]:
    """The addresses that replied to the probe over TCP."""
    return {r.address for r in cut.probe(Probe.TCP, all_servers=True) if r.message is not None}


def _asked_for(cut: Cut, replies: list[HeardReply]) -> str:
    """What servers fail to answer for: the zone, if that was probed, else what the walk asked them, alone."""
    return zone_text(cut.zone) if cut.probed else _questions(replies)


def _questions(replies: list[HeardReply]) -> str:
    return listed(dict.fromkeys(question_text(reply.step.question) for reply in replies), 3)


def _configure(cut: Cut, replies: list[HeardReply]) -> str:
    return f"configure {zone_text(cut.zone)} on {_who(replies)}"


def _who(replies: list[HeardReply]) -> str:
    return plain(replies[0].server)

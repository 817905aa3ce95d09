"""Rules on what servers say at and below a zone cut, and at the apex of their zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rcode
import dns.rdatatype

from dnstrace.checks.advice.glue_fixes import staying
from dnstrace.checks.advice.remedies import at_servers, in_zone
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.controls import unsteady
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, parent_text, question_text, where
from dnstrace.checks.readings.replies import HeardReply, by_server, soa_with_referral, steps_of
from dnstrace.checks.readings.statements import (
    Statement,
    Statements,
    agrees_below,
    asked_like_a_resolver,
    foreign_soa_in,
    parents_own,
    said_text,
    statements_of,
)
from dnstrace.message.presentation import in_master_file
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import plain, zone_text

_TTL = 86400  # seconds, of NS records to publish in the zone


@of_cut(Level.ERROR, Blame.HOST, also=(Level.WARNING,))
def answers_below_cut(cut: Cut) -> Iterator[Observation]:
    """A server answers with authority for names below a delegation of its own zone.

    What it is: the server refers to the servers of a zone below its own, and yet it answers for a name in
    that zone, from records that were left over in its own zone, instead of referring to them.

    Why it matters: the data below a zone cut is not the parent's. What users get depends on which server,
    and on which question, their resolver asks first, and the left-over data is not maintained.

    How to fix it: remove the records at and below the delegation from the parent zone, except glue. If the
    zone was reloaded without them, the fault is in the server's software.

    References: RFC 2181 section 6.1; RFC 1034 section 4.2.1; RFC 1034 section 4.3.2
    """
    said = statements_of(cut)
    wrong = [(each, below) for each in said.all if (below := _left_over(said, each)) is not None]
    of_server: dict[Name, list[tuple[Statement, Name]]] = {}
    for each, below in wrong:
        of_server.setdefault(each.reply.server, []).append((each, below))
    for server, mine in of_server.items():
        each, below = next((pair for pair in mine if pair[0].kind in POSITIVE), mine[0])
        same = all(agrees_below(cut, one.reply, zone) for one, zone in mine)
        referral = said.referrals[each.address][below]
        yield Observation(
            f"{where(one.reply for one, _ in mine)} answers {question_text(each.reply.step.question)} from"
            f" {zone_text(cut.zone)} ({said_text(each.reply)}), although it refers to {plain(below)}",
            steps_of([*(one.reply for one, _ in mine), referral.reply]),
            server=server,
            cure=_referring(cut, server, below, mine),
            level=Level.WARNING if same else None,
            remedy=in_zone(cut.zone, remove=_records(mine), servers=(server,)),
        )


@of_cut(Level.ERROR, Blame.HOST)
def referral_with_soa(cut: Cut) -> Iterator[Observation]:
    """A referral has the SOA record of the zone that refers.

    What it is: the authority section has the NS records of a zone below, as in a referral, and also the
    SOA record of the server's own zone, which stands for a negative answer.

    Why it matters: some resolvers follow the referral, and others take the reply for NODATA and deny what
    exists below the delegation.

    How to fix it: the fault is in the server's software: upgrade it, or report the fault to its maker.

    References: RFC 2308 section 2.2; RFC 2308 section 2.2.1; RFC 1034 section 4.3.2
    """
    said = [(each.reply, soa_with_referral(each.reply)) for each in statements_of(cut).all]
    wrong = [(reply, below) for reply, below in said if below is not None]
    for server, replies in by_server(reply for reply, _ in wrong).items():
        cuts = dict.fromkeys(below for reply, below in wrong if reply.server == server)
        yield Observation(
            f"{where(replies)} refers to {listed(cuts)} with the SOA record of {zone_text(cut.zone)} in the"
            " same reply, which says that there is no such data",
            steps_of(replies),
            server=server,
            cure=f"make {plain(server)} leave the SOA record out of referrals",
            remedy=at_servers(server),
        )


@of_cut(Level.ERROR, Blame.HOST, Trait.AT_SERVER)
def foreign_soa(cut: Cut) -> Iterator[Observation]:
    """A server denies data of the zone with the SOA record of another zone.

    What it is: the server says that a name or its data does not exist, and the SOA record of that answer
    belongs to a zone that the name is not in, or to one above the zone that is delegated to the server.

    Why it matters: such an answer is not from the zone. Some resolvers reject it and ask another server;
    others believe it, and what exists is gone for their users.

    How to fix it: if the SOA record is of a zone above, and the server does not have the zone itself, load it
    there, or remove the server from the NS records of the zone and of its parent. If the server has the zone,
    correct the zone file or the load balancer: the SOA record has to be that at the apex of the zone.

    References: RFC 2308 section 2; RFC 1034 section 4.3.4; RFC 2181 section 6.1
    """
    wrong = [(reply, soa) for reply in _denials(cut) if (soa := foreign_soa_in(reply)) is not None]
    at_fault = {reply.server for reply, _ in wrong}
    for server, replies in by_server(reply for reply, _ in wrong).items():
        reply, soa = next(each for each in wrong if each[0].server == server)
        above = cut.zone.is_subdomain(soa)
        lacking = above and not {each.address for each in replies} & cut.controls.keys()
        load = f"load {zone_text(cut.zone)} on {plain(server)}"
        if staying(cut) - at_fault:
            parents = () if cut.delegation is None else cut.delegation.servers
            both = f" and in {parent_text(cut)}" if any(server == each.name for each in parents) else ""
            removed = f"remove {plain(server)} from the NS records of {zone_text(cut.zone)} in the zone{both}"
            load += f", or {removed}{_delegating(cut, soa)}"
        yield Observation(
            f"{where(replies)} answers {_denied(reply)} for {question_text(reply.step.question)} with the SOA"
            f" record of {zone_text(soa)}, {'which is above' if above else 'not of'} {zone_text(cut.zone)}",
            steps_of(replies),
            server=server,
            cure=load
            if lacking
            else f"make {plain(server)} use the SOA record of {zone_text(cut.zone)} in negative answers",
            remedy=at_servers(server),
        )


def _delegating(cut: Cut, above: Name) -> str:
    """What more is needed where no server refers to the zone: those of the zone above answer for it."""
    if cut.referrals or cut.evidence.cut(above) is None:
        return ""
    return f" and delegate {zone_text(cut.zone)} in {zone_text(above)}"


@of_cut(Level.ERROR, Blame.HOST)
def ns_missing(cut: Cut) -> Iterator[Observation]:
    """The zone has no NS records of its own.

    What it is: the servers of the zone answer the query for its SOA record, or have other data of the zone,
    but to the query for the NS records at its apex they say that there are none, or refuse to answer.

    Why it matters: every zone has an SOA record and NS records at its apex. Resolvers that prefer the
    zone's own NS records to those of the parent, or that ask for them to validate or to minimise query
    names, find none and fail.

    How to fix it: add the NS records to the zone, the same as in the parent zone. If the zone has them,
    make the server answer the query for them.

    References: RFC 1034 section 4.2.1; RFC 1035 section 5.2; RFC 2181 section 6.1; RFC 2181 section 5.4.1
    """
    soa = {r.address for r in cut.probe(Probe.SOA) if r.rrset(cut.zone, dns.rdatatype.SOA) is not None}
    denied = {reply.address for reply in cut.probe(Probe.SOA) if reply.meaning.kind is Kind.NXDOMAIN}
    having = {address for address, _ in statements_of(cut).data} - denied
    steady = (soa | having) - cut.once(unsteady)
    told = [r for r in cut.probe(Probe.NS) if foreign_soa_in(r) is None]  # others do not have the zone
    lacking = [reply for reply in told if reply.address in steady and _lacks_ns(reply)]
    if not lacking:
        return
    refused = all(reply.meaning.kind is Kind.REFUSED for reply in lacking)
    records = () if refused else _ns_records(cut)
    answer = f"answers the query for the NS records of {zone_text(cut.zone)} with"
    does = " and ".join(dict.fromkeys(_denied(reply) for reply in lacking))
    some = "" if refused or len(lacking) < len(cut.probe(Probe.NS)) else ": the zone has none"
    servers = tuple(by_server(lacking))
    yield Observation(
        f"{where(lacking)} {answer if len(servers) == 1 else answer.replace('answers', 'answer', 1)}"
        f" {does}{some}",
        steps_of(lacking),
        server=servers[0] if len(servers) == 1 else None,
        cure=f"make the servers answer queries for the NS records of {zone_text(cut.zone)}"
        if refused
        else f"add the NS records of {zone_text(cut.zone)} to the zone itself, as in its parent",
        records=records,
        remedy=in_zone(cut.zone, add=records) if records else at_servers(*servers),
    )


def _referring(cut: Cut, server: Name, below: Name, wrong: list[tuple[Statement, Name]]) -> str:
    """How to have a server refer to a zone below: no record was left over where it only denies names."""
    removed = (
        f"remove what {zone_text(cut.zone)} has at and below {plain(below)} on {plain(server)}, except NS, DS"
        " and glue records"
    )
    if any(one.kind is not Kind.NXDOMAIN for one, _ in wrong):
        return removed
    return (
        f"make {plain(server)} refer queries for names below {plain(below)} to the servers of that zone: its"
        " software, or what is in front of it, denies them instead"
    )


# --- what they look at -------------------------------------------------------------------------


def _left_over(said: Statements, each: Statement) -> Name | None:
    """The zone that a statement is about although the same address refers to it; None if there is none."""
    if each.kind not in POSITIVE | NEGATIVE or not each.authoritative or soa_with_referral(each.reply):
        return None
    cuts = [zone for zone in said.referrals.get(each.address, ()) if each.name.is_subdomain(zone)]
    below = max(cuts, key=len, default=None)
    if below is None or parents_own(each, below) or said.hosts_for(each.address, below, each.name):
        return None
    return below


def _records(wrong: Iterable[tuple[Statement, Name]]) -> tuple[str, ...]:
    """The left-over records, in master-file format."""
    rrsets = [rrset for each, below in wrong for rrset in each.data if rrset.name.is_subdomain(below)]
    return tuple(
        dict.fromkeys(
            f"{rrset.name} {rrset.ttl} IN {dns.rdatatype.to_text(rrset.rdtype)} {in_master_file(rdata)}"
            for rrset in rrsets
            for rdata in rrset
        )
    )


def _denials(cut: Cut) -> list[HeardReply]:
    """Every reply of the zone's servers that denies something, usable or not."""
    return [reply for reply in asked_like_a_resolver(cut) if reply.meaning.kind in (*NEGATIVE, Kind.LAME)]


def _lacks_ns(reply: HeardReply) -> bool:
    kind = reply.meaning.kind
    return kind is Kind.REFUSED or (kind in (*NEGATIVE, Kind.EMPTY) and reply.meaning.authoritative)


def _denied(reply: HeardReply) -> str:
    if reply.meaning.kind is Kind.REFUSED:
        return "REFUSED"
    return "NXDOMAIN" if reply.meaning.rcode == dns.rcode.NXDOMAIN else "NODATA"


def _ns_records(cut: Cut) -> tuple[str, ...]:
    """The NS records of the parent whose servers serve the zone."""
    delegation = cut.delegation
    if delegation is None:
        return ()
    serving = [
        server.name
        for server in cut.servers
        if any(address.text in cut.serving for address in server.addresses)
    ]
    named = {server.name for server in delegation.servers}
    return tuple(f"{cut.zone} {_TTL} IN NS {name}" for name in serving if name in named)

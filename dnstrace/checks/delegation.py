"""Rules on the delegation: what the parent and the zone itself say of who serves it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

import dns.flags
import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.glue import glue, glue_records
from dnstrace.checks.hosts import host_of
from dnstrace.checks.phrases import listed, server_names
from dnstrace.checks.replies import HeardReply, only_server, steps_of
from dnstrace.checks.serials import serials
from dnstrace.model import Delegation, Name, Probe
from dnstrace.model.findings import Blame, Level, Observation

_TTL = 172800  # seconds, of NS records to publish where the delegation shows no TTL
_SHORT = 3600  # seconds

Servers = frozenset[Name]


@of_cut(Level.WARNING, Blame.REGISTRAR)
def ns_differs(cut: Cut) -> Iterator[Observation]:
    """The parent and the zone itself name other servers.

    What it is: the NS RRset in the referral is not the one at the zone's apex.

    Why it matters: some resolvers go by the parent's, others by the zone's. A server that only one of them
    names is asked by some; one that is to be switched off goes on being asked, and a new one is not.

    How to mend it: have the parent publish the zone's own NS RRset (where the domain was bought), or correct
    the zone, if it is the zone that is out of date.

    References: RFC 1034 section 4.2.2; RFC 7477 section 1
    """
    sets = _child_sets(cut)
    if cut.delegation is None or not sets:
        return
    here = frozenset(server.name for server in cut.delegation.servers)
    if here in sets:
        return
    there = max(sets, key=lambda names: len(sets[names]))
    differs = [
        f"only {who} names {listed(sorted(names))}"
        for who, names in ((str(cut.parent), here - there), ("the zone itself", there - here))
        if names
    ]
    yield Observation(
        message=f"{cut.parent} should name the servers of {cut.zone} as the zone itself does, but"
        f" {' and '.join(differs)}",
        steps=(*steps_of(cut.referrals), *steps_of(sets[there])),
        cure=f"have {cut.parent} publish the NS records that {cut.zone} itself has",
        records=_ns_records(cut, there),
    )


@of_cut(Level.WARNING, Blame.HOST)
def ns_differs_between_servers(cut: Cut) -> Iterator[Observation]:
    """The servers of the zone name other name servers, each in its copy of the same version.

    What it is: asked for NS at the apex, servers with the same serial give different sets. (With different
    serials it is the old copy that differs: see soa-differs.)

    Why it matters: which servers a resolver goes on with depends on whom it asked first; changes of servers
    do not reach everybody.

    How to mend it: give all servers the zone from one primary, and let no server edit its copy.

    References: RFC 1034 section 4.2.2; RFC 2181 section 5.4.1
    """
    known = serials(cut)
    by_serial: dict[int | None, dict[Servers, list[HeardReply]]] = {}
    for names, replies in _child_sets(cut).items():
        for reply in replies:
            by_serial.setdefault(known.get(reply.address), {}).setdefault(names, []).append(reply)
    for sets in by_serial.values():
        if len(sets) > 1:
            each = "; ".join(
                f"{server_names(replies)}: {listed(sorted(names))}" for names, replies in sets.items()
            )
            yield Observation(
                message=f"the servers of {cut.zone} should name the same name servers, but differ: {each}",
                steps=steps_of(reply for replies in sets.values() for reply in replies),
                server=_odd_one(sets),
                cure=f"give all servers of {cut.zone} the same NS records",
            )


@of_cut(Level.WARNING, Blame.PARENT)
def parent_servers_differ(cut: Cut) -> Iterator[Observation]:
    """The parent's servers refer to the zone differently.

    What it is: their referrals hold other NS records, other DS records, or other glue for name servers in the
    zone.

    Why it matters: what a resolver goes on with depends on which of the parent's servers it asked. With other
    DS records the zone is bogus for some. Just after a change, this passes within minutes.

    How to mend it: not at the zone itself: tell the parent's operator which server is behind.

    References: RFC 1034 section 4.2.1; RFC 4035 section 3.1.4.1
    """
    for what, view in _VIEWS.items():
        groups: dict[Hashable, list[HeardReply]] = {}
        for reply in cut.referrals:
            if reply.meaning.delegation is not None and (what != "DS" or _with_do(reply)):
                groups.setdefault(view(reply.meaning.delegation), []).append(reply)
        if len(groups) > 1:
            most = max(groups, key=lambda key: len(groups[key]))
            odd = [reply for key, replies in groups.items() if key != most for reply in replies]
            yield Observation(
                message=f"the servers of {cut.parent} should refer to {cut.zone} alike, but the {what} of"
                f" {server_names(odd)} is not that of {server_names(groups[most])}",
                steps=steps_of(cut.referrals),
                server=only_server(odd),
                cure=f"tell the operator of {cut.parent} that {server_names(odd)} differs from the others",
            )
            return


@of_cut(Level.NOTICE, Blame.HOST)
def ns_ttl_differs(cut: Cut) -> Iterator[Observation]:
    """The zone's own NS records live far shorter than the parent's.

    What it is: the TTL of the NS RRset at the apex is under an hour, that of the parent longer.

    Why it matters: resolvers that go by the zone's own NS RRset come back for it all the time, and hold out
    for minutes only when the servers fail.

    How to mend it: give the NS records a TTL of a day, and lower it only before a change of servers.

    References: RFC 2181 section 5.4.1; RFC 1912 section 2.2
    """
    rrsets = {r.address: r.rrset(cut.zone, dns.rdatatype.NS) for r in cut.probe(Probe.NS)}
    ttl = max((rrset.ttl for rrset in rrsets.values() if rrset is not None), default=None)
    above = None if cut.delegation is None else cut.delegation.ttl
    if ttl is not None and above is not None and ttl < _SHORT and ttl < above:
        yield Observation(
            message=f"the NS records of {cut.zone} should live for a day or so, as the {above} s at"
            f" {cut.parent}, but live for {ttl} s",
            steps=steps_of(cut.probe(Probe.NS)),
            cure=f"raise the TTL of the NS records of {cut.zone} to 86400",
        )


_VIEWS: dict[str, Callable[[Delegation], Hashable]] = {
    "NS": lambda cut: frozenset(server.name for server in cut.servers),
    "DS": lambda cut: frozenset(() if cut.ds is None else cut.ds),
    "glue": lambda cut: frozenset(
        (server.name, address.text)
        for server in cut.servers
        if server.name.is_subdomain(cut.zone)
        for address in server.addresses
    ),
}
"""What of a referral must be the same everywhere, by what it is called."""


def _with_do(reply: HeardReply) -> bool:
    """Whether DNSSEC was asked for, and the reply knows of it."""
    edns = reply.attempt.exchange.query.edns
    message = reply.message
    return (
        edns is not None and edns.dnssec_ok and message is not None and bool(message.ednsflags & dns.flags.DO)
    )


def _child_sets(cut: Cut) -> dict[Servers, list[HeardReply]]:
    """The NS RRsets at the apex, as sets of names, each with the replies that give it."""
    found: dict[Servers, list[HeardReply]] = {}
    for reply in cut.probe(Probe.NS):
        if (rrset := reply.rrset(cut.zone, dns.rdatatype.NS)) is not None:
            found.setdefault(frozenset(rdata.target for rdata in rrset), []).append(reply)
    return found


def _ns_records(cut: Cut, names: Servers) -> tuple[str, ...]:
    """The NS records to publish at the parent, and the glue that must go with them."""
    ttl = cut.delegation.ttl if cut.delegation is not None and cut.delegation.ttl is not None else _TTL
    fresh = [name for name in sorted(names) if name.is_subdomain(cut.zone) and not glue(cut).get(name)]
    return (
        *(f"{cut.zone} {ttl} IN NS {name}" for name in sorted(names)),
        *(record for name in fresh for record in glue_records(cut, name, host_of(cut, name).addresses)),
    )


def _odd_one(sets: dict[Servers, list[HeardReply]]) -> Name | None:
    """The one server that differs from the others; None where it is several, or half."""
    most = max(sets, key=lambda names: len(sets[names]))
    odd = [reply for names, replies in sets.items() if names != most for reply in replies]
    return only_server(odd) if len(odd) < len(sets[most]) else None

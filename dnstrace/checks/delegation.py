"""Rules on the delegation: what the parent and the zone itself say of who serves it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from ipaddress import ip_network

import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.checks.catalogue import of_cut, of_trace
from dnstrace.checks.evidence import Cut, Evidence, Reply, host_of, listed, named
from dnstrace.checks.finding import Blame, Fault, Level
from dnstrace.checks.glue import glue, glue_records
from dnstrace.model import Delegation, Name, NameServer, Outcome, Probe, Step

_TTL = 172800  # seconds, of NS records to publish where the delegation shows no TTL
_SHORT = 3600  # seconds
_SAFE = 1232  # octets that pass everywhere over UDP (RFC 9715 section 3.1)
_LONGEST = 255  # octets of a name (RFC 1035 section 2.3.4)
_NETWORK = {4: 24, 6: 48}  # the smallest prefixes that are announced by themselves

Servers = frozenset[Name]


@of_cut(Level.WARNING, Blame.REGISTRAR)
def ns_differs(cut: Cut) -> Iterator[Fault]:
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
    yield Fault(
        message=f"{cut.parent} should name the servers of {cut.zone} as the zone itself does, but"
        f" {' and '.join(differs)}",
        steps=(*_steps(cut.referrals), *_steps(sets[there])),
        cure=f"have {cut.parent} publish the NS records that {cut.zone} itself has",
        records=_ns_records(cut, there),
    )


@of_cut(Level.WARNING, Blame.HOST)
def ns_differs_between_servers(cut: Cut) -> Iterator[Fault]:
    """The servers of the zone name other name servers, each in its copy of the same version.

    What it is: asked for NS at the apex, servers with the same serial give different sets. (With different
    serials it is the old copy that differs: see soa-differs.)

    Why it matters: which servers a resolver goes on with depends on whom it asked first; changes of servers
    do not reach everybody.

    How to mend it: give all servers the zone from one primary, and let no server edit its copy.

    References: RFC 1034 section 4.2.2; RFC 2181 section 5.4.1
    """
    serials = _serials(cut)
    by_serial: dict[int | None, dict[Servers, list[Reply]]] = {}
    for names, replies in _child_sets(cut).items():
        for reply in replies:
            by_serial.setdefault(serials.get(reply.address), {}).setdefault(names, []).append(reply)
    for sets in by_serial.values():
        if len(sets) > 1:
            each = "; ".join(f"{_who(replies)}: {listed(sorted(names))}" for names, replies in sets.items())
            yield Fault(
                message=f"the servers of {cut.zone} should name the same name servers, but differ: {each}",
                steps=_steps(reply for replies in sets.values() for reply in replies),
                server=_odd_one(sets),
                cure=f"give all servers of {cut.zone} the same NS records",
            )


@of_cut(Level.WARNING, Blame.PARENT)
def parent_servers_differ(cut: Cut) -> Iterator[Fault]:
    """The parent's servers refer to the zone differently.

    What it is: their referrals hold other NS records, other DS records, or other glue for name servers in the
    zone.

    Why it matters: what a resolver goes on with depends on which of the parent's servers it asked. With other
    DS records the zone is bogus for some. Just after a change, this passes within minutes.

    How to mend it: nothing at the zone: tell the operator of the parent which of its servers is behind.

    References: RFC 1034 section 4.2.1; RFC 4035 section 3.1.4.1; RFC 9471 section 3.1
    """
    for what, view in _VIEWS.items():
        groups: dict[Hashable, list[Reply]] = {}
        for reply in cut.referrals:
            if reply.meaning.delegation is not None and (what != "DS" or _with_do(reply)):
                groups.setdefault(view(reply.meaning.delegation), []).append(reply)
        if len(groups) > 1:
            most = max(groups, key=lambda key: len(groups[key]))
            odd = [reply for key, replies in groups.items() if key != most for reply in replies]
            yield Fault(
                message=f"the servers of {cut.parent} should refer to {cut.zone} alike, but the {what} of"
                f" {_who(odd)} is not that of {_who(groups[most])}",
                steps=_steps(cut.referrals),
                server=_only(odd),
                cure=f"tell the operator of {cut.parent} that {_who(odd)} differs from the others",
            )
            return


@of_cut(Level.WARNING, Blame.HOST)
def too_few_servers(cut: Cut) -> Iterator[Fault]:
    """The zone has one name server only.

    What it is: it has a single address to ask (of each family), be it under several names; or a single name
    (a notice, where that has several addresses).

    Why it matters: when that machine, or the way to it, fails, the zone is gone.

    How to mend it: add a name server in another network, in the zone and at the parent.

    References: RFC 1034 section 4.1; RFC 2182 section 5
    """
    names, addresses = named(cut), _all_addresses(cut)
    if not cut.probed or not addresses or not _all_known(cut):
        return
    alone = all(len(_of_family(addresses, family)) <= 1 for family in _NETWORK)
    if alone or len(names) == 1:
        yield Fault(
            message=f"{cut.zone} should have two name servers at least, but has {listed(names)} alone, at"
            f" {listed(addresses)}",
            steps=_steps(cut.referrals) or tuple(step.id for step in cut.walked[:1]),
            cure=f"add a name server in another network to {cut.zone}, and have the parent name it",
            level=Level.WARNING if alone else Level.NOTICE,
        )


@of_cut(Level.WARNING, Blame.HOST)
def one_network(cut: Cut) -> Iterator[Fault]:
    """All name servers of the zone are in one network.

    What it is: their IPv4 addresses are all in one /24, and their IPv6 addresses, if any, in one /48: these
    are announced as one, and vanish as one.

    Why it matters: a fault of routing, of the site or of its provider takes all of them away at once.

    How to mend it: add a name server elsewhere, at another provider if possible.

    References: RFC 2182 section 3.1; RFC 3258 section 2.3
    """
    addresses = _all_addresses(cut)
    by_family = {family: _of_family(addresses, family) for family in _NETWORK}
    if all(len(found) <= 1 for found in by_family.values()) or not _all_known(cut):
        return
    networks = {
        family: {ip_network(f"{text}/{_NETWORK[family]}", strict=False) for text in found}
        for family, found in by_family.items()
    }
    if all(len(found) <= 1 for found in networks.values()):
        where = listed(str(network) for found in networks.values() for network in found)
        yield Fault(
            message=f"the name servers of {cut.zone} should be in several networks, but all are in {where}",
            steps=_steps(cut.referrals) or tuple(step.id for step in cut.walked[:1]),
            cure=f"add a name server of {cut.zone} in another network",
        )


@of_cut(Level.ERROR, Blame.HOST)
def one_family(cut: Cut) -> Iterator[Fault]:
    """No name server of the zone has an IPv4 address.

    What it is: all name servers of the zone have IPv6 addresses only.

    Why it matters: resolvers that have no IPv6, and these are many, cannot ask any of them: for their users
    the zone does not exist.

    How to mend it: give two name servers at least an IPv4 address, as glue at the parent too where they have
    glue.

    References: RFC 3901 section 4; RFC 9499 section 7
    """
    addresses = _all_addresses(cut)
    hosts = {name: host_of(cut, name) for name in named(cut)}
    glued = {name for name, found in glue(cut).items() if found}
    told = all(4 in host.denied or host.nxdomain for host in hosts.values())
    if addresses and told and not _of_family(addresses, 4):
        yield Fault(
            message=f"the name servers of {cut.zone} have only {listed(addresses)}, no IPv4 address",
            steps=(*_steps(cut.referrals), *(step for host in hosts.values() for step in host.steps)),
            cure=f"give the name servers of {cut.zone} IPv4 addresses{' and glue for them' if glued else ''}",
        )


@of_cut(Level.WARNING, Blame.HOST)
def referral_too_large(cut: Cut) -> Iterator[Fault]:
    """A referral to the zone does not fit a datagram that passes everywhere.

    What it is: for the longest name that can be asked for in the zone, its NS records and the glue that
    cannot be left out come to more than 1232 octets, before any DNSSEC record.

    Why it matters: the referral is truncated then, and every resolver has to ask again over TCP: slower, and
    not at all where TCP is blocked.

    How to mend it: have fewer name servers, or shorter names that share their ending.

    References: RFC 9471 section 3.1; RFC 9715 section 3.1
    """
    if cut.delegation is None or cut.parent is None:
        return
    size = _size(cut.delegation, glue(cut))
    if size > _SAFE:
        yield Fault(
            message=f"a referral to {cut.zone} should fit {_SAFE} octets, but takes up to {size}, with"
            f" {len(cut.delegation.servers)} name servers",
            steps=_steps(cut.referrals),
            cure=f"name fewer servers for {cut.zone}, or such as have shorter names",
        )


@of_cut(Level.NOTICE, Blame.HOST)
def ns_ttl_differs(cut: Cut) -> Iterator[Fault]:
    """The zone's own NS records live far shorter than the parent's.

    What it is: the TTL of the NS RRset at the apex is under an hour, that of the parent longer.

    Why it matters: resolvers that go by the zone's own NS RRset come back for it all the time, and hold out
    for minutes only when the servers fail.

    How to mend it: give the NS records a TTL of a day, and lower it only before a change of servers.

    References: RFC 9199 section 6; RFC 2181 section 5.4.1
    """
    rrsets = {r.address: r.rrset(cut.zone, dns.rdatatype.NS) for r in cut.probe(Probe.NS)}
    ttl = max((rrset.ttl for rrset in rrsets.values() if rrset is not None), default=None)
    above = None if cut.delegation is None else cut.delegation.ttl
    if ttl is not None and above is not None and ttl < _SHORT and ttl < above:
        yield Fault(
            message=f"the NS records of {cut.zone} should live a day or so, as {above} s at {cut.parent},"
            f" but live for {ttl} s",
            steps=_steps(cut.probe(Probe.NS)),
            cure=f"raise the TTL of the NS records of {cut.zone} to 86400",
        )


@of_trace(Level.ERROR, Blame.HOST)
def cyclic_dependency(evidence: Evidence) -> Iterator[Fault]:
    """Zones need each other to be found.

    What it is: the name servers of one zone are in another, those of that in the first again (or by way of
    others), and no referral carries an address of any of them.

    Why it matters: to find either zone a resolver would have to have found the other. None finds them.

    How to mend it: give one of the zones a name server within itself, with glue at its parent.

    References: RFC 1034 section 4.2.1; RFC 9471 section 2
    """
    stuck = _stuck(evidence.trace.steps)
    for cut in evidence.cuts:
        if (cycle := _cycle(cut.zone, stuck)) and cycle[0] == cut.zone:
            each = (f"{zone} needs {listed(s.name for s in stuck[zone].servers)}" for zone in cycle)
            yield Fault(
                message=f"no name server can be found: {', '.join(each)}, without an address for any of them",
                steps=tuple(stuck[zone].id for zone in cycle),
                cure=f"give {cut.zone} a name server within itself, with glue at its parent",
                zone=cut.zone,
            )
            return


def _stuck(steps: Iterable[Step]) -> dict[Name, Step]:
    """The steps that found no address to ask, by zone."""
    found = (s for s in steps if s.outcome is Outcome.FAILED and not s.attempts and not _any_address(s))
    return {step.zone: step for step in found if step.servers}


def _any_address(step: Step) -> bool:
    return any(server.addresses for server in step.servers)


def _cycle(zone: Name, stuck: dict[Name, Step]) -> list[Name]:
    """The zones that need one another, from `zone` on; empty if it needs no other that needs it again."""
    path: list[Name] = []
    while zone in stuck and zone not in path:
        path.append(zone)
        needed = (_within(server.name, stuck) for server in stuck[zone].servers)
        zone = next((below for below in needed if below is not None and below != zone), dns.name.empty)
    return path[path.index(zone) :] if zone in path else []


def _within(name: Name, zones: Iterable[Name]) -> Name | None:
    """The deepest of the zones that a name is in."""
    return max((zone for zone in zones if name.is_subdomain(zone)), key=len, default=None)


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


def _with_do(reply: Reply) -> bool:
    """Whether DNSSEC was asked for, and the reply knows of it."""
    edns = reply.attempt.exchange.query.edns
    message = reply.message
    return (
        edns is not None and edns.dnssec_ok and message is not None and bool(message.ednsflags & dns.flags.DO)
    )


def _child_sets(cut: Cut) -> dict[Servers, list[Reply]]:
    """The NS RRsets at the apex, as sets of names, each with the replies that give it."""
    found: dict[Servers, list[Reply]] = {}
    for reply in cut.probe(Probe.NS):
        if (rrset := reply.rrset(cut.zone, dns.rdatatype.NS)) is not None:
            found.setdefault(frozenset(rdata.target for rdata in rrset), []).append(reply)
    return found


def _serials(cut: Cut) -> dict[str, int]:
    """The serial at each address."""
    rrsets = {reply.address: reply.rrset(cut.zone, dns.rdatatype.SOA) for reply in cut.probe(Probe.SOA)}
    return {address: rrset[0].serial for address, rrset in rrsets.items() if rrset is not None}


def _ns_records(cut: Cut, names: Servers) -> tuple[str, ...]:
    """The NS records to publish at the parent, and the glue that must go with them."""
    ttl = cut.delegation.ttl if cut.delegation is not None and cut.delegation.ttl is not None else _TTL
    fresh = [name for name in sorted(names) if name.is_subdomain(cut.zone) and not glue(cut).get(name)]
    return (
        *(f"{cut.zone} {ttl} IN NS {name}" for name in sorted(names)),
        *(record for name in fresh for record in glue_records(cut, name, host_of(cut, name).addresses)),
    )


def _all_addresses(cut: Cut) -> list[str]:
    """All addresses of the zone's name servers: what the walk knew, and what their own zones say."""
    known = [address.text for server in cut.servers for address in server.addresses]
    known += [address for found in glue(cut).values() for address in found]
    known += [address for name in named(cut) for address in host_of(cut, name).addresses]
    return list(dict.fromkeys(known))


def _all_known(cut: Cut) -> bool:
    """Whether each name server's addresses are known, so that nothing can be missing in a count."""
    known = {server.name for server in cut.servers if server.addresses} | {
        n for n, g in glue(cut).items() if g
    }
    return all(
        name in known or host_of(cut, name).addresses or host_of(cut, name).absent for name in named(cut)
    )


def _of_family(addresses: Iterable[str], family: int) -> list[str]:
    return [text for text in addresses if (":" in text) == (family == 6)]


def _size(cut: Delegation, addresses: dict[Name, list[str]]) -> int:
    """Octets of a referral for the longest name in the zone, with all in-domain glue and EDNS."""
    message = dns.message.make_query(_longest(cut.zone), dns.rdatatype.AAAA, use_edns=0)
    names = [server.name.to_text() for server in cut.servers]
    ns = dns.rrset.from_text_list(cut.zone, 0, dns.rdataclass.IN, dns.rdatatype.NS, names)
    message.authority.append(ns)
    for server in cut.servers:
        if server.name.is_subdomain(cut.zone):
            message.additional.extend(_glue_rrsets(server, addresses.get(server.name, [])))
    return len(message.to_wire(max_size=65535, want_shuffle=False))


def _glue_rrsets(server: NameServer, addresses: list[str]) -> Iterator[dns.rrset.RRset]:
    for rdtype, family in ((dns.rdatatype.A, 4), (dns.rdatatype.AAAA, 6)):
        if found := _of_family(addresses, family):
            yield dns.rrset.from_text_list(server.name, 0, dns.rdataclass.IN, rdtype, found)


def _longest(zone: Name) -> Name:
    """A name of 255 octets in the zone, or as near as its labels come to that."""
    name = zone
    while (room := _LONGEST - sum(len(label) + 1 for label in name.labels) - 1) > 0:
        name = dns.name.Name([b"x" * min(room, 63), *name.labels])
    return name


def _steps(replies: Iterable[Reply]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(reply.step.id for reply in replies))


def _who(replies: Iterable[Reply]) -> str:
    return listed(dict.fromkeys(reply.server for reply in replies))


def _only(replies: Iterable[Reply]) -> Name | None:
    names = {reply.server for reply in replies}
    return next(iter(names)) if len(names) == 1 else None


def _odd_one(sets: dict[Servers, list[Reply]]) -> Name | None:
    """The one server that differs from the others; None where it is several, or half."""
    most = max(sets, key=lambda names: len(sets[names]))
    odd = [reply for names, replies in sets.items() if names != most for reply in replies]
    return _only(odd) if len(odd) < len(sets[most]) else None

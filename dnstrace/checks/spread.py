"""Rules on the servers of a zone taken together: how many, where, and what it takes to tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.glue import glue
from dnstrace.checks.hosts import host_of, named
from dnstrace.checks.phrases import listed
from dnstrace.checks.replies import steps_of
from dnstrace.model import Delegation, Name, NameServer
from dnstrace.model.findings import Blame, Level, Observation

_SAFE = 1232  # octets that pass everywhere over UDP (RFC 9715 appendix A)
_LONGEST = 255  # octets of a name (RFC 1035 section 2.3.4)
_NETWORK = {4: 24, 6: 48}  # the smallest prefixes that are announced by themselves


@of_cut(Level.WARNING, Blame.HOST)
def too_few_servers(cut: Cut) -> Iterator[Observation]:
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
        yield Observation(
            message=f"{cut.zone} should have two name servers at least, but has {listed(names)} alone, at"
            f" {listed(addresses)}",
            steps=steps_of(cut.referrals) or tuple(step.id for step in cut.walked[:1]),
            cure=f"add a name server in another network to {cut.zone}, and have the parent name it",
            level=Level.WARNING if alone else Level.NOTICE,
        )


@of_cut(Level.WARNING, Blame.HOST)
def one_network(cut: Cut) -> Iterator[Observation]:
    """All name servers of the zone are in one network.

    What it is: their IPv4 addresses are all in one /24, and their IPv6 addresses, if any, in one /48: these
    are announced as one, and vanish as one.

    Why it matters: a fault of routing, of the site or of its provider takes all of them away at once.

    How to mend it: add a name server elsewhere, at another provider if possible.

    References: RFC 2182 section 3.1
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
        yield Observation(
            message=f"the name servers of {cut.zone} should be in several networks, but all are in {where}",
            steps=steps_of(cut.referrals) or tuple(step.id for step in cut.walked[:1]),
            cure=f"add a name server of {cut.zone} in another network",
        )


@of_cut(Level.ERROR, Blame.HOST)
def one_family(cut: Cut) -> Iterator[Observation]:
    """No name server of the zone has an IPv4 address.

    What it is: all name servers of the zone have IPv6 addresses only.

    Why it matters: resolvers that have no IPv6, and these are many, cannot ask any of them: for their users
    the zone does not exist.

    How to mend it: give two name servers at least an IPv4 address, as glue at the parent too where they have
    glue.

    References: RFC 3901 section 4
    """
    addresses = _all_addresses(cut)
    hosts = {name: host_of(cut, name) for name in named(cut)}
    glued = {name for name, found in glue(cut).items() if found}
    told = all(4 in host.denied or host.nxdomain for host in hosts.values())
    if addresses and told and not _of_family(addresses, 4):
        yield Observation(
            message=f"the name servers of {cut.zone} should have IPv4 addresses, but have"
            f" {listed(addresses)} alone",
            steps=(*steps_of(cut.referrals), *(step for host in hosts.values() for step in host.steps)),
            cure=f"give the name servers of {cut.zone} IPv4 addresses{' and glue for them' if glued else ''}",
        )


@of_cut(Level.WARNING, Blame.HOST)
def referral_too_large(cut: Cut) -> Iterator[Observation]:
    """A referral to the zone does not fit a datagram that passes everywhere.

    What it is: for the longest name that can be asked for in the zone, its NS records and the glue that
    cannot be left out come to more than 1232 octets, before any DNSSEC record.

    Why it matters: the referral is truncated then, and every resolver has to ask again over TCP: slower, and
    not at all where TCP is blocked.

    How to mend it: have fewer name servers, or shorter names that share their ending.

    References: RFC 9471 section 3.1; RFC 9715 appendix A
    """
    if cut.delegation is None or cut.parent is None:
        return
    size = _size(cut.delegation, glue(cut))
    if size > _SAFE:
        yield Observation(
            message=f"a referral to {cut.zone} should fit {_SAFE} octets, but takes up to {size}, with"
            f" {len(cut.delegation.servers)} name servers",
            steps=steps_of(cut.referrals),
            cure=f"name fewer servers for {cut.zone}, or such as have shorter names",
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
            message.additional += list(_glue_rrsets(server, addresses.get(server.name, [])))
    return len(message.to_wire(max_size=65535, want_shuffle=False) or b"")


def _glue_rrsets(server: NameServer, addresses: list[str]) -> Iterator[dns.rrset.RRset]:
    for rdtype, family in ((dns.rdatatype.A, 4), (dns.rdatatype.AAAA, 6)):
        if found := _of_family(addresses, family):
            yield dns.rrset.from_text_list(server.name, 0, dns.rdataclass.IN, rdtype, found)


def _longest(zone: Name) -> Name:
    """A name of 255 octets in the zone, or as near as its labels come to that."""
    name = zone
    while (room := _LONGEST - len(name.to_wire() or b"") - 1) > 0:
        name = dns.name.Name([b"x" * min(room, 63), *name.labels])
    return name

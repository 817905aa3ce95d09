"""Rules on the servers of a zone as a group: how many, where, and how large a referral to them is."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from ipaddress import ip_network

import dns.exception
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.checks.advice.remedies import at_parent, glue_records, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import glue, host_of, named, walked_addresses, working
from dnstrace.checks.readings.phrases import counted, listed
from dnstrace.checks.readings.replies import steps_of
from dnstrace.model import Delegation, Name, NameServer
from dnstrace.model.allowed import SAFE_PAYLOAD
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.kept import kept
from dnstrace.model.naming import zone_text

_MESSAGE = 65535  # octets, that a message can have
_FIXED = 12 + 255 + 4 + 11  # octets of the header, the longest question and the OPT record
_RECORD = 12  # octets of a record without its owner and its RDATA, and with a pointer for the owner
_LONGEST = 255  # octets of a name (RFC 1035 section 2.3.4)
_NETWORK = {4: 24, 6: 48}  # the smallest prefixes that networks announce


@of_cut(Level.WARNING, Blame.HOST, also=(Level.NOTICE,))
def too_few_servers(cut: Cut) -> Iterator[Observation]:
    """The zone has only one name server.

    What it is: the zone has a single address to ask (for each family), even if under several names; or a
    single name (a notice if that name has several addresses).

    Why it matters: when that machine, or the path to it, fails, the zone cannot be reached.

    How to fix it: add a name server in another network, both in the zone and in its parent.

    References: RFC 1034 section 4.1; RFC 2182 section 5
    """
    names, addresses = named(cut), _all_addresses(cut)
    if not cut.probed or not addresses or not _all_known(cut):
        return
    alone = all(len(_of_family(addresses, family)) <= 1 for family in _NETWORK)
    if alone or len(names) == 1:
        yield Observation(
            message=f"{zone_text(cut.zone)} depends on one"
            f" {'address per family' if alone else 'name server'}:"
            f" {listed(names)} at {listed(addresses)}",
            steps=steps_of(cut.referrals) or tuple(step.id for step in cut.walked[:1]),
            cure=f"add a name server in another network to {zone_text(cut.zone)} and to its parent zone",
            level=Level.WARNING if alone else Level.NOTICE,
            remedy=in_zone(cut.zone),
        )


@of_cut(Level.WARNING, Blame.HOST)
def one_network(cut: Cut) -> Iterator[Observation]:
    """All name servers of the zone are in one network.

    What it is: their IPv4 addresses are all in one /24, and their IPv6 addresses, if any, in one /48.
    Such a block is announced as a whole, and disappears as a whole.

    Why it matters: a fault in routing, at the site or at its provider makes all name servers unreachable
    at once.

    How to fix it: add a name server elsewhere, if possible at another provider.

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
            message=f"all name servers of {zone_text(cut.zone)} are in the same network: {where}",
            steps=steps_of(cut.referrals) or tuple(step.id for step in cut.walked[:1]),
            cure=f"add a name server for {zone_text(cut.zone)} in another network",
            remedy=in_zone(cut.zone),
        )


@of_cut(Level.ERROR, Blame.HOST)
def no_ipv4(cut: Cut) -> Iterator[Observation]:
    """No name server of the zone has an IPv4 address.

    What it is: all name servers of the zone have IPv6 addresses only: those inside the zone in the glue,
    the others in their own zones.

    Why it matters: resolvers without IPv6, and there are many, cannot ask any of them: for their users
    the zone does not exist.

    How to fix it: give at least two name servers an IPv4 address, and add it to the glue in the parent
    zone if they have glue.

    References: RFC 3901 section 4
    """
    addresses, names = _all_addresses(cut), named(cut)
    if not _of_family(addresses, 6) or any(_has_ipv4(cut, name) is not False for name in names) or not names:
        return
    hosts = [host_of(cut, name) for name in names]
    glued = any(glue(cut).values())
    published = _of_family(addresses, 4)  # in the zone itself only, where nobody without IPv6 finds it
    ipv4 = ((host.name, working(cut, _of_family(host.addresses, 4))) for host in hosts)
    records = tuple(record for name, found in ipv4 for record in glue_records(cut, name, found))
    where = " in the referral" if published else ""
    yield Observation(
        message=f"no name server of {zone_text(cut.zone)} has an IPv4 address{where},"
        f" only {listed(_of_family(addresses, 6))}",
        steps=(*steps_of(cut.referrals), *(step for host in hosts for step in host.steps)),
        cure=f"add {listed(published)} to the glue for the name servers of {zone_text(cut.zone)}"
        if published
        else f"give the name servers of {zone_text(cut.zone)} IPv4 addresses"
        f"{', and add them to the glue' if glued else ''}",
        blame=Blame.REGISTRAR if published else None,
        records=records,
        remedy=at_parent(cut, add=records) if published else in_zone(cut.zone),
    )


@of_cut(Level.WARNING, Blame.HOST)
def referral_too_large(cut: Cut) -> Iterator[Observation]:
    """A referral to the zone is too large for a safe UDP reply.

    What it is: for the longest name that can be asked in the zone, its NS records and the required glue
    add up to more than 1232 octets, before any DNSSEC records.

    Why it matters: the referral is truncated, and every resolver has to ask again over TCP. That is
    slower, and fails where TCP is blocked.

    How to fix it: use fewer name servers, or shorter names that share a suffix.

    References: RFC 9471 section 3.1; RFC 9715 appendix A
    """
    if cut.delegation is None or cut.parent is None:
        return
    addresses = glue(cut)
    if _at_most(cut.delegation, addresses) <= SAFE_PAYLOAD:
        return
    size = _size_of(cut.delegation, addresses)
    if size > SAFE_PAYLOAD:
        yield Observation(
            message=f"a referral to {zone_text(cut.zone)} takes up to {size} octets with"
            f" {counted(len(cut.delegation.servers), 'name server')}: only {SAFE_PAYLOAD} are safe over UDP",
            steps=steps_of(cut.referrals),
            cure=f"use fewer name servers for {zone_text(cut.zone)}, or servers with shorter names",
            remedy=in_zone(cut.zone),
        )


def _all_addresses(cut: Cut) -> list[str]:
    """All addresses of the zone's name servers: those that the walk knew, and those in their own zones.

    That of the server given to start from counts only if the zone lists it.
    """
    names = named(cut)
    own = set(names)
    known = [a.text for each in cut.servers if each.name in own for a in each.addresses]
    known += [address for found in glue(cut).values() for address in found]
    known += [address for name in names for address in host_of(cut, name).addresses]
    return list(dict.fromkeys(known))


def _all_known(cut: Cut) -> bool:
    """Whether the addresses of each name server are known, so that a count is complete."""
    known = {server.name for server in cut.servers if server.addresses} | {
        n for n, g in glue(cut).items() if g
    }
    return all(
        name in known or host_of(cut, name).addresses or host_of(cut, name).absent for name in named(cut)
    )


def _has_ipv4(cut: Cut, name: Name) -> bool | None:
    """Whether a resolver without IPv6 finds an address of a name server; None if that is not known.

    What could be reached from here has no part in it. Of a server inside the zone, only the glue is found.
    """
    addresses, host = glue(cut).get(name, []), host_of(cut, name)
    if _of_family(addresses, 4):
        return True
    if addresses and name.is_subdomain(cut.zone):
        return False
    if _of_family((*addresses, *walked_addresses(cut).get(name, ()), *host.addresses), 4):
        return True
    return False if host.nxdomain or 4 in host.denied else None


def _of_family(addresses: Iterable[str], family: int) -> list[str]:
    return [text for text in addresses if (":" in text) == (family == 6)]


def _at_most(cut: Delegation, addresses: dict[Name, list[str]]) -> int:
    """Octets that a referral with EDNS cannot exceed: those in which no name of a server is compressed."""
    size = _FIXED
    for server in cut.servers:
        name = len(server.name.to_wire() or b"")
        size += _RECORD + name + (_RECORD + name + 16) * len(addresses.get(server.name, ()))
    return size


def _size_of(cut: Delegation, addresses: dict[Name, list[str]]) -> int:
    """Octets of a referral: worked out once for a delegation that many names share."""
    known, glued = _sizes(cut), tuple(tuple(addresses.get(each.name, ())) for each in cut.servers)
    if glued not in known:
        known[glued] = _size(cut, addresses)
    return known[glued]


@kept(most=256)
def _sizes(cut: Delegation) -> dict[Hashable, int]:
    """The sizes of referrals with a delegation, by the glue; filled as they are wanted."""
    return {}


def _size(cut: Delegation, addresses: dict[Name, list[str]]) -> int:
    """Octets of a referral for the longest name in the zone, with all in-domain glue and EDNS."""
    message = dns.message.make_query(_longest(cut.zone), dns.rdatatype.AAAA, use_edns=0)
    names = [server.name.to_text() for server in cut.servers]
    ns = dns.rrset.from_text_list(cut.zone, 0, dns.rdataclass.IN, dns.rdatatype.NS, names)
    message.authority.append(ns)
    for server in cut.servers:
        if server.name.is_subdomain(cut.zone):
            message.additional += list(_glue_rrsets(server, addresses.get(server.name, [])))
    try:
        return len(message.to_wire(max_size=_MESSAGE, want_shuffle=False) or b"")
    except dns.exception.TooBig:  # the name that was asked for is shorter than the longest one
        return _MESSAGE


def _glue_rrsets(server: NameServer, addresses: list[str]) -> Iterator[dns.rrset.RRset]:
    for rdtype, family in ((dns.rdatatype.A, 4), (dns.rdatatype.AAAA, 6)):
        if found := _of_family(addresses, family):
            yield dns.rrset.from_text_list(server.name, 0, dns.rdataclass.IN, rdtype, found)


def _longest(zone: Name) -> Name:
    """A name of 255 octets in the zone, or as close to that as its labels allow."""
    name = zone
    while (room := _LONGEST - len(name.to_wire() or b"") - 1) > 0:
        name = dns.name.Name([b"x" * min(room, 63), *name.labels])
    return name

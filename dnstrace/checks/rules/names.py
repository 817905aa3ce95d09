"""Rules on the names and addresses of a zone's name servers, whether the parent or the zone lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import dns.rdatatype

from dnstrace.checks.advice.listing import (
    apart_from_parent,
    followed_by_parent,
    known_addresses,
    lacking_dot,
    ns_records,
    sorted_out,
)
from dnstrace.checks.advice.remedies import address_records, at_parent, in_zone
from dnstrace.checks.advice.unfound import ELSEWHERE, Reason, fix_of, reason, unregistered
from dnstrace.checks.advice.withdrawing import withdrawn
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import (
    Host,
    end_of_aliases,
    glue,
    host_of,
    literal,
    named,
    naming_steps,
    seen_addresses,
    walked_addresses,
    working,
    zone_of_host,
)
from dnstrace.checks.readings.phrases import listed, parent_text
from dnstrace.model import ROOT, Name, NameServer
from dnstrace.model.findings import Blame, Fix, Level, Observation
from dnstrace.model.naming import plain, zone_text

_LABEL = re.compile(rb"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def ns_name_unresolvable(cut: Cut) -> Iterator[Observation]:
    """The name of a name server has no address.

    What it is: a name in the zone's NS RRset does not exist, has neither A nor AAAA records, or cannot be
    looked up because the servers of its own zone give no usable answer. Or it lacks its final dot, and a
    wildcard gives it the address of another machine.

    Why it matters: resolvers cannot ask this server, and lose time trying. If it is true of every name,
    the zone cannot be reached (an error). Whoever registers the zone that the name is in can answer for
    yours.

    How to fix it: correct the name if it is misspelt, publish its address if that is missing, or remove
    the name from the NS RRset, both in the zone and in its parent. If the domain that the name is in is not
    registered, replace the name at once, or register that domain before anybody else does. If all names are
    those of an internal network, remove the delegation from the public zone above.

    References: RFC 1034 section 4.2.1; RFC 1912 section 2.8
    """
    glued = _glued(cut)
    hosts = [host_of(cut, name) for name in named(cut) if name not in glued and not literal(cut, name)]
    groups: dict[Reason, list[Host]] = {}
    for host in hosts:
        elsewhere = lacking_dot(cut, host.name) and known_addresses(cut, host.name)
        if why := reason(cut, host) or (ELSEWHERE if elsewhere else None):
            groups.setdefault(why, []).append(host)
    level = _names_level(cut, (host.name for group in groups.values() for host in group))
    for (one, many), group in groups.items():
        names = [host.name for host in group]
        meant = {name: right for name in names if (right := lacking_dot(cut, name)) is not None}
        dots = f": the final dot of {listed(meant.values())} is missing" if meant else ""
        found = Observation(
            message=f"{listed(names)} {one if len(names) == 1 else many}{dots}",
            steps=tuple(step for host in group for step in host.steps) or naming_steps(cut),
            server=names[0] if len(names) == 1 else None,
            level=level,
            **_without_names(cut, group, meant),
        )
        instead = followed_by_parent(cut, cut.child, found) if _given_up(cut, meant) else None
        yield instead or withdrawn(cut, names, Reason(one, many), found) or found


def _given_up(cut: Cut, meant: dict[Name, Name]) -> bool:
    """Whether the zone lists other servers than those that were meant above: the parent has to follow it."""
    above = bool(meant) and bool(cut.child) and cut.child.keys().isdisjoint(meant)
    return above and not {*meant.values()} <= cut.child.keys() and not apart_from_parent(cut, cut.child)


def _instead_of_alias(cut: Cut, host: Host) -> Fix:
    """What to do about an alias: give the name addresses, or list the host that it leads to.

    That host is only named if it may serve the zone. It is listed by whoever lists the alias; nothing can be
    published below a DNAME record.
    """
    instead, source = _end_to_list(cut, host), host.source
    if source is not None and source.rdtype == dns.rdatatype.DNAME:
        return _listed_instead(cut, host, instead)
    found = address_records(host.name, working(cut, walked_addresses(cut).get(host.name, ())))
    own = source is not None and source.owner == host.name
    gone = (f"{host.name} 3600 IN CNAME {host.target}",) if own and found else ()
    cure = f"replace the CNAME record of {plain(host.name)} with A and AAAA records"
    if source is not None and not own:
        cure = f"give {plain(host.name)} A and AAAA records of its own"
    return {
        "cure": f"{cure}, or list {plain(instead)} instead" if instead is not None else cure,
        "records": found,
        "remedy": in_zone(zone_of_host(cut, host), add=found, remove=gone),
        "blame": Blame.SERVER_OPERATOR,
    }


def _end_to_list(cut: Cut, host: Host) -> Name | None:
    """The host that an alias leads to, if it may serve the zone."""
    end, glued = end_of_aliases(cut, host.name), glue(cut).get(host.name, ())
    walked = walked_addresses(cut).get(host.name, ())
    led = {text for text in walked if text not in glued}  # by way of the alias
    found = led or (() if end is None else seen_addresses(cut, end))
    return end if found and working(cut, found) else None


def _listed_instead(cut: Cut, host: Host, end: Name | None) -> Fix:
    """What to do where only another name can be listed."""
    zone, parent = zone_text(cut.zone), parent_text(cut)
    blame = _names_blame(cut, [host.name])
    above, both = blame is Blame.REGISTRAR, _is_in_both(cut, [host.name])
    where = f"in the zone and in {parent}" if both else f"in {parent}" if above else "in the zone"
    better = f"a host that is not below {host.source.what}" if host.source is not None else "another host"
    fresh = () if end is None else (end,)
    add = ns_records(cut, set(fresh) - set(_listed_there(cut, not above)))
    remove = ns_records(cut, [host.name]) if fresh else ()
    return {
        "cure": f"list {plain(end) if end is not None else better} instead of {plain(host.name)} in the NS"
        f" records of {zone} {where}",
        "records": ns_records(cut, fresh),
        "remedy": at_parent(cut, add=add, remove=remove) if above else in_zone(cut.zone, add, (), remove),
        "blame": blame,
    }


def _without_names(cut: Cut, group: list[Host], meant: dict[Name, Name]) -> Fix:
    """What to do about names without an address: list those that were meant, or none in their place."""
    names, zone = [host.name for host in group], zone_text(cut.zone)
    typed_above = bool(meant) and not any(name.is_subdomain(cut.zone) for name in meant)
    blame = Blame.REGISTRAR if typed_above else _names_blame(cut, names)
    at_zone, both = blame is not Blame.REGISTRAR, not typed_above and _is_in_both(cut, names)
    left = set(_listed_there(cut, at_zone)) - set(names)
    right = [name for name in meant.values() if name not in left]
    if not right and not sorted_out(cut, left).good:  # what is left must work
        left = set()
        right = list(sorted_out(cut, (name for name in named(cut) if name not in names)).good)
    add, remove = ns_records(cut, right), ns_records(cut, names)
    parent = f"in {parent_text(cut)}"
    where = f"in the zone and {parent}" if both else "in the zone" if at_zone else parent
    if meant.keys() == set(names):
        with_dot = listed(name.to_text() for name in meant.values())
        cure = f"write {with_dot}, with the final dot, in the NS records of {zone} {where}"
        if typed_above and (unknown := [name for name in right if not known_addresses(cut, name)]):
            whose = "its" if len(right) == 1 else "their"
            those = f"{whose} addresses" if unknown == right else f"the addresses of {listed(unknown)}"
            cure, add, remove = f"{cure}, and publish {those} there as glue if they are missing", (), ()
    else:
        them = "them" if len(names) > 1 else plain(names[0]) if group[0].failed else "it"
        better = listed(right) if right else "" if left else "other name servers"
        instead = f"list {better} instead of {them} in" if better else f"remove {them} from"
        cure = _either(cut, group, f"{instead} the NS records of {zone} {where}")
    if not left and not right:  # a zone needs NS records
        remedy = in_zone(cut.zone)
    else:
        remedy = (
            in_zone(cut.zone, add=add, remove=remove) if at_zone else at_parent(cut, add=add, remove=remove)
        )
    return {"cure": cure, "records": add, "remedy": remedy, "blame": blame}


def _either(cut: Cut, group: list[Host], replaced: str) -> str:
    """The two ways to fix names: make them resolve, or replace them, which comes first in a lost domain."""
    resolved = fix_of(cut, group)
    first, second = (replaced, resolved) if unregistered(cut, group[0]) else (resolved, replaced)
    return ", or ".join(filter(None, (first, second)))


def _listed_there(cut: Cut, at_zone: bool) -> Iterable[Name]:
    """The name servers that the zone itself lists, as far as it was heard, or those that the parent lists."""
    if at_zone and cut.child:
        return cut.child
    return named(cut) if cut.delegation is None else [server.name for server in cut.delegation.servers]


def _is_in_both(cut: Cut, names: Iterable[Name]) -> bool:
    """Whether both the parent and the zone list one of these names, as far as the zone was heard."""
    above = set() if cut.delegation is None else {server.name for server in cut.delegation.servers}
    return bool(above & set(names)) and (not cut.child or bool(cut.child.keys() & set(names)))


@of_cut(Level.WARNING, Blame.SERVER_OPERATOR, also=(Level.ERROR,))
def ns_name_alias(cut: Cut) -> Iterator[Observation]:
    """The name of a name server is an alias.

    What it is: a name in the zone's NS RRset has a CNAME record instead of addresses.

    Why it matters: the standard forbids it, and common resolvers, BIND among them, do not follow such an
    alias: for them the server does not exist. If it is true of every name, the zone cannot be reached
    through them (an error).

    How to fix it: list the host that the alias points to in the NS RRset, or give the name its own
    addresses instead of the CNAME record.

    References: RFC 2181 section 10.3; RFC 1912 section 2.4
    """
    aliases = [host for host in (host_of(cut, name) for name in named(cut)) if host.alias]
    level = _names_level(cut, (host.name for host in aliases))
    for host in aliases:
        yield Observation(
            message=f"{plain(host.name)} is an alias (CNAME), which a name server must not be",
            steps=host.steps,
            server=host.name,
            level=level,
            **_instead_of_alias(cut, host),
        )


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def ns_name_is_address(cut: Cut) -> Iterator[Observation]:
    """An NS record has an address where a name is needed.

    What it is: the NS record has an address literal, such as `192.0.2.1.`; NS records take names.

    Why it matters: resolvers read the address as a name and find nothing there, so they never ask this
    server. If it is true of every NS record, the zone cannot be reached (an error).

    How to fix it: give the server a name with A and AAAA records, and put that name in the NS records.

    References: RFC 1035 section 3.3.11; RFC 1912 section 2.8
    """
    wrong = [
        name for name in named(cut) if literal(cut, name) and not working(cut, host_of(cut, name).addresses)
    ]
    level = _names_level(cut, wrong)
    remaining = set(named(cut)) - set(wrong)
    for name in wrong:
        address = literal(cut, name)
        gone, above = ns_records(cut, [name]) if remaining else (), _is_above(cut, name)
        yield Observation(
            message=f"an NS record of {zone_text(cut.zone)} has the address {address} where a name is needed",
            steps=(*naming_steps(cut), *host_of(cut, name).steps),
            server=name,
            cure=f"give the server a name with the address {address}, and list it instead of {plain(name)}",
            level=level,
            blame=Blame.REGISTRAR if above else Blame.HOST,
            remedy=at_parent(cut, remove=gone) if above else in_zone(cut.zone, remove=gone),
        )


@of_cut(Level.NOTICE, Blame.HOST)
def ns_name_in_invalid_syntax(cut: Cut) -> Iterator[Observation]:
    """The name of a name server is not a valid host name.

    What it is: the name has characters other than letters, digits and inner hyphens, such as an
    underscore.

    Why it matters: registries reject such names, and some software does not look up their addresses.

    How to fix it: give the server a name of letters, digits and hyphens, and use that name in the NS
    records.

    References: RFC 1123 section 2.1; RFC 2181 section 11
    """
    for name in named(cut):
        nameless = name == ROOT  # no name, or the server that the user gave in place of the root's
        if not nameless and not host_name(name) and not literal(cut, name):
            yield Observation(
                message=f"{plain(name)} is not a valid host name: only letters, digits and"
                " inner hyphens are allowed",
                steps=naming_steps(cut),
                server=name,
                cure=f"give the server a valid host name, and list it instead of {plain(name)}",
                remedy=in_zone(cut.zone),
            )


def host_name(name: Name) -> bool:
    """Whether a name has the syntax of a host's (RFC 1123 section 2.1)."""
    return name != ROOT and all(_LABEL.fullmatch(label) for label in name.labels[:-1])


def _is_above(cut: Cut, name: Name) -> bool:
    """Whether only the parent lists a name, as far as the zone was heard."""
    return name not in cut.child and any(name == server.name for server in _delegated(cut))


def _delegated(cut: Cut) -> tuple[NameServer, ...]:
    return () if cut.delegation is None else cut.delegation.servers


def _glued(cut: Cut) -> set[Name]:
    """The names for which the parent has addresses: a resolver that starts there needs no look-up."""
    return {server.name for server in _delegated(cut) if server.addresses}


def _names_level(cut: Cut, wrong: Iterable[Name]) -> Level:
    """How much it matters that these names do not serve the zone: whether others do."""
    return Level.WARNING if set(named(cut)) - set(wrong) else Level.ERROR


def _names_blame(cut: Cut, names: Iterable[Name]) -> Blame:
    """Who can remove names: the registrar, if only the parent lists them."""
    return Blame.REGISTRAR if cut.child and not set(names) & set(cut.child) else Blame.HOST

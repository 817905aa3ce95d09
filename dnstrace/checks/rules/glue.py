"""Rules on glue: the addresses that a referral includes for the name servers it names (RFC 9471)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype

from dnstrace.checks.advice.csync import asked_by_csync
from dnstrace.checks.advice.glue_fixes import is_left_behind, removed_at_parent, with_glue_fixed
from dnstrace.checks.advice.remedies import address_records, at_parent, glue_records, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import Host, given_on_request, glue, host_of, working, zone_of_host
from dnstrace.checks.readings.phrases import listed, parent_text
from dnstrace.checks.readings.replies import steps_of
from dnstrace.model import Name, family_of
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import is_below, plain, zone_text

_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)


@of_cut(Level.ERROR, Blame.REGISTRAR, also=(Level.WARNING,))
def glue_missing(cut: Cut) -> Iterator[Observation]:
    """A name server inside the zone has no glue in the parent zone.

    What it is: the parent zone lists a name server whose name is inside the zone itself, and no referral
    from the parent's servers includes an address (glue) for it.

    Why it matters: to look up the address, a resolver would have to ask the zone that it is still trying
    to find, so it cannot use this server. If no server of the zone has an address, most resolvers do not
    find the zone (an error); if others have, it is a warning. Some parents give the address when they are
    asked for exactly that, and some resolvers (such as Unbound) do so as a last resort: they get through.

    How to fix it: register the server's addresses (a host object, or glue record) at the registrar of the
    domain.

    References: RFC 9471 section 2.1; RFC 1034 section 4.2.1
    """
    if cut.delegation is None:
        return
    addresses = glue(cut)
    within = [server.name for server in cut.delegation.servers if server.name.is_subdomain(cut.zone)]
    missing = [name for name in within if not addresses.get(name)]
    others = {server.name for server in cut.delegation.servers} - set(missing)
    for name in missing:
        host = host_of(cut, name)
        given, asked = given_on_request(cut, name)
        known = tuple(dict.fromkeys((*host.addresses, *given)))
        good = working(cut, known)
        yield Observation(
            message=_missing_text(cut, name, given),
            steps=(*steps_of(cut.referrals), *asked, *host.steps),
            server=name,
            cure=_register(plain(name), known, good),
            records=glue_records(cut, name, good),
            remedy=at_parent(cut, add=glue_records(cut, name, good)),
            level=Level.WARNING if others else Level.ERROR,
        )


def _register(name: str, known: tuple[str, ...], good: tuple[str, ...]) -> str:
    """What to do about missing glue: an address has to work before it is registered."""
    if good:
        return f"register {listed(good)} as the glue for {name}"
    if known:
        return f"make {name} answer at {listed(known)}, then register that as its glue"
    return f"register the addresses of {name} as glue"


def _missing_text(cut: Cut, name: Name, given: tuple[str, ...]) -> str:
    """Which glue is missing, and who gets through because the parent has it all the same."""
    inside = f"{plain(name)}, a name server inside {zone_text(cut.zone)}"
    if not given:
        return f"{parent_text(cut)} has no address (glue) for {inside}"
    return (
        f"the referral from {parent_text(cut)} has no address (glue) for {inside}; only resolvers that ask"
        f" {parent_text(cut)} for that address explicitly, as Unbound does, get {listed(given)} and reach it"
    )


@of_cut(Level.WARNING, Blame.REGISTRAR, also=(Level.ERROR, Level.NOTICE))
def glue_differs(cut: Cut) -> Iterator[Observation]:
    """The glue for a name server differs from its addresses in its own zone.

    What it is: the addresses that the referral gives for the name server are not those in the server's
    own zone: an address is out of date, or missing in the parent zone.

    Why it matters: resolvers start with the glue. If all of it is out of date and nothing there answers
    for the zone, they ask a machine that is no longer yours (an error). If an address is only missing,
    that address is asked less often (a notice).

    How to fix it: change the glue at the registrar to match the zone. If the zone is out of date, correct
    the zone instead.

    References: RFC 1034 section 4.2.2; RFC 1912 section 2.3
    """
    for name, addresses in glue(cut).items():
        host = host_of(cut, name)
        if (
            not host.addresses
            or host.alias
            or not addresses
            or any(map(special, (*addresses, *host.addresses)))
        ):
            continue
        families, own, glued = _families_listed(host), set(host.addresses), set(addresses)
        stale = [text for text in addresses if text not in own and family_of(text) in families]
        fresh = [text for text in host.addresses if text not in glued]
        if not stale and not fresh:
            continue
        lost = stale == addresses and not cut.serving & set(stale)
        observation = Observation(
            message=f"{parent_text(cut)} has {listed(addresses)} as the glue for {plain(name)},"
            f" but its own zone has {listed(host.addresses)}{asked_by_csync(cut, 'addresses', 'A', 'AAAA')}",
            steps=(*steps_of(cut.referrals), *host.steps),
            server=name,
            level=Level.ERROR if lost else Level.WARNING if stale else Level.NOTICE,
        )
        if is_left_behind(cut, name) and not working(cut, (*addresses, *host.addresses)):
            yield removed_at_parent(cut, observation)
        else:
            yield with_glue_fixed(cut, host, addresses, observation)


@of_cut(Level.WARNING, Blame.SERVER_OPERATOR, also=(Level.ERROR,))
def glue_only_in_parent(cut: Cut) -> Iterator[Observation]:
    """A name server has an address in the parent zone only, not in its own zone.

    What it is: the referral includes glue for the name, but the zone that the name is in says that the
    name does not exist, or has no address. Or no server of the zone that the name is in answers.

    Why it matters: resolvers that prefer the zone's own data drop the glue after they ask, and then have
    no address for the server. If all name servers are like this, the zone fails for them (an error).

    How to fix it: publish the addresses of the name server in its own zone, and have that served.

    References: RFC 2181 section 5.4.1; RFC 1034 section 4.2.2
    """
    found = {name: host_of(cut, name) for name, addresses in glue(cut).items() if addresses}
    wrong = [host for host in found.values() if host.absent]
    servers = set() if cut.delegation is None else {server.name for server in cut.delegation.servers}
    others = servers - {host.name for host in wrong}
    for host in wrong:
        addresses = glue(cut)[host.name]
        good = working(cut, addresses)
        records = address_records(host.name, good)
        observation = Observation(
            message=f"{plain(host.name)} has the {_noun(addresses)} {listed(addresses)} in"
            f" {parent_text(cut)},"
            " but none in its own zone",
            steps=(*steps_of(cut.referrals), *host.steps),
            server=host.name,
            cure=f"publish {listed(good)} for {plain(host.name)} in its own zone"
            if good
            else f"make {plain(host.name)} answer at {listed(addresses)}, then publish that in its own zone",
            records=records,
            remedy=in_zone(zone_of_host(cut, host), add=records),
            level=Level.WARNING if others else Level.ERROR,
        )
        gone = not good and is_left_behind(cut, host.name)
        yield removed_at_parent(cut, observation) if gone else observation
    yield from _in_dead_zones(cut, found.values())


def _in_dead_zones(cut: Cut, hosts: Iterable[Host]) -> Iterator[Observation]:
    """The name servers in other zones, or in zones below, of which nobody gives the addresses there.

    Those that do not serve the zone are left out: they may be the ones that do not serve theirs either.
    """
    by_zone: dict[Name, list[Host]] = {}
    for host in (each for each in hosts if each.failed and not each.addresses):
        if working(cut, glue(cut)[host.name]) and not cut.zone.is_subdomain(host.failed[0].zone):
            by_zone.setdefault(host.failed[0].zone, []).append(host)
    for zone, dead in by_zone.items():
        one, names = len(dead) == 1, listed(host.name for host in dead)
        have = "has an address" if one else "have addresses"
        below, cure = is_below(zone, cut.zone), f"configure {zone_text(zone)} on its name servers"
        if below:
            cure += (
                f", or remove its NS records from {zone_text(cut.zone)}, so that the addresses there count"
            )
        yield Observation(
            message=f"{names} {have} in {parent_text(cut)}, but no server of {zone_text(zone)} gives"
            f" {'it' if one else 'them'}",
            steps=(*steps_of(cut.referrals), *(step for host in dead for step in host.steps)),
            server=dead[0].name if one else None,
            cure=cure,
            remedy=in_zone(cut.zone if below else zone),
            blame=Blame.HOST if below else None,
            operator=None if below else zone,
            level=Level.WARNING,
        )


def _families_listed(host: Host) -> set[int]:
    """The address families for which the name's own zone has listed everything that it has."""
    return {*host.denied, *(family_of(text) for text in host.addresses)}


def _noun(addresses: list[str]) -> str:
    return "address" if len(addresses) == 1 else "addresses"

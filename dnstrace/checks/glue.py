"""Rules on glue: the addresses that a referral includes for the name servers it names (RFC 9471)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.child_sync import asked_by_csync, or_by_csync
from dnstrace.checks.delegated_keys import unheard
from dnstrace.checks.evidence import Cut
from dnstrace.checks.hosts import Host, given_on_request, host_of
from dnstrace.checks.phrases import listed, parent_text
from dnstrace.checks.registries import registered
from dnstrace.checks.remedies import at_parent, at_servers, in_zone
from dnstrace.checks.replies import steps_of
from dnstrace.checks.signing import signing_of
from dnstrace.checks.statements import foreign_soa_in
from dnstrace.model import Kind, Name, family_of
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.structs import replace

_TTL = 172800  # seconds, of glue to publish where the delegation shows no TTL
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
            operator=None if name.is_subdomain(cut.zone) else registered(name),
        )
        if is_left_behind(cut, name) and not working(cut, (*addresses, *host.addresses)):
            yield removed_at_parent(cut, observation)
        else:
            yield _with_glue_fixed(cut, host, addresses, observation)


def _with_glue_fixed(cut: Cut, host: Host, addresses: list[str], found: Observation) -> Observation:
    """The observation with its fix: of the glue if the addresses in the zone work, else of the zone."""
    name, good = plain(host.name), working(cut, host.addresses)
    glued = tuple(text for text in addresses if text in cut.serving)
    if good == host.addresses and (lacking := _families_lacking(host, glued)):
        right, publish = (*good, *lacking), f"publish {listed(lacking)} for {name} in its own zone too"
        return _with_zone_fixed(cut, host, right, publish, found)
    if glued == tuple(addresses) and (other := _shared_only_in_zone(cut, host)) is not None:
        instead = f"change the addresses of {name} in its own zone to {listed(glued)}"
        return _with_zone_fixed(
            cut, host, glued, f"{instead}: there it shares one with {plain(other)}", found
        )
    if good == host.addresses or not glued:
        new = good or host.addresses
        records = glue_records(cut, host.name, new)
        return replace(
            found,
            cure=f"change the glue for {name} to {listed(new)}{or_by_csync(cut, 'A', 'AAAA')}"
            if good
            else f"make {name} answer at one of these addresses, then publish that in both places",
            records=records if good else (),
            remedy=at_parent(cut, change=records) if good else at_servers(host.name),
        )
    right = tuple(dict.fromkeys((*good, *glued)))
    well = set(good)
    dead = listed(text for text in host.addresses if text not in well)
    cure = f"change the addresses of {name} in its own zone to {listed(right)}, since it does not serve"
    return _with_zone_fixed(cut, host, right, f"{cure} {zone_text(cut.zone)} at {dead}", found)


def _with_zone_fixed(
    cut: Cut, host: Host, right: tuple[str, ...], cure: str, found: Observation
) -> Observation:
    """The observation with the fix that a host gets other addresses in its own zone."""
    records = address_records(host.name, right)
    remedy = in_zone(zone_of_host(cut, host), change=records)
    return replace(found, cure=cure, records=records, remedy=remedy, blame=Blame.HOST)


def _shared_only_in_zone(cut: Cut, host: Host) -> Name | None:
    """Another name server with an address of this host in their own zone, though their glue is distinct."""
    others = [name for name in glue(cut) if name != host.name]
    glued, own = set(glue(cut).get(host.name, ())), set(host.addresses)
    if any(glued & set(glue(cut)[name]) for name in others):
        return None
    return next((name for name in others if own & set(host_of(cut, name).addresses)), None)


def _families_lacking(host: Host, glued: Iterable[str]) -> tuple[str, ...]:
    """The glue that serves the zone, of the families of which the host's own zone has no address."""
    own = {family_of(text) for text in host.addresses}
    return tuple(text for text in glued if family_of(text) not in own)


def glue_fixed(cut: Cut, host: Host, found: Observation) -> Observation:
    """The observation with the fix of what the parent and the zone say about the addresses of a host."""
    return _with_glue_fixed(cut, host, glue(cut).get(host.name, []), found)


def is_left_behind(cut: Cut, name: Name) -> bool:
    """Whether only the parent lists a name server, and one that both list answers for the zone."""
    return name in _above(cut) and bool(cut.child) and name not in cut.child and bool(staying(cut))


def staying(cut: Cut) -> frozenset[Name]:
    """The name servers that answer for the zone, with authority, and that the parent and the zone both list.

    They are left if every other is removed. Nothing may be removed without one, nor while a server that was
    not heard may have the key of the DS records.
    """
    return cut.once(_staying)


def _staying(cut: Cut) -> frozenset[Name]:
    if signing_of(cut).ds and not signing_of(cut).entries and unheard(cut):
        return frozenset()
    good = (r for r in cut.everyone if r.address in cut.serving and foreign_soa_in(r) is None)
    names = {r.server for r in good if r.meaning.authoritative or r.meaning.kind is Kind.REFERRAL}
    lists = [names for names in (_above(cut), set(cut.child)) if names]
    return frozenset(names.intersection(*lists))


def _above(cut: Cut) -> set[Name]:
    """The name servers that the parent lists."""
    return set() if cut.delegation is None else {server.name for server in cut.delegation.servers}


def removed_at_parent(cut: Cut, found: Observation) -> Observation:
    """The observation with the fix that the parent lists its name server no longer."""
    assert found.server is not None
    listing = f"the NS records of {zone_text(cut.zone)} in {parent_text(cut)}"
    return replace(
        found,
        cure=f"remove {plain(found.server)} from {listing}",
        records=(),
        remedy=at_parent(cut, remove=[f"{cut.zone} 3600 IN NS {found.server}"]),
        blame=Blame.REGISTRAR,
    )


def working(cut: Cut, addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses that were not asked in vain for the zone: those that serve it, and those not asked."""
    return tuple(text for text in addresses if text in cut.serving or text not in _asked(cut))


def outdated(cut: Cut, name: Name, addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses to register instead, if these are old glue and the new ones serve the zone."""
    host = host_of(cut, name)
    old = set(glue(cut).get(name, ())) - set(host.addresses)
    fresh = tuple(text for text in host.addresses if text in cut.serving)
    return fresh if fresh == host.addresses and old >= set(addresses) else ()


def _asked(cut: Cut) -> frozenset[str]:
    return cut.once(_asked_addresses)


def _asked_addresses(cut: Cut) -> frozenset[str]:
    """The addresses that were asked for the zone."""
    return frozenset(reply.address for reply in cut.everyone)


def zone_of_host(cut: Cut, host: Host) -> Name:
    """The zone that the name of a host is in, as far as it is known."""
    zones = [each.zone for each in cut.evidence.cuts if host.name.is_subdomain(each.zone)]
    zones += [step.zone for step in cut.evidence.lookups.get(host.name, ()) if step.meaning is not None]
    return max(zones, key=len, default=cut.zone)


@of_cut(Level.WARNING, Blame.SERVER_OPERATOR, also=(Level.ERROR,))
def glue_only_in_parent(cut: Cut) -> Iterator[Observation]:
    """A name server has an address in the parent zone only, not in its own zone.

    What it is: the referral includes glue for the name, but the zone that the name is in says that the
    name does not exist, or has no address.

    Why it matters: resolvers that prefer the zone's own data drop the glue after they ask, and then have
    no address for the server. If all name servers are like this, the zone fails for them (an error).

    How to fix it: publish the addresses of the name server in its own zone.

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


def glue(cut: Cut) -> dict[Name, list[str]]:
    """The addresses in the referrals of all the parent's servers together, by name server."""
    return cut.once(_glue)


def _glue(cut: Cut) -> dict[Name, list[str]]:
    found: dict[Name, dict[str, None]] = {}
    for delegation in {id(reply.meaning): reply.meaning.delegation for reply in cut.referrals}.values():
        for server in () if delegation is None else delegation.servers:
            found.setdefault(server.name, {}).update((address.text, None) for address in server.addresses)
    return {name: list(addresses) for name, addresses in found.items()}


def _families_listed(host: Host) -> set[int]:
    """The address families for which the name's own zone has listed everything that it has."""
    return {*host.denied, *(family_of(text) for text in host.addresses)}


def _noun(addresses: list[str]) -> str:
    return "address" if len(addresses) == 1 else "addresses"


def _address_type(text: str) -> str:
    return "AAAA" if ":" in text else "A"


def address_records(name: Name, addresses: Iterable[str]) -> tuple[str, ...]:
    """The address records of a name in its own zone, in master-file format."""
    return tuple(f"{name} 3600 IN {_address_type(text)} {text}" for text in dict.fromkeys(addresses))


def glue_records(cut: Cut, name: Name, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The glue to publish, in master-file format."""
    ttl = cut.delegation.ttl if cut.delegation is not None and cut.delegation.ttl is not None else _TTL
    return tuple(f"{name} {ttl} IN {_address_type(text)} {text}" for text in addresses)

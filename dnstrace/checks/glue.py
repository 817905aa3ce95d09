"""Rules on glue: the addresses that a referral carries beside the names of the servers (RFC 9471)."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.hosts import Host, host_of
from dnstrace.checks.phrases import listed
from dnstrace.checks.replies import HeardReply, steps_of
from dnstrace.model import Name, family_of
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Level, Observation

_TTL = 172800  # seconds, of glue to publish where the delegation shows no TTL
_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)


@of_cut(Level.ERROR, Blame.REGISTRAR)
def glue_missing(cut: Cut) -> Iterator[Observation]:
    """A name server inside the zone has no address at the parent.

    What it is: the parent names a server whose name is in the zone itself, and no referral of the parent's
    servers carries an address (glue) for it.

    Why it matters: to look the address up a resolver would have to ask the zone, which it cannot find yet.
    This server is not found; where none has an address, nobody finds the zone. (A warning where others have.)

    How to mend it: register the server's addresses (a host object) where the domain was bought.

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
        publish = listed(host.addresses) if host.addresses else "its addresses"
        yield Observation(
            message=f"{cut.parent} should give an address (glue) for {name}, but gives none",
            steps=(*steps_of(cut.referrals), *host.steps),
            server=name,
            cure=f"have {publish} registered as the glue of {name}",
            records=glue_records(cut, name, host.addresses),
            level=Level.WARNING if others else Level.ERROR,
        )


@of_cut(Level.WARNING, Blame.REGISTRAR)
def glue_differs(cut: Cut) -> Iterator[Observation]:
    """The parent gives other addresses for a name server than the zone does.

    What it is: the glue in the referral is not what the name server's own zone says: an address is out of
    date, or one is missing at the parent.

    Why it matters: resolvers begin with the glue. Where all of it is out of date, and nothing answers for the
    zone there, they ask a machine that is no longer yours (an error); where an address is merely missing,
    it is asked less (a notice).

    How to mend it: have the glue changed where the domain was bought, to what the zone says; or correct the
    zone, if it is the zone that is out of date.

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
        told = _told_families(host)
        stale = [text for text in addresses if text not in host.addresses and family_of(text) in told]
        fresh = [text for text in host.addresses if text not in addresses]
        if not stale and not fresh:
            continue
        lost = stale == addresses and not cut.serving & set(stale)
        yield Observation(
            message=f"{cut.parent} gives {listed(addresses)} for {name}, its own zone gives"
            f" {listed(host.addresses)}",
            steps=(*steps_of(cut.referrals), *host.steps),
            server=name,
            cure=f"have the glue of {name} changed to {listed(host.addresses)}",
            records=glue_records(cut, name, host.addresses),
            level=Level.ERROR if lost else Level.WARNING if stale else Level.NOTICE,
        )


@of_cut(Level.WARNING, Blame.HOST)
def glue_only_in_parent(cut: Cut) -> Iterator[Observation]:
    """Only the parent has an address for a name server; its own zone has none.

    What it is: the referral carries glue for the name, but the zone that the name is in says that it does not
    exist, or has no address.

    Why it matters: resolvers that go by what the zone itself says drop the glue once they have asked, and
    then find no address for the server. Where all names are so, the zone fails for them (an error).

    How to mend it: publish the addresses of the name server in its own zone.

    References: RFC 2181 section 5.4.1; RFC 1034 section 4.2.2
    """
    found = {name: host_of(cut, name) for name, addresses in glue(cut).items() if addresses}
    wrong = [host for host in found.values() if host.absent]
    servers = set() if cut.delegation is None else {server.name for server in cut.delegation.servers}
    others = servers - {host.name for host in wrong}
    for host in wrong:
        addresses = glue(cut)[host.name]
        yield Observation(
            message=f"{host.name} has the address {listed(addresses)} at {cut.parent}, but"
            " none in its own zone",
            steps=(*steps_of(cut.referrals), *host.steps),
            server=host.name,
            cure=f"publish {listed(addresses)} for {host.name} in its own zone",
            records=tuple(f"{host.name} 3600 IN {_address_type(text)} {text}" for text in addresses),
            level=Level.WARNING if others else Level.ERROR,
        )


@of_cut(Level.NOTICE, Blame.PARENT)
def glue_superfluous(cut: Cut) -> Iterator[Observation]:
    """A referral carries addresses of names that are no name servers of the zone.

    What it is: the additional section of the referral has A or AAAA records for names that the NS RRset
    beside them does not hold.

    Why it matters: resolvers throw such addresses away; they cost room in the reply, and tell of a host
    object at the registry that was forgotten.

    How to mend it: have the parent delete the addresses that belong to no name server.

    References: RFC 1034 section 4.2.1; RFC 2181 section 5.4.1
    """
    found: dict[Name, HeardReply] = {}
    for reply in cut.referrals:
        for name in _superfluous(cut, reply):
            found.setdefault(name, reply)
    if found:
        yield Observation(
            message=f"the referral to {cut.zone} should have the addresses of its name servers alone, but has"
            f" {listed(found)} too",
            steps=steps_of(found.values()),
            cure=f"have the operator of {cut.parent} delete the addresses of {listed(found)}",
        )


def glue(cut: Cut) -> dict[Name, list[str]]:
    """The addresses in all referrals of the parent's servers together, by name server."""
    found: dict[Name, list[str]] = {}
    for reply in cut.referrals:
        delegation = reply.meaning.delegation
        for server in () if delegation is None else delegation.servers:
            known = found.setdefault(server.name, [])
            known += [address.text for address in server.addresses if address.text not in known]
    return found


def _superfluous(cut: Cut, reply: HeardReply) -> list[Name]:
    """The owners of addresses in a referral that its NS RRset does not name."""
    delegation, message = reply.meaning.delegation, reply.message
    if delegation is None or message is None:
        return []
    servers = {server.name for server in delegation.servers}
    owners = (rrset.name for rrset in message.additional if rrset.rdtype in _ADDRESSES)
    return [owner for owner in owners if owner not in servers]


def _told_families(host: Host) -> set[int]:
    """The address families of which the name's own zone has said all that it has."""
    return {*host.denied, *(family_of(text) for text in host.addresses)}


def _address_type(text: str) -> str:
    return "AAAA" if ":" in text else "A"


def glue_records(cut: Cut, name: Name, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The glue to publish, in master file syntax."""
    ttl = cut.delegation.ttl if cut.delegation is not None and cut.delegation.ttl is not None else _TTL
    return tuple(f"{name} {ttl} IN {_address_type(text)} {text}" for text in addresses)

"""The rule on name servers that share an address: fewer machines than names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import dns.rdatatype

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import glue, host_of, named
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import steps_of
from dnstrace.model import Name, Probe
from dnstrace.model.addresses import special
from dnstrace.model.asked import family_of
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text

Addresses = Mapping[Name, tuple[str, ...]]
Names = tuple[Name, ...]


@of_cut(Level.WARNING, Blame.HOST)
def same_address(cut: Cut) -> Iterator[Observation]:
    """Several name servers of the zone share an address.

    What it is: two names in the NS records have the same address, or the zone has several name servers and
    only one IPv4 address among them, in the delegation or in the zone itself.

    Why it matters: there are fewer machines than there are names. When that one fails, or the path to it,
    resolvers lose several name servers at once, or all that they reach over IPv4.

    How to fix it: run each name server at an address of its own, in another network, and publish that in its
    zone and as glue.

    References: RFC 2182 section 3.1; RFC 2182 section 5; RFC 1034 section 4.1
    """
    if not cut.probed:
        return
    sides = {"in the delegation": _of_delegation(cut), "in the zone itself": _of_zone(cut)}
    for (names, where), addresses in _groups({side: _shared(found) for side, found in sides.items()}).items():
        same = f"the same {'address' if len(addresses) == 1 else 'addresses'} {listed(addresses)}"
        yield _observation(cut, f"{listed(names)} have {same} {_sides(where)}", *names)
    unsure = _has_special_ipv4(cut) or _lacks_replies(cut)
    single = {} if unsure else {side: _only_ipv4(found) for side, found in sides.items()}
    for address in dict.fromkeys(filter(None, single.values())):
        where = tuple(side for side, found in single.items() if found == address)
        of = f"the name servers of {zone_text(cut.zone)} have only one IPv4 address"
        yield _observation(cut, f"{of} {_sides(where)}: {address}")


def _groups(shared: Mapping[str, Mapping[str, Names]]) -> dict[tuple[Names, tuple[str, ...]], list[str]]:
    """The addresses that the same names share on the same sides."""
    found: dict[tuple[Names, tuple[str, ...]], list[str]] = {}
    for address in dict.fromkeys(text for each in shared.values() for text in each):
        where = tuple(side for side, each in shared.items() if address in each)
        names = tuple(dict.fromkeys(name for side in where for name in shared[side][address]))
        found.setdefault((names, where), []).append(address)
    return found


def _observation(cut: Cut, message: str, *names: Name) -> Observation:
    hosts = [host_of(cut, name) for name in names or named(cut)]
    which, what = ("each of them", "an address") if names else ("a second name server", "an IPv4 address")
    return Observation(
        message,
        (*steps_of(cut.referrals), *(step for host in hosts for step in host.steps)),
        cure=f"give {which} {what} of its own, in another network",
        remedy=in_zone(cut.zone, servers=names),
    )


def _sides(where: tuple[str, ...]) -> str:
    return where[0] if len(where) == 1 else "in the delegation and in the zone itself"


def _of_delegation(cut: Cut) -> Addresses:
    """The addresses that a resolver finds from the delegation: glue, else those in the servers' own zones."""
    if cut.delegation is None:
        return {}
    glued = glue(cut)
    return {
        server.name: _public(glued.get(server.name) or host_of(cut, server.name).addresses)
        for server in cut.delegation.servers
    }


def _of_zone(cut: Cut) -> Addresses:
    """The addresses of the name servers that the zone lists, in their own zones."""
    return {name: _public(host_of(cut, name).addresses) for name in cut.child}


def _public(addresses: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in addresses if not special(text))


def _shared(addresses: Addresses) -> dict[str, Names]:
    """The addresses that several names have, with these."""
    names: dict[str, list[Name]] = {}
    for name, texts in addresses.items():
        for text in dict.fromkeys(texts):
            names.setdefault(text, []).append(name)
    return {text: tuple(found) for text, found in names.items() if len(found) > 1}


def _has_special_ipv4(cut: Cut) -> bool:
    """Whether a name server has an IPv4 address that nobody reaches, which is another finding."""
    every = (
        text for name in named(cut) for text in (*glue(cut).get(name, ()), *host_of(cut, name).addresses)
    )
    return any(family_of(text) == 4 and special(text) for text in every)


def _lacks_replies(cut: Cut) -> bool:
    """Whether nobody replied to a query for the IPv4 addresses of a name server in the zone."""
    asked = (step for step in cut.probe_steps(Probe.ADDRESS) if step.question.rdtype == dns.rdatatype.A)
    return any(not any(attempt.meaning.usable for attempt in step.attempts) for step in asked)


def _only_ipv4(addresses: Addresses) -> str:
    """The only IPv4 address of several name servers that have further addresses; else empty."""
    every = dict.fromkeys(text for texts in addresses.values() for text in texts)
    found = [text for text in every if family_of(text) == 4]
    others = len(every) - len(found)
    return (
        found[0] if len(found) == 1 and others > 1 and len(addresses) > 1 and all(addresses.values()) else ""
    )

"""What is known about the hosts that serve a zone: from its own servers, or from look-ups."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import dns.rdatatype
import dns.rrset

from dnstrace.analysis.ordering import place
from dnstrace.checks.readings.alias_links import Source, source_of
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.statements import foreign_soa_in
from dnstrace.dnssec.compact import denied_compactly
from dnstrace.message.alias import alias_target
from dnstrace.message.given import addresses_given
from dnstrace.model import ROOT, Kind, Name, Outcome, Probe, Purpose, Step
from dnstrace.model.addresses import address_of
from dnstrace.model.structs import Struct


class Host(Struct):
    """What the look-ups of a name server's name found.

    `addresses` are those in its own zone, in order; `denied` are the families that zone has none of; `alias`
    says that the name is an alias, of `target`, by the record `source`; `failed` are the steps at which
    look-ups ended without a usable answer, `steps` are the ids of all steps about this host.
    """

    name: Name
    addresses: tuple[str, ...] = ()
    denied: frozenset[int] = frozenset()
    nxdomain: bool = False
    alias: bool = False
    target: Name | None = None
    source: Source | None = None
    failed: tuple[Step, ...] = ()
    steps: tuple[int, ...] = ()

    @property
    def absent(self) -> bool:
        """Whether its own zone has no address for it, of either family."""
        return not self.addresses and not self.alias and (self.nxdomain or len(self.denied) == len(_FAMILIES))


def left_open(cut: Cut, heard: Iterable[HeardReply]) -> list[Name]:
    """The servers of a zone that a limit, or a record, kept from replying as in `heard`, and that may do so.

    Those that are known to fail are not among these.
    """
    if not cut.partial:
        return []
    known = {reply.server for reply in heard}
    known |= {reply.server for reply in cut.everyone if not reply.meaning.usable}
    return [server.name for server in cut.servers if server.name not in known]


_FAMILIES = {dns.rdatatype.A: 4, dns.rdatatype.AAAA: 6}


def host_of(cut: Cut, name: Name) -> Host:
    """What is known about a name server of a zone: from its servers if inside it, else by look-ups."""
    return cut.once(_read, name)


def _read(cut: Cut, name: Name) -> Host:
    probed = cut.once(_address_probes).get(name, ())
    lookups = [] if probed else _lookups(cut).get(name, [])
    found = [(reply.step, reply.meaning) for reply in probed]
    found += [(step, step.meaning) for step in lookups if step.meaning is not None]
    kinds = {meaning.kind for _, meaning in found}
    given = [rrset for _, meaning in found for rrset in meaning.answer]
    rrsets = [rrset for rrset in given if rrset.name == name]
    aliases = (alias_target(rrset) for rrset in rrsets if rrset.rdtype == dns.rdatatype.CNAME)
    target = next(aliases, None)
    data = (rdata for rrset in rrsets if rrset.rdtype in _FAMILIES for rdata in rrset)
    return Host(
        name=name,
        addresses=tuple(sorted(set(filter(None, map(address_of, data))), key=partial(place, name))),
        denied=frozenset(_FAMILIES[s.question.rdtype] for s, meaning in found if meaning.kind is Kind.NODATA),
        nxdomain=Kind.NXDOMAIN in kinds or any(denied_compactly(step) for step, _ in found),
        alias=target is not None,
        target=target,
        source=None if target is None else source_of(name, target, given),
        failed=tuple(s for s in lookups if s.outcome is Outcome.FAILED and _heard(s, cut.unheard)),
        steps=tuple(dict.fromkeys((*(step.id for step, _ in found), *(step.id for step in lookups)))),
    )


def _lookups(cut: Cut) -> dict[Name, list[Step]]:
    """Where the look-ups of name servers ended, if there were any."""
    return cut.evidence.lookups if cut.anywhere(Purpose.NS_ADDRESS) else {}


def _address_probes(cut: Cut) -> dict[Name, list[HeardReply]]:
    """The replies to the probes for the addresses of name servers, by name; none from another zone.

    A server in a zone below is looked up there: what counts is where that ends.
    """
    found: dict[Name, list[HeardReply]] = {}
    own = (reply for reply in cut.probe(Probe.ADDRESS) if foreign_soa_in(reply) is None)
    for reply in (each for each in own if each.meaning.kind is not Kind.REFERRAL):
        found.setdefault(reply.step.question.name, []).append(reply)
    return found


def end_of_aliases(cut: Cut, name: Name) -> Name | None:
    """The host that the aliases of a name lead to, as far as they were followed; None if they never end."""
    links, seen = cut.once(_links), {name}
    while name in links:
        name = links[name]
        if name in seen:
            return None
        seen.add(name)
    return name


def _links(cut: Cut) -> dict[Name, Name]:
    """The targets of the aliases seen when the addresses of name servers were asked for."""
    links = ((r.name, alias_target(r)) for r in cut.once(_given) if r.rdtype == dns.rdatatype.CNAME)
    return {owner: target for owner, target in links if target is not None}


def seen_addresses(cut: Cut, name: Name) -> frozenset[str]:
    """The addresses of a host, such as the target of an alias, in what was asked about name servers."""
    data = (rdata for r in cut.once(_given) if r.name == name and r.rdtype in _FAMILIES for rdata in r)
    return frozenset(filter(None, map(address_of, data)))


def _given(cut: Cut) -> list[dns.rrset.RRset]:
    """The records in the answers to whoever asked for the addresses of name servers."""
    steps = (step for ended in _lookups(cut).values() for step in ended)
    meanings = [reply.meaning for reply in cut.probe(Probe.ADDRESS)]
    meanings += [step.meaning for step in steps if step.meaning is not None]
    return [rrset for meaning in meanings for rrset in meaning.answer]


def given_on_request(cut: Cut, name: Name) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The addresses that the parent's servers gave for a name server when asked for them, and the steps."""
    steps = [step for step in cut.once(_asked_above).get(name, ()) if step.meaning is not None]
    given = {step.id: addresses_given(step.meaning, step.question) for step in steps if step.meaning}
    addresses = dict.fromkeys(text for texts in given.values() for text in texts)
    return tuple(addresses), tuple(number for number, texts in given.items() if texts)


def _asked_above(cut: Cut) -> dict[Name, list[Step]]:
    """The look-ups for addresses of name servers that ended at the parent's servers, by name."""
    found: dict[Name, list[Step]] = {}
    for step in cut.anywhere(Purpose.NS_ADDRESS):
        if step.zone == cut.parent:
            found.setdefault(step.question.name, []).append(step)
    return found


def _heard(step: Step, unheard: frozenset[int]) -> bool:
    """Whether a step failed because of its servers, and not for lack of a route, of budget or of time.

    That a server given to start from has no data of another zone says nothing of it: it looks up nothing.
    """
    return not (step.stopped or step.given) and any(
        attempt.exchange.query.family not in unheard
        and attempt.meaning.kind not in (Kind.NETWORK_UNREACHABLE, Kind.ABANDONED, Kind.NOT_RECORDED)
        for attempt in step.attempts
    )


def named(cut: Cut) -> list[Name]:
    """The name servers of a zone that the parent lists, then those that only the zone itself lists."""
    return cut.once(_named)


def _named(cut: Cut) -> list[Name]:
    return list(dict.fromkeys((*_of_parent(cut), *cut.child)))


def walked_addresses(cut: Cut) -> dict[Name, list[str]]:
    """The addresses by which the walk knew each name server of a zone, and those in its delegation."""
    return cut.once(_walked)


def _walked(cut: Cut) -> dict[Name, list[str]]:
    found: dict[Name, dict[str, None]] = {}
    for server in (*cut.servers, *(cut.delegation.servers if cut.delegation is not None else ())):
        found.setdefault(server.name, {}).update((address.text, None) for address in server.addresses)
    return {name: list(addresses) for name, addresses in found.items()}


def _of_parent(cut: Cut) -> list[Name]:
    if cut.delegation is not None:
        return [server.name for server in cut.delegation.servers]
    return [] if cut.walked and cut.walked[-1].given else [server.name for server in cut.servers]


def naming_steps(cut: Cut) -> tuple[int, ...]:
    """The steps in which the zone's name servers were seen."""
    return cut.once(_steps_naming)


def _steps_naming(cut: Cut) -> tuple[int, ...]:
    found = [reply.step.id for reply in cut.referrals[:1]]
    found += [reply.step.id for replies in cut.child.values() for reply in replies[:1]]
    return tuple(dict.fromkeys(found or (step.id for step in cut.walked[:1])))


def working(cut: Cut, addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses that were not asked in vain for the zone: those that serve it, and those not asked."""
    return tuple(text for text in addresses if text in cut.serving or text not in _asked(cut))


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


def glue(cut: Cut) -> dict[Name, list[str]]:
    """The addresses in the referrals of all the parent's servers together, by name server."""
    return cut.once(_glue)


def _glue(cut: Cut) -> dict[Name, list[str]]:
    found: dict[Name, dict[str, None]] = {}
    for delegation in {id(reply.meaning): reply.meaning.delegation for reply in cut.referrals}.values():
        for server in () if delegation is None else delegation.servers:
            found.setdefault(server.name, {}).update((address.text, None) for address in server.addresses)
    return {name: list(addresses) for name, addresses in found.items()}


@lru_cache(1024)
def address_literal(name: Name, zone: Name) -> str:
    """The address that a name spells, by itself or below the zone; empty if it spells none.

    One with a scope, such as `fe80::1%eth0`, is of no use in a record.
    """
    for origin in (ROOT, zone):
        if not name.is_subdomain(origin) or name == origin:
            continue
        text = b".".join(name.relativize(origin).labels).removesuffix(b".").decode("latin-1")
        if "%" in text:
            continue
        for kind in (IPv4Address, IPv6Address):
            try:
                return str(kind(text))
            except AddressValueError:
                continue
    return ""


def literal(cut: Cut, name: Name) -> str:
    """The address that the name of a name server spells, with the zone's name or that of its parent added."""
    return address_literal(name, cut.zone) or address_literal(name, cut.parent or cut.zone)

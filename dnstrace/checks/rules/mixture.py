"""The rule on a delegation that mixes the name servers of hosts that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations

import dns.rdatatype

from dnstrace.checks.advice.listing import addresses_lacking, ns_records, sorted_out
from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.agreement import groups
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.mixed_hosts import Servers, child_sets, mixture
from dnstrace.checks.readings.phrases import listed, parent_text, server_names
from dnstrace.checks.readings.replies import HeardReply, by_server, replies_of, steps_of
from dnstrace.checks.readings.serials import records, serials
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import Name, Probe
from dnstrace.model.findings import Blame, Level, Observation, Remedy
from dnstrace.model.naming import zone_text

_OF_EACH_HOST = frozenset({dns.rdatatype.SOA, dns.rdatatype.NS, dns.rdatatype.DNSKEY, dns.rdatatype.ANY})
"""Types of which each host may have its own records."""


@of_cut(Level.WARNING, Blame.REGISTRAR)
def hosts_mixed(cut: Cut) -> Iterator[Observation]:
    """The parent lists name servers of several hosts, each of which has a zone of its own.

    What it is: the servers that the parent lists fall into groups, and the NS records of the zone on each
    group list no server of the others, or only one group lists those of the other. Each host has a separate
    zone of that name, such as the former host and the new one. Neither is a copy of the other, so their
    serials cannot be compared.

    Why it matters: what users get depends on which host their resolver happens to ask, and a change that is
    made at one host never reaches the other.

    How to fix it: find out at which host the zone is maintained, and list only its name servers at the
    registrar. To use both hosts on purpose, give them the same records, with the NS records of both.

    References: RFC 1034 section 4.2.2; RFC 2182 section 3; RFC 8901 section 2
    """
    hosts = mixture(cut)
    if not hosts:
        return
    known, zone, parent = serials(cut), zone_text(cut.zone), parent_text(cut)
    each = "; ".join(
        f"{server_names(replies)} (serial {known.get(replies[0].address, 'not known')}, lists"
        f" {listed(sorted(names))})"
        for names, replies in hosts.items()
    )
    useful = {names: listed(_useful(cut, names, hosts)) for names in hosts}
    cure = (
        f"find out at which host {zone} is maintained, and have {parent} list only the servers of that host:"
        f" {', or '.join(useful.values())}"
    )
    remedy, blame, used = at_parent(cut), None, used_together(cut)
    if (signed := _trusted(cut, hosts)) is not None:
        cure = f"have {parent} list only {useful[signed]}: the DS records match only its keys"
    elif strangers := _strangers(hosts):
        cure, blame = _without_strangers(cut, strangers, hosts), Blame.HOST
        remedy = in_zone(cut.zone, servers=strangers)
    elif used:
        cure = f"{join_text(cut, used)}; or, if only one of the hosts should serve it, {cure}"
        remedy, blame = join(cut, used), Blame.HOST
    yield Observation(
        f"{parent} lists servers of {len(hosts)} hosts that each have a zone {zone} of their own: {each}",
        (*steps_of(cut.referrals), *steps_of(reply for replies in hosts.values() for reply in replies)),
        cure=cure,
        remedy=remedy,
        blame=blame,
    )


def _useful(cut: Cut, names: Servers, hosts: dict[Servers, list[HeardReply]]) -> tuple[Name, ...]:
    """The servers of a host that serve the zone: of what it lists, none that has the zone of another."""
    others = {reply.server for each, replies in hosts.items() if each != names for reply in replies}
    own = sorted_out(cut, sorted(names - others)).good
    return own or tuple(by_server(hosts[names]))


def _strangers(hosts: dict[Servers, list[HeardReply]]) -> tuple[Name, ...]:
    """The servers that another host lists too, while their own zone lists none of that host's."""
    heard = {names: {reply.server for reply in replies} for names, replies in hosts.items()}
    found = (heard[other] & one for one, other in permutations(hosts, 2))
    return tuple(sorted(set[Name]().union(*found)))


def _without_strangers(cut: Cut, strangers: tuple[Name, ...], hosts: dict[Servers, list[HeardReply]]) -> str:
    """What to do about servers that are listed as secondaries, and have a zone of their own."""
    zone, them = zone_text(cut.zone), "it" if len(strangers) == 1 else "them"
    others = {reply.server for replies in hosts.values() for reply in replies} - {*strangers}
    verb = "is" if len(strangers) == 1 else "are"
    copied = f"if {listed(strangers)} {verb} to serve {zone}, have {them} copy the zone of"
    removed = f"if not, remove {them} from the NS records of {zone} in the zone and in {parent_text(cut)}"
    return f"{copied} {listed(sorted(others))}; {removed}"


def _trusted(cut: Cut, hosts: dict[Servers, list[HeardReply]]) -> Servers | None:
    """The one host that has a key that the parent's DS records match; None where it is not the only one."""
    signing = signing_of(cut)
    known, entries = signing.key_replies, {*signing.entries}
    with_keys = {address for address, (_, keys) in known.items() if keys & entries}
    having = [names for names, replies in hosts.items() if {r.address for r in replies} & with_keys]
    heard = all({reply.address for reply in replies} & known.keys() for replies in hosts.values())
    return having[0] if heard and len(having) == 1 else None


def used_together(cut: Cut) -> tuple[Name, ...]:
    """The name servers of hosts that each list only their own, and that answer alike; empty if it is not so.

    The parent lists servers of each. Such hosts are used together on purpose: to go by the list of one would
    drop the others. A copy with another serial and the same primary is out of date, and not of another host.
    """
    return cut.once(_used_together)


def _used_together(cut: Cut) -> tuple[Name, ...]:
    sets = child_sets(cut)
    parents = {server.name for server in cut.delegation.servers} if cut.delegation is not None else set()
    if len(sets) < 2 or not parents or not all(names & parents for names in sets):
        return ()
    if any({reply.server for reply in replies} - names for names, replies in sets.items()):
        return ()
    if any(one & other for one, other in permutations(sets, 2)) or _is_outdated(cut) or not _are_alike(cut):
        return ()
    every = sorted_out(cut, sorted(frozenset().union(*sets)))
    return () if every.bad else every.good


def _is_outdated(cut: Cut) -> bool:
    """Whether there are several versions of the zone from one primary."""
    versions: dict[Name, set[int]] = {}
    for _, soa in records(cut):
        versions.setdefault(soa.mname, set()).add(soa.serial)
    return any(len(found) > 1 for found in versions.values())


def _are_alike(cut: Cut) -> bool:
    """Whether all servers give the same answers, wherever the walk and the probes for types asked."""
    asked = (*cut.walked, *cut.probe_steps(Probe.TYPE))
    return all(
        len(groups(reply for reply in replies_of(step) if reply.meaning.usable)) < 2
        for step in asked
        if step.question.rdtype not in _OF_EACH_HOST
    )


def join(cut: Cut, names: Iterable[Name]) -> Remedy:
    """Have all servers of the zone list these name servers, with the addresses that it lacks for them."""
    addresses = addresses_lacking(cut, names)
    return in_zone(cut.zone, add=addresses, change=ns_records(cut, names))


def join_text(cut: Cut, names: tuple[Name, ...]) -> str:
    """The same in words; the parent has to list them too if it lacks some."""
    parents = {server.name for server in cut.delegation.servers} if cut.delegation is not None else set()
    also = "" if parents.issuperset(names) else f", and then in {parent_text(cut)}"
    return f"list {listed(names)} in the NS records of {zone_text(cut.zone)} on all of its servers{also}"

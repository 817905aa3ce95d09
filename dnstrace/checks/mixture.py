"""The rule on a delegation that mixes the name servers of hosts that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.listing import sorted_out
from dnstrace.checks.phrases import listed, parent_text, server_names
from dnstrace.checks.remedies import at_parent
from dnstrace.checks.replies import HeardReply, by_server, steps_of
from dnstrace.checks.serials import records, serials
from dnstrace.checks.signing import signing_of
from dnstrace.model import Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text

Servers = frozenset[Name]


@of_cut(Level.WARNING, Blame.REGISTRAR)
def hosts_mixed(cut: Cut) -> Iterator[Observation]:
    """The parent lists name servers of several hosts, each of which has a zone of its own.

    What it is: the servers that the parent lists fall into groups, and the NS records of the zone on each
    group list no server of the others. Each host has a separate zone of that name, such as the former host
    and the new one. Neither is a copy of the other, so their serials cannot be compared.

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
    useful = {
        names: listed(sorted_out(cut, sorted(names)).good or by_server(replies))
        for names, replies in hosts.items()
    }
    cure = (
        f"find out at which host {zone} is maintained, and have {parent} list only the servers of that host:"
        f" {', or '.join(useful.values())}"
    )
    if (signed := _trusted(cut, hosts)) is not None:
        cure = f"have {parent} list only {useful[signed]}: the DS records match only its keys"
    yield Observation(
        f"{parent} lists servers of {len(hosts)} hosts that each have a zone {zone} of their own: {each}",
        (*steps_of(cut.referrals), *steps_of(reply for replies in hosts.values() for reply in replies)),
        cure=cure,
        remedy=at_parent(cut),
    )


def _trusted(cut: Cut, hosts: dict[Servers, list[HeardReply]]) -> Servers | None:
    """The one host that has a key that the parent's DS records match; None where it is not the only one."""
    signing = signing_of(cut)
    known, entries = signing.key_replies, {*signing.entries}
    with_keys = {address for address, (_, keys) in known.items() if keys & entries}
    having = [names for names, replies in hosts.items() if {r.address for r in replies} & with_keys]
    heard = all({reply.address for reply in replies} & known.keys() for replies in hosts.values())
    return having[0] if heard and len(having) == 1 else None


def mixture(cut: Cut) -> dict[Servers, list[HeardReply]]:
    """The lists of name servers of separate hosts, with the replies that have them; empty if it is one host.

    The parent lists servers of each, each lists a server of its own that replies, and none lists a server of
    another. Each has an SOA record of its own: servers of one zone that list only themselves are one host's.
    """
    return cut.once(_mixture)


def _mixture(cut: Cut) -> dict[Servers, list[HeardReply]]:
    sets = child_sets(cut)
    if cut.delegation is None or len(sets) < 2:
        return {}
    parents = {server.name for server in cut.delegation.servers}
    heard = {names: {reply.server for reply in replies} for names, replies in sets.items()}
    apart = all(not heard[one] & (other | heard[other]) for one, other in permutations(sets, 2))
    own = all(heard[names] & names and heard[names] & parents for names in sets)
    if not (apart and own and _are_run_apart(cut, list(sets.values()))):
        return {}
    return dict(sorted(sets.items(), key=lambda item: sorted(item[0])))


def _are_run_apart(cut: Cut, hosts: list[list[HeardReply]]) -> bool:
    """Whether no two hosts name the same primary or the same mailbox, which copies of one zone may share.

    Their serials differ while one is behind, and the primary too where the servers were renamed.
    """
    known = {reply.address: {soa.mname, soa.rname} for reply, soa in records(cut)}
    named = [set[Name]().union(*(known.get(reply.address, ()) for reply in replies)) for replies in hosts]
    return all(named) and all(one.isdisjoint(other) for one, other in permutations(named, 2))


def child_sets(cut: Cut) -> dict[Servers, list[HeardReply]]:
    """The NS RRsets at the apex, as sets of names, each with the replies that give it."""
    found: dict[Servers, list[HeardReply]] = {}
    for reply in cut.probe(Probe.NS):
        if (rrset := reply.rrset(cut.zone, dns.rdatatype.NS)) is not None:
            found.setdefault(frozenset(rdata.target for rdata in rrset), []).append(reply)
    return found

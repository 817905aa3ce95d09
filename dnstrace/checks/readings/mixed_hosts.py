"""Whether a delegation mixes the name servers of hosts that know nothing of each other."""

from __future__ import annotations

from itertools import permutations

import dns.rdatatype

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply, targets_of
from dnstrace.checks.readings.serials import records
from dnstrace.model import Name, Probe

Servers = frozenset[Name]


def mixture(cut: Cut) -> dict[Servers, list[HeardReply]]:
    """The lists of name servers of separate hosts, with the replies that have them; empty if it is one host.

    The parent lists servers of each, each lists a server of its own that replies, and no two list servers of
    each other. Each has an SOA record of its own: servers that list only themselves may have copies of one.
    """
    return cut.once(_mixture)


def _mixture(cut: Cut) -> dict[Servers, list[HeardReply]]:
    sets = child_sets(cut)
    if cut.delegation is None or len(sets) < 2:
        return {}
    parents = {server.name for server in cut.delegation.servers}
    heard = {names: {reply.server for reply in replies} for names, replies in sets.items()}
    apart = all(
        not (heard[one] & heard[other] or (heard[one] & other and heard[other] & one))
        for one, other in permutations(sets, 2)
    )
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
        if targets := frozenset(targets_of(reply.rrset(cut.zone, dns.rdatatype.NS))):
            found.setdefault(targets, []).append(reply)
    return found

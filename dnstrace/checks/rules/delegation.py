"""Rules on the delegation: which name servers the parent and the zone itself list."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.advice.csync import asked_by_csync
from dnstrace.checks.advice.listing import (
    addresses_lacking,
    followed_by_parent,
    known_addresses,
    ns_records,
    sorted_out,
)
from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.advice.versions import untrusted
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.mixed_hosts import Servers, child_sets, mixture
from dnstrace.checks.readings.phrases import listed, parent_text, server_names
from dnstrace.checks.readings.replies import HeardReply, by_server, only_server, steps_of
from dnstrace.checks.readings.serials import serials
from dnstrace.checks.rules.mixture import join, join_text, used_together
from dnstrace.model import Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import newest_of
from dnstrace.model.structs import replace

_SHORT = 3600  # seconds
_ONE, _SEVERAL = ("is", "it"), ("are", "them")


@of_cut(Level.WARNING, Blame.REGISTRAR)
def ns_differs(cut: Cut) -> Iterator[Observation]:
    """The parent zone and the zone itself list different name servers.

    What it is: the NS RRset in the referral is not the one at the zone's apex.

    Why it matters: some resolvers use the parent's list, others the zone's own. A server on only one list
    is asked by only some resolvers: a server that you want to retire stays in use, and a new one is not
    used.

    How to fix it: have the parent publish the zone's own NS RRset (at the registrar of the domain). If
    the zone is out of date, correct the zone instead. Two hosts that are used together both have to list the
    name servers of both.

    References: RFC 1034 section 4.2.2; RFC 7477 section 1
    """
    sets = child_sets(cut)
    if cut.delegation is None or not sets:
        return
    here = frozenset(server.name for server in cut.delegation.servers)
    if here in sets or mixture(cut):
        return
    there = _current(cut, sets)
    differs = [
        f"only {who} lists {listed(sorted(names))}"
        for who, names in ((parent_text(cut), here - there), ("the zone itself", there - here))
        if names
    ]
    observation = Observation(
        message=f"{parent_text(cut)} and {zone_text(cut.zone)} list different name servers:"
        f" {' and '.join(differs)}"
        f"{asked_by_csync(cut, 'list', 'NS')}",
        steps=(*steps_of(cut.referrals), *steps_of(sets[there])),
    )
    yield _with_lists_fixed(cut, here, there, observation)


def _with_lists_fixed(cut: Cut, here: Servers, there: Servers, found: Observation) -> Observation:
    """The observation with its fix: the parent follows the zone if all servers that the zone lists work."""
    zone, parent = zone_text(cut.zone), parent_text(cut)
    if _are_named_anew(cut, here, there):
        names, others = listed(sorted(here)), listed(sorted(there))
        cure = f"list {names} in the NS records of {zone} itself, or have {parent} list {others}"
        change, add = ns_records(cut, here), addresses_lacking(cut, here)
        records, remedy = (*change, *add), in_zone(cut.zone, add=add, change=change)
        cure = f"{cure}: they are the same servers"
        return replace(found, cure=cure, records=records, remedy=remedy, blame=Blame.HOST)
    if used := used_together(cut) or _kept(cut, here, there):
        remedy = join(cut, used)
        records = (*remedy.change, *remedy.add)
        return replace(found, cure=join_text(cut, used), records=records, remedy=remedy, blame=Blame.HOST)
    if (followed := followed_by_parent(cut, there, found)) is not None:
        if followed.blame is Blame.HOST or not (there < here and _all_serve(cut, here - there)):
            return followed
        are, them = _ONE if len(here - there) == 1 else _SEVERAL
        stay = (
            f"if {listed(sorted(here - there))} {are} to stay, add {them} to the NS records of {zone} itself"
        )
        return replace(followed, cure=f"{followed.cure}; or, {stay}")
    listing = sorted_out(cut, sorted(there))
    good = sorted_out(cut, sorted(here | there)).good
    gone = sorted(untrusted(cut) & set(good) - there)
    right = [name for name in good if name not in gone]
    if not right:
        cure = f"bring the name servers of {zone} back, then give both zones the same NS records"
        return replace(found, cure=cure, remedy=in_zone(cut.zone), blame=Blame.HOST)
    also = "" if set(right) == here else f", and then in {parent}"
    one = "does" if len(listing.bad) == 1 else "do"
    no_keys = f", and {listed(gone)} {_lack(gone)} the keys that the DS records name" if gone else ""
    addresses = addresses_lacking(cut, right)
    return replace(
        found,
        cure=f"list {listed(right)} in the NS records of {zone} itself{also}: {listed(listing.bad)} {one} not"
        f" serve it{no_keys}",
        records=(*ns_records(cut, right), *addresses),
        remedy=in_zone(cut.zone, add=addresses, change=ns_records(cut, right)),
        blame=Blame.HOST,
    )


def _lack(names: list[Name]) -> str:
    return "lacks" if len(names) == 1 else "lack"


def _are_named_anew(cut: Cut, here: Servers, there: Servers) -> bool:
    """Whether the parent has names of its own in the zone for the zone's servers, given on purpose."""
    inside = here.isdisjoint(there) and all(name.is_subdomain(cut.zone) for name in here)
    if not inside or any(name.is_subdomain(cut.zone) for name in there):
        return False
    above, below = ({a for name in names for a in known_addresses(cut, name)} for names in (here, there))
    return bool(above) and above == below and above <= cut.serving


def _kept(cut: Cut, here: Servers, there: Servers) -> tuple[Name, ...]:
    """What the parent lists, if the zone lists only one of them and the others serve it: one is too few."""
    alone = len(there) == len(child_sets(cut)) == 1 and there < here and _all_serve(cut, here)
    return tuple(sorted(here)) if alone else ()


def _all_serve(cut: Cut, names: Servers) -> bool:
    """Whether name servers all have the newest version of the zone, which asks its parent for no others."""
    known = serials(cut)
    if not known:
        return False
    serial = newest_of(known.values())
    newest = {reply.server for reply in cut.everyone if known.get(reply.address) == serial}
    return names <= newest and not asked_by_csync(cut, "list", "NS")


@of_cut(Level.WARNING, Blame.HOST)
def ns_differs_between_servers(cut: Cut) -> Iterator[Observation]:
    """Servers of the zone list different name servers, although they have the same version.

    What it is: servers with the same serial return different NS RRsets for the zone's apex, or one whose
    serial is not known returns another. (If serials differ, the older copy is the problem: see soa-differs.)

    Why it matters: which servers a resolver continues with depends on which one it asked first, and a
    change of name servers does not reach every user.

    How to fix it: serve the zone from one primary, and do not let any server edit its copy.

    References: RFC 1034 section 4.2.2; RFC 2181 section 5.4.1
    """
    known, zone = serials(cut), zone_text(cut.zone)
    usual = max(known.values(), key=[*known.values()].count, default=None)  # of those that do not say
    by_serial: dict[int | None, dict[Servers, list[HeardReply]]] = {}
    for names, replies in child_sets(cut).items():
        for reply in replies:
            serial = known.get(reply.address, usual)
            by_serial.setdefault(serial, {}).setdefault(names, []).append(reply)
    used = used_together(cut)
    for sets in by_serial.values():
        if len(sets) > 1 and not mixture(cut):
            each = "; ".join(
                f"{server_names(replies)} {'lists' if only_server(replies) else 'list'}"
                f" {listed(sorted(names))}"
                for names, replies in sets.items()
            )
            yield Observation(
                message=f"the servers of {zone} list different name servers: {each}",
                steps=steps_of(reply for replies in sets.values() for reply in replies),
                server=_odd_one(sets),
                cure=join_text(cut, used) if used else f"give all servers of {zone} the same NS records",
                remedy=join(cut, used) if used else in_zone(cut.zone, servers=by_server(_odd(sets))),
            )


@of_cut(Level.NOTICE, Blame.HOST)
def ns_ttl_differs(cut: Cut) -> Iterator[Observation]:
    """The zone's own NS records have a much shorter TTL than the parent's.

    What it is: the TTL of the NS RRset at the apex is less than an hour, and that of the parent is
    longer.

    Why it matters: resolvers that use the zone's own NS RRset fetch it again and again, and if the
    servers fail, they keep it for minutes only.

    How to fix it: give the NS records a TTL of a day, and lower it only before a change of name servers.

    References: RFC 2181 section 5.4.1; RFC 1912 section 2.2
    """
    rrsets = {r.address: r.rrset(cut.zone, dns.rdatatype.NS) for r in cut.probe(Probe.NS)}
    ttl = max((rrset.ttl for rrset in rrsets.values() if rrset is not None), default=None)
    above = None if cut.delegation is None else cut.delegation.ttl
    if ttl is not None and above is not None and ttl < _SHORT and ttl < above:
        yield Observation(
            message=f"the NS records of {zone_text(cut.zone)} have a TTL of {ttl} s in the zone itself,"
            f" but {above} s in {parent_text(cut)}",
            steps=steps_of(cut.probe(Probe.NS)),
            cure=f"raise the TTL of the NS records in {zone_text(cut.zone)} to 86400",
            remedy=in_zone(cut.zone, change=ns_records(cut, cut.child, 86400)),
        )


def _current(cut: Cut, sets: dict[Servers, list[HeardReply]]) -> Servers:
    """The NS RRset of the newest version of the zone; of several, the one that most servers have."""
    known = serials(cut)
    newest = newest_of(set(known.values())) if known else None

    def rank(names: Servers) -> tuple[bool, int]:
        return any(known.get(reply.address) == newest for reply in sets[names]), len(sets[names])

    return max(sets, key=rank)


def _odd_one(sets: dict[Servers, list[HeardReply]]) -> Name | None:
    """The one server that differs from the others; None where several differ, or half of them."""
    odd = _odd(sets)
    return only_server(odd) if len(odd) < max(map(len, sets.values())) else None


def _odd(sets: dict[Servers, list[HeardReply]]) -> list[HeardReply]:
    """The replies that differ from those of the largest set; all of them where others are as many."""
    largest = max(map(len, sets.values()))
    usual = [names for names, replies in sets.items() if len(replies) == largest]
    return [reply for names, replies in sets.items() if [names] != usual for reply in replies]

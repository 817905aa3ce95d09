"""Rules on what the servers of one zone say about a delegation in it, compared with each other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator

from dnstrace.checks.advice.aside import left_aside
from dnstrace.checks.advice.behind import Behind, behind, old_and_current
from dnstrace.checks.advice.remedies import RELOAD, at_parent
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.agreement import POSITIVE, conflict
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import host_of
from dnstrace.checks.readings.mixed_hosts import child_sets
from dnstrace.checks.readings.phrases import listed, parent_text, server_names, where
from dnstrace.checks.readings.rates import room
from dnstrace.checks.readings.replies import (
    HeardReply,
    acknowledges_do,
    by_server,
    only_server,
    replies_of,
    soa_with_referral,
    steps_of,
)
from dnstrace.checks.readings.signing import signing_of
from dnstrace.checks.readings.statements import agrees_below, foreign_soa_in, said_text, statements_of
from dnstrace.dnssec.algorithms import ds_usable
from dnstrace.dnssec.records import ds_records
from dnstrace.model import Delegation, Name, Probe, Step, Transport
from dnstrace.model.allowed import SAFE_PAYLOAD
from dnstrace.model.findings import Blame, Level, Observation, Remedy
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import is_below, plain, zone_text
from dnstrace.model.structs import replace

_RECORD = {4: 16, 6: 28}  # octets of an A and an AAAA record, with a compressed owner name


@of_cut(Level.WARNING, Blame.PARENT, also=(Level.ERROR,))
def parent_servers_differ(cut: Cut) -> Iterator[Observation]:
    """Servers of the parent zone disagree on the delegation of the zone.

    What it is: some of them refer to the zone and others do not know of the delegation; or their referrals
    have different NS records, different DS records, or different glue for name servers inside the zone.

    Why it matters: what a resolver continues with depends on which of the parent's servers it asked. If
    some do not know of the delegation, the zone does not exist for their users (an error); if the DS records
    differ, it is bogus for some. Just after a change this is normal for a few minutes.

    How to fix it: you cannot fix this in the zone itself: report the servers that are behind to the
    operator of the parent zone, who has to load the current version of that zone on them.

    References: RFC 1034 section 4.2.1; RFC 1034 section 4.3.5; RFC 4035 section 3.1.4.1
    """
    for zone in (cut, *left_aside(cut)):
        if (missing := _undelegated(zone)) is not None:
            yield missing
    for what, view in _VIEWS.items():
        groups = _alike(cut, what, view)
        if len(groups) > 1:
            yield _differing(cut, what, view, groups)
            return


# --- whether there is a zone cut ---------------------------------------------------------------------


def _undelegated(cut: Cut) -> Observation | None:
    """What to report if some of the parent's servers refer to the zone and others know of no such cut."""
    steps = {reply.step.id: reply.step for reply in cut.referrals}
    instead = [
        reply
        for step in steps.values()
        for reply in replies_of(step)
        if _is_instead(cut, reply) and soa_with_referral(reply) is None
    ]
    above = cut.evidence.cut(cut.parent) if instead and cut.parent is not None else None
    if above is None:
        return None
    said = statements_of(above)
    without = [reply for reply in instead if said.has_no_cut(reply.address, cut.zone)]
    if not without:
        return None
    alike = all(agrees_below(above, reply, cut.zone) for reply in without)
    does = "does not know" if only_server(without) else "do not know"
    found = Observation(
        f"{where(without)} {does} of the delegation of {plain(cut.zone)} in {parent_text(cut)}"
        f" ({said_text(without[0])}), to which {server_names(cut.referrals)}"
        f" {'refers' if only_server(cut.referrals) else 'refer'}",
        (*steps_of(without), *steps_of(cut.referrals)),
        server=only_server(without),
        cure=_cure(cut, without),
        level=None if alike else Level.ERROR,
        zone=cut.zone,
        remedy=_remedy(cut, without),
    )
    leads = any(_any_serves(cut, each) for each in cut.referrals)
    if (older := behind(above, [*without, *cut.referrals])) is not None:
        return _of_version(cut, older, found)
    if leads and len(by_server(without)) <= len(by_server(cut.referrals)):
        return found
    return _left_over(cut, without, found, leads)


def _is_instead(cut: Cut, reply: HeardReply) -> bool:
    """Whether a reply stands where a referral to the zone should: one that leads farther down does, too."""
    below = reply.meaning.delegation
    if below is None:
        return reply.meaning.kind in NEGATIVE | POSITIVE
    return is_below(below.zone, cut.zone) and below.zone not in cut.supposed


def _of_version(cut: Cut, older: Behind, found: Observation) -> Observation:
    """The same where the SOA records show which of the servers are behind."""
    return replace(
        found,
        message=f"{found.message}; {older.text}",
        server=only_server(older.replies),
        cure=f"load version {older.newest} of {parent_text(cut)} on {server_names(older.replies)}",
        remedy=_remedy(cut, list(older.replies)),
    )


def _left_over(cut: Cut, without: list[HeardReply], found: Observation, leads: bool) -> Observation:
    """The same of a delegation that may be left over: most do not have it, or it leads nowhere."""
    return replace(
        found,
        message=found.message if leads else f"{found.message}, and which does not lead to {plain(cut.zone)}",
        server=None,
        cure=RELOAD,
        remedy=_remedy(cut, [*cut.referrals, *without]),
    )


# --- what the referrals have -------------------------------------------------------------------------

View = Callable[[HeardReply], frozenset[str]]
"""One part of a referral as texts: what has to be the same everywhere."""


def _alike(cut: Cut, what: str, view: View) -> dict[Hashable, list[HeardReply]]:
    """The referrals to the zone, those together of which that part is the same."""
    replies = [r for r in cut.referrals if what != "DS records" or acknowledges_do(r)]
    known = frozenset[str]().union(*(reply.once(view) for reply in replies))
    groups: dict[Hashable, list[HeardReply]] = {}
    for reply in replies:
        there = reply.once(view)
        if what == "glue" and not _has_room(reply, known - there):
            continue  # what was left out may have been left out for its size
        groups.setdefault(there, []).append(reply)
    return groups


def _differing(cut: Cut, what: str, view: View, groups: dict[Hashable, list[HeardReply]]) -> Observation:
    most, right = max(groups.values(), key=len), _like_the_zone(cut, what, groups)
    if right and (len(right) == len(most) or _leads_nowhere(cut, what, most)):
        most = right
    odd = [reply for replies in groups.values() if replies is not most for reply in replies]
    undecided = most is not right and any(len(r) == len(most) for r in groups.values() if r is not most)
    each = "; ".join(
        _difference(what, view, most, replies) for replies in groups.values() if replies is not most
    )
    found = Observation(
        f"the servers of {parent_text(cut)} refer to {zone_text(cut.zone)} with different {what}:"
        f" {each}{_consequence(cut, what, odd)}, unlike {server_names(most)}",
        steps_of(cut.referrals),
        server=None if undecided else only_server(odd),
        cure=RELOAD if undecided else _cure(cut, odd),
        level=Level.ERROR if _leads_nowhere(cut, what, odd) else None,
        remedy=_remedy(cut, [*most, *odd] if undecided else odd),
    )
    above = cut.evidence.cut(cut.parent) if cut.parent is not None else None
    split = None if above is None else old_and_current(above, groups.values())
    if split is None or _leads_nowhere(cut, what, split.current):
        return found
    return _of_version(cut, split.older, found)


def _like_the_zone(cut: Cut, what: str, groups: dict[Hashable, list[HeardReply]]) -> list[HeardReply]:
    """The only referrals of these that have what the zone itself has; empty if there are none, or several."""
    like = _LIKE[what]
    found = [replies for replies in groups.values() if like(cut, replies[0])]
    return found[0] if len(found) == 1 else []


def _lists_its_servers(cut: Cut, reply: HeardReply) -> bool:
    """Whether a referral has the NS records that the zone itself has."""
    return any(_name_servers(reply) == {plain(name) for name in names} for names in child_sets(cut))


def _has_its_keys(cut: Cut, reply: HeardReply) -> bool:
    """Whether a key of the zone matches a DS record of a referral."""
    return bool(_ds_records(reply) and signing_of(cut).keys) and not _matches_no_key(cut, reply)


def _has_its_addresses(cut: Cut, reply: HeardReply) -> bool:
    """Whether a referral has as glue the addresses that the name servers have in the zone itself."""
    below = reply.meaning.delegation
    within = [
        server.name for server in (below.servers if below else ()) if server.name.is_subdomain(cut.zone)
    ]
    return _glue(reply) == {
        f"{plain(name)} {text}" for name in within for text in host_of(cut, name).addresses
    }


def _difference(what: str, view: View, most: list[HeardReply], odd: list[HeardReply]) -> str:
    """What the referrals of some servers have and lack, compared with those of most servers."""
    usual, there = view(most[0]), view(odd[0])
    parts = [("has", sorted(there - usual)), ("lacks", sorted(usual - there))]
    if not only_server(odd):
        parts = [("have" if verb == "has" else "lack", records) for verb, records in parts]
    said = " and ".join(f"{verb} {listed(records)}" for verb, records in parts if records)
    return f"{server_names(odd)} {said}"


def _consequence(cut: Cut, what: str, odd: list[HeardReply]) -> str:
    """What follows for those who go by the referrals of these servers, if they fail; else empty."""
    if not _leads_nowhere(cut, what, odd):
        return ""
    if what == "DS records":
        return f" (no key of {zone_text(cut.zone)} matches)"
    if any(_answers_elsewhere(cut, reply) for reply in odd):
        return f" (the servers listed there have other data of {zone_text(cut.zone)})"
    return f" (which does not lead to {zone_text(cut.zone)})"


def _leads_nowhere(cut: Cut, what: str, odd: list[HeardReply]) -> bool:
    """Whether some of these referrals lead to no server that serves the zone, or make it bogus."""
    if what == "DS records":
        return any(_matches_no_key(cut, reply) for reply in odd)
    return what == "NS records" and not all(_any_serves(cut, reply) for reply in odd)


def _matches_no_key(cut: Cut, reply: HeardReply) -> bool:
    signing, below = signing_of(cut), reply.meaning.delegation
    usable = [ds for ds in ds_records((below.ds if below else None) or ()) if ds_usable(ds)]
    return bool(usable and signing.keys) and not any(signing.matching.get(ds) for ds in usable)


def _any_serves(cut: Cut, reply: HeardReply) -> bool:
    """Whether some server of a referral serves the zone as those asked by the walk do, or was not asked."""
    elsewhere = {each.address: each for step in _elsewhere(cut) for each in replies_of(step)}
    asked = {each.address for each in cut.everyone} | elsewhere.keys()
    serving = cut.serving - {each.address for each in cut.everyone if foreign_soa_in(each) is not None}
    found = _addresses(cut, reply.meaning.delegation)
    if not found:
        return not cut.probed
    return any(
        address not in asked or address in serving or _is_like_the_walk(cut, elsewhere.get(address))
        for address in found
    )


def _answers_elsewhere(cut: Cut, reply: HeardReply) -> bool:
    """Whether a server of a referral answers for the zone with authority, if not as the walk's do."""
    found = _addresses(cut, reply.meaning.delegation)
    probed = (each for step in _elsewhere(cut) for each in replies_of(step) if each.address in found)
    return any(r.meaning.usable and r.meaning.authoritative and not foreign_soa_in(r) for r in probed)


def _elsewhere(cut: Cut) -> list[Step]:
    """The steps that asked servers that only some of the parent's servers list."""
    steps = cut.evidence.trace.steps
    return [step for step in steps if step.probe is Probe.ELSEWHERE and step.zone == cut.zone]


def _is_like_the_walk(cut: Cut, reply: HeardReply | None) -> bool:
    """Whether a reply agrees with one of a server that the walk asked."""
    if reply is None or not reply.meaning.usable or foreign_soa_in(reply) is not None:
        return False
    asked = [step for step in cut.walked if step.question == reply.step.question]
    theirs = [each for step in asked for each in replies_of(step) if each.meaning.usable]
    return not theirs or any(not conflict(reply, each) for each in theirs)


def _addresses(cut: Cut, delegation: Delegation | None) -> set[str]:
    """The addresses of the servers in a referral, as far as they are known."""
    named = {server.name for server in delegation.servers} if delegation is not None else set[Name]()
    looked_up = [server for step in _elsewhere(cut) for server in step.servers]
    known = [*(delegation.servers if delegation is not None else ()), *cut.servers, *looked_up]
    return {address.text for server in known if server.name in named for address in server.addresses}


def _has_room(reply: HeardReply, left_out: Iterable[str]) -> bool:
    """Whether a reply had room for address records that it lacks."""
    query, wire = reply.attempt.exchange.query, reply.attempt.exchange.wire or b""
    if query.transport is not Transport.UDP:
        return True
    needed = sum(_RECORD[6 if ":" in each else 4] for each in left_out)
    return len(wire) + needed <= min(room(reply.attempt), SAFE_PAYLOAD)  # which servers keep to


def _name_servers(reply: HeardReply) -> frozenset[str]:
    below = reply.meaning.delegation
    return frozenset() if below is None else frozenset(plain(server.name) for server in below.servers)


def _ds_records(reply: HeardReply) -> frozenset[str]:
    below = reply.meaning.delegation
    records = () if below is None or below.ds is None else below.ds
    return frozenset(f"DS {ds.to_text()}" for ds in records)


def _glue(reply: HeardReply) -> frozenset[str]:
    below = reply.meaning.delegation
    return frozenset(
        f"{plain(server.name)} {address.text}"
        for server in (() if below is None else below.servers)
        if server.name.is_subdomain(below.zone if below is not None else server.name)
        for address in server.addresses
    )


_VIEWS: dict[str, View] = {"NS records": _name_servers, "DS records": _ds_records, "glue": _glue}
"""The parts of a referral that must be the same everywhere, by name."""

_LIKE: dict[str, Callable[[Cut, HeardReply], bool]] = {
    "NS records": _lists_its_servers,
    "DS records": _has_its_keys,
    "glue": _has_its_addresses,
}
"""What shows which referrals are right, by the same names."""


def _cure(cut: Cut, odd: list[HeardReply]) -> str:
    return (
        f"report to the operator of {parent_text(cut)} that {server_names(odd)}"
        f" {'differs' if only_server(odd) else 'differ'} from the others: the current version of"
        f" {parent_text(cut)} has to be loaded there"
    )


def _remedy(cut: Cut, odd: list[HeardReply]) -> Remedy:
    return replace(at_parent(cut), servers=tuple(by_server(odd)))

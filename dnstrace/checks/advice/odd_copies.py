"""What to do about servers of a zone that have a fault which the others do not have."""

from __future__ import annotations

from collections.abc import Iterable, Set

from dnstrace.checks.advice.remedies import RELOAD, at_servers, in_zone
from dnstrace.checks.advice.versions import newest, primary_reset
from dnstrace.checks.readings.agreement import POSITIVE, agree
from dnstrace.checks.readings.controls import alternate
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.mixed_hosts import mixture
from dnstrace.checks.readings.phrases import parent_text, server_names
from dnstrace.checks.readings.replies import HeardReply, by_server
from dnstrace.checks.readings.serials import records, serials
from dnstrace.checks.readings.statements import statements_of
from dnstrace.model import Kind, Name
from dnstrace.model.findings import Fix
from dnstrace.model.naming import zone_text


def as_the_others(cut: Cut, showing: Iterable[HeardReply], change: Fix) -> Fix:
    """What to do about a fault in replies: serve the zone as the others do, if these are right.

    It is `change`, what to do in the zone itself, if that has the fault: the others get it with the next
    transfer. Where nothing shows which of them are right, that is the first thing to find out.
    """
    faulty = list(showing)
    servers, latest, known = by_server(faulty), newest(cut), serials(cut)
    if latest is not None and any(known.get(reply.address) == latest for reply in faulty):
        return change
    if apart := mixture(cut):
        return _at_one_host(cut, list(apart.values()), faulty, change)
    every = _others(cut, faulty)
    if not every:
        return change
    sound = [reply for replies in every.values() if _has_data(replies) for reply in replies]
    others = [reply for reply in sound if latest is None or known.get(reply.address) == latest]
    right = _are_right(cut, servers.keys(), every.keys(), others)
    if right is None:
        cure = f"{RELOAD}; if the zone itself is at fault, {change['cure']}"
        remedy = in_zone(cut.zone, servers=(*servers, *every))
        return {"cure": cure, "records": (), "remedy": remedy}
    if not right:
        return change
    names, do = server_names(others), "does" if len(by_server(others)) == 1 else "do"
    cure = f"make {server_names(faulty)} answer as {names} {do}: load {zone_text(cut.zone)} there again"
    cure = f"{cure}; if that does not help, upgrade the software"
    return {"cure": cure, "records": (), "remedy": at_servers(*servers)}


def _at_one_host(cut: Cut, hosts: list[list[HeardReply]], faulty: list[HeardReply], change: Fix) -> Fix:
    """What to do about a fault where hosts have a zone each: neither is to serve it as the other does."""
    servers = by_server(faulty).keys()
    if not any(servers.isdisjoint(by_server(replies)) for replies in hosts):
        return change
    zone, here, them = zone_text(cut.zone), server_names(faulty), "it" if len(servers) == 1 else "them"
    cure = f"if {zone} is maintained on {here}, {change['cure']}; if not, have {parent_text(cut)} no longer"
    return {"cure": f"{cure} list {them}", "records": (), "remedy": in_zone(cut.zone, servers=servers)}


def _are_right(cut: Cut, mine: Set[Name], every: Set[Name], others: list[HeardReply]) -> bool | None:
    """Whether other servers have the zone as it should be, or those with the fault do; None if unknown.

    With the newest version, they are. With the same, most servers are, and the primary: no primary is to
    copy from a secondary, and the two must not say different things. Some of `every` may have no data.
    """
    theirs = by_server(others).keys()
    primary = {soa.mname for _, soa in records(cut)}
    if not others or not agree(others) or primary_reset(cut) is not None or primary & (every - theirs):
        return None
    votes = {right for right, servers in ((False, mine), (True, theirs)) if primary & servers}
    if newest(cut) is not None or len(theirs) > len(mine):
        votes.add(True)
    elif len(mine) > len(every):
        votes.add(False)
    return votes.pop() if len(votes) == 1 else None


def _others(cut: Cut, faulty: list[HeardReply]) -> dict[Name, list[HeardReply]]:
    """The replies of other servers, by server, to the same questions, if they answered all of these."""
    questions = {reply.step.question for reply in faulty}
    said = [r for asked in questions for r in statements_of(cut).by_question.get(asked, ())]
    mine = by_server(faulty)
    steady = [r for r in said if r.server not in mine and r.address not in cut.once(alternate)]
    found = by_server(steady).items()
    return {server: each for server, each in found if {reply.step.question for reply in each} == questions}


def _has_data(replies: Iterable[HeardReply]) -> bool:
    """Whether one of the replies has data, or leads to some: others are not to be copied."""
    return any(reply.meaning.kind in (*POSITIVE, Kind.REFERRAL) for reply in replies)

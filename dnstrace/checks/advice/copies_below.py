"""What to do where servers of a zone answer from a zone below it, unlike the servers of that zone."""

from __future__ import annotations

from collections.abc import Iterable

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.advice.removal import Copies, Standing, kept, loses_data, standing, unsure, versions_text
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import HeardReply, by_server, replies_of
from dnstrace.checks.readings.serials import records
from dnstrace.checks.readings.signed_apart import how_signed
from dnstrace.checks.readings.statements import heard_below
from dnstrace.model import Name, Probe
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.structs import Struct, replace


class Advice(Struct):
    """What to do: in words, and as a value; and the zone whose operator does, if that is the zone below.

    With that: whether the difference is a `lag`, of copies of one primary with data in all of them, as during
    a transfer, and not an error; and what to add to the message.
    """

    cure: str
    remedy: Remedy
    operator: Name | None = None
    lag: bool = False
    more: str = ""


def answering_below(cut: Cut, groups: list[list[HeardReply]]) -> Advice | None:
    """What to do where some servers refer to a zone, and others answer unlike its own servers instead."""
    below = next((each.zone for group in groups if (each := group[0].meaning.delegation) is not None), None)
    others = [reply for group in groups for reply in group if reply.meaning.delegation is None]
    if below is None or not others or not all(heard_below(cut, reply, below) for reply in others):
        return None
    instead = list(by_server(others))
    cure = f"make {listed(instead)} refer to {plain(below)}, as the other servers of {zone_text(cut.zone)} do"
    if not (having := _having_zone(cut, below, instead)):
        return Advice(cure, at_servers(*instead))
    names = listed(by_server(reply for reply, _ in having))
    removed = Advice(f"remove the zone {plain(below)} from {names}, to {cure}", at_servers(*instead))
    found = _of_copies(cut, below, having, others) or removed
    apart = how_signed(cut, below, others)
    return replace(found, lag=found.lag and not apart, more=f"{found.more}{apart}")


def _of_copies(
    cut: Cut, below: Name, found: list[tuple[HeardReply, SOA]], others: list[HeardReply]
) -> Advice | None:
    """What to do about copies of a zone below that are not to be removed; None if they are."""
    child, servers = cut.evidence.cut(below), {reply.server for reply, _ in found}
    if child is None:
        return Advice(unsure(below), at_servers(*servers), below)
    answers = [reply for reply in others if reply.server in servers]
    here = Copies(found, answers)
    there = Copies(
        [(reply, soa) for reply, soa in records(child) if reply.server not in servers],
        [each for reply in answers for each in heard_below(cut, reply, below)],
    )
    is_now = standing(child, here, there)
    if is_now is Standing.LEFT_OVER:
        return None
    lag = is_now in (Standing.AHEAD, Standing.BEHIND)
    same = not (loses_data(here, there) or loses_data(there, here))
    cure, remedy = kept(child, is_now, here, there)
    operator = below if remedy.where == below else None
    return Advice(cure, remedy, operator, lag and same, versions_text(child, here, there))


def _having_zone(cut: Cut, zone: Name, servers: Iterable[Name]) -> list[tuple[HeardReply, SOA]]:
    """The copies of a zone on those of the servers that answer a query for its SOA record with one."""
    probes = (step for step in cut.probe_steps(Probe.CUT) if step.question.name == zone)
    replies = (reply for step in probes for reply in replies_of(step) if reply.meaning.authoritative)
    found = ((reply, reply.rrset(zone, dns.rdatatype.SOA)) for reply in replies if reply.server in servers)
    return [(reply, rrset[0]) for reply, rrset in found if rrset is not None and isinstance(rrset[0], SOA)]

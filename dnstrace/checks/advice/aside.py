"""Zones to which some servers of the zone above refer, while the walk went by the answer of another.

Servers that have a zone and the zone below it answer for both. Where most of them do, and one lacks the lower
zone, that one refers to it, and the walk does not go there: its servers are asked in a probe.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dnstrace.checks.advice.server_fixes import each_server
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import addresses
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.checks.readings.statements import statements_of
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.findings import Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.structs import replace


def left_aside(cut: Cut) -> list[Cut]:
    """The zones to which servers of this one refer although the walk did not go there."""
    zones = (zone for found in statements_of(cut).referrals.values() for zone in found)
    aside = [zone for zone in dict.fromkeys(zones) if not cut.summary(_is_on_the_way, zone)]
    return [Cut(cut.evidence, zone) for zone in aside]


def lame_aside(cut: Cut) -> Iterator[Observation]:
    """The servers of those zones that do not have them, where other servers do."""
    for below in left_aside(cut):
        asked = _asked_aside(cut, below.zone)
        lame = [reply for reply in asked if reply.meaning.kind is Kind.SELF_REFERRAL]
        if not any(reply.meaning.usable and reply.meaning.authoritative for reply in asked):
            continue
        found = each_server(below, lame, partial(_does, below.zone), partial(_repair, below.zone))
        yield from (replace(each, zone=below.zone) for each in found)


def _does(zone: Name, replies: list[HeardReply]) -> str:
    what = f"does not serve {zone_text(zone)} at {addresses(replies)}"
    return f"{what}: it refers to its own zone instead of answering for it"


def _repair(zone: Name, replies: list[HeardReply]) -> str:
    return f"configure {zone_text(zone)} on {plain(replies[0].server)}"


def _asked_aside(cut: Cut, zone: Name) -> list[HeardReply]:
    """What the servers of a zone replied to the walk's question, which a probe put to them."""
    steps = (step for step in cut.anywhere(Probe.ELSEWHERE) if step.zone == zone)
    return [reply for step in steps for reply in replies_of(step)]


def _is_on_the_way(cut: Cut, zone: Name) -> bool:
    return cut.evidence.cut(zone) is not None

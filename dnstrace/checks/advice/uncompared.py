"""What to say of serials that do not show which version of a zone a server has."""

from __future__ import annotations

from collections.abc import Mapping

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.model import Name
from dnstrace.model.findings import Level, Observation
from dnstrace.model.naming import plain, zone_text

BySerial = Mapping[int, list[HeardReply]]


def several_primaries(cut: Cut, several: Mapping[Name, int], by_serial: BySerial) -> Observation:
    """The observation that a zone is edited on several primaries, whose serials cannot be compared."""
    each = listed(f"{plain(name)} with serial {serial}" for name, serial in sorted(several.items()))
    return _observation(
        cut,
        by_serial,
        f"{zone_text(cut.zone)} has several primary servers: {each}; their serials do not show"
        " whether they have the same data",
        f"make every change of {zone_text(cut.zone)} on all its primary servers",
    )


def clock_serials(cut: Cut, by_serial: BySerial) -> Observation:
    """The observation that serials are the time at which each server replied."""
    return _observation(
        cut,
        by_serial,
        f"the servers of {zone_text(cut.zone)} have the time of the reply as serial, which does not show"
        " whether they have the same data",
        "nothing, if they get the zone in another way than by zone transfers; if not, use serials that grow"
        " with changes of the zone only",
    )


def _observation(cut: Cut, by_serial: BySerial, message: str, cure: str) -> Observation:
    replies = [reply for each in by_serial.values() for reply in each]
    return Observation(
        message=message, steps=steps_of(replies), cure=cure, remedy=in_zone(cut.zone), level=Level.NOTICE
    )

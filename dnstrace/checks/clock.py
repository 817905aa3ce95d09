"""Whether the time of a check is wrong, and not the signatures that are not valid at that time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from dnstrace.checks.evidence import Cut, Evidence
from dnstrace.checks.phrases import listed
from dnstrace.checks.replies import steps_of
from dnstrace.checks.signing import Judged, Trouble, signing_of
from dnstrace.model import ROOT, Name
from dnstrace.model.findings import Blame, Observation
from dnstrace.model.judgement import Judgement
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import moment

_OF_TIME = (Trouble.EARLY, Trouble.EXPIRED)


def wrong_time(evidence: Evidence) -> Trouble | None:
    """EARLY or EXPIRED if that is so of every signature of every signed zone, and there are several zones.

    No two operators let all their signatures expire together, and least of all that of the root zone: then
    the clock is wrong.
    """
    return evidence.cuts[0].once(_wrong_time) if evidence.cuts else None


def _wrong_time(cut: Cut) -> Trouble | None:
    troubles: set[Trouble | None] = set()
    zones: set[Name] = set()
    for zone, judged in _signed(cut.evidence):
        zones.add(zone)
        troubles.add(judged.trouble)
        if len(troubles) > 1:
            return None
    trouble = next(iter(troubles), None)
    return trouble if trouble in _OF_TIME and ROOT in zones and len(zones) > 1 else None


def _signed(evidence: Evidence) -> Iterator[tuple[Name, Judged]]:
    """Every RRset that has signatures, with its zone."""
    for cut in evidence.cuts:
        yield from ((cut.zone, judged) for judged in signing_of(cut).judged if judged.data.signatures)


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC")


def at_wrong_time(evidence: Evidence, judgement: Judgement) -> Observation | None:
    """That the check is of a time at which no signature is valid; None where it is not so."""
    trouble = wrong_time(evidence)
    if trouble is None:
        return None
    found = list(_signed(evidence))
    zones = listed(zone_text(zone) for zone in dict.fromkeys(zone for zone, _ in found))
    one = {one for _, judged in found for one in judged.checked.signatures}
    ends = [
        moment(each.inception if trouble is Trouble.EARLY else each.expiration, judgement.at) for each in one
    ]
    when = (
        f"the first is valid from {_text(min(ends))}"
        if trouble is Trouble.EARLY
        else f"the last expired at {_text(max(ends))}"
    )
    whose = "the time given with --at" if judgement.fixed else "the time on this machine"
    return Observation(
        f"the time of this check is wrong: at {_text(datetime.fromtimestamp(judgement.at, UTC))}, {whose},"
        f" no signature of {zones} is valid; {when}",
        steps_of(judged.reply for _, judged in found),
        zone=ROOT,
        cure="check the time that --at gives" if judgement.fixed else "set the clock of this machine",
        blame=Blame.NOBODY,
    )

"""Whether the time of a check is wrong, and not the signatures that are not valid at that time.

Signatures alone rarely show which. A zone that was signed after others expired shows that these did expire.
The public root zone never does, and a time that the user chose can be compared with that of the trace. Where
there is nothing of this, it is not known, and the finding says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import steps_of
from dnstrace.checks.readings.signing import Judged, Trouble, signing_of
from dnstrace.dnssec.algorithms import matches
from dnstrace.dnssec.anchors import ds_anchors, root_anchors
from dnstrace.model import ROOT, Name
from dnstrace.model.findings import Blame, Observation
from dnstrace.model.judgement import Judgement, SignatureEvidence
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import moment

_OF_TIME = (Trouble.EARLY, Trouble.EXPIRED)


def wrong_time(evidence: Evidence) -> Trouble | None:
    """EARLY or EXPIRED if that is so of all signatures of the root and others, perhaps because of the clock.

    That two operators let all their signatures expire is rarer than a wrong clock, and least of all does the
    root zone expire.
    """
    return evidence.cuts[0].once(_wrong_time) if evidence.cuts else None


def _wrong_time(cut: Cut) -> Trouble | None:
    return next((each for each in _OF_TIME if _out_of_time(cut.evidence, each)), None)


def _out_of_time(evidence: Evidence, trouble: Trouble) -> dict[Name, list[Judged]]:
    """The zones without a valid signature for that reason alone, the root among them; empty if not so.

    Left out are those that had expired when another zone was signed.
    """
    judgement = evidence.trace.judgement
    zones: dict[Name, list[Judged]] = {}
    for zone, judged in _signed(evidence):
        zones.setdefault(zone, []).append(judged)
    found = {zone: each for zone, each in zones.items() if all(one.trouble is trouble for one in each)}
    if trouble is Trouble.EXPIRED and found and judgement is not None:
        newest = _newest(zones.values(), judgement)
        found = {zone: each for zone, each in found.items() if _last(each, judgement) >= newest}
    return found if ROOT in found and len(found) > 1 else {}


def _signed(evidence: Evidence) -> Iterator[tuple[Name, Judged]]:
    """Every RRset that has signatures, with its zone."""
    for cut in evidence.cuts:
        yield from ((cut.zone, judged) for judged in signing_of(cut).judged if judged.data.signatures)


def _signatures(judged: Iterable[Judged]) -> set[SignatureEvidence]:
    return {one for each in judged for one in each.checked.signatures}


def _newest(zones: Iterable[Sequence[Judged]], judgement: Judgement) -> datetime:
    """When the newest of all signatures was made."""
    return max(moment(one.inception, judgement.at) for each in zones for one in _signatures(each))


def _last(judged: Sequence[Judged], judgement: Judgement) -> datetime:
    """When the last of these signatures expires."""
    return max(moment(one.expiration, judgement.at) for one in _signatures(judged))


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC")


def at_wrong_time(evidence: Evidence, judgement: Judgement) -> Observation | None:
    """That the check is of a time at which no signature is valid; None where it is not so."""
    trouble = wrong_time(evidence)
    if trouble is None:
        return None
    found = _out_of_time(evidence, trouble)
    every = [judged for each in found.values() for judged in each]
    zones = listed(map(zone_text, found))
    when = (
        f"the first is valid from {_text(min(moment(s.inception, judgement.at) for s in _signatures(every)))}"
        if trouble is Trouble.EARLY
        else f"the last expired at {_text(_last(every, judgement))}"
    )
    whose = "the time given with --at" if judgement.fixed else "the time on this machine"
    time = f"at {_text(datetime.fromtimestamp(judgement.at, UTC))}, {whose}"
    right = "check the time that --at gives" if judgement.fixed else "set the clock of this machine"
    if _is_certain(evidence, judgement, every):
        message, cure = (
            f"the time of this check is wrong: {time}, no signature of {zones} is valid; {when}",
            right,
        )
    else:
        newest = _text(_newest([[judged for _, judged in _signed(evidence)]], judgement))
        early = trouble is Trouble.EARLY
        signer = (
            "the clock by which they were signed is" if early else "these zones were not signed again in time"
        )
        message = (
            f"{time}, no signature of {zones} is valid; {when}, and the newest signature of any zone was made"
            f" at {newest}: either that time is wrong, or {signer}"
        )
        cure = f"compare that time with another clock; if it is wrong, {right}, else sign {zones} again"
    return Observation(
        message, steps_of(judged.reply for judged in every), zone=ROOT, cure=cure, blame=Blame.NOBODY
    )


def _is_certain(evidence: Evidence, judgement: Judgement, untimely: list[Judged]) -> bool:
    """Whether the time must be wrong: they are below the public root, or were valid when they were traced."""
    root = evidence.cut(ROOT)
    public = ds_anchors(root_anchors(), ROOT)
    if root is not None and any(matches(public, ROOT, signing_of(root).keys).values()):
        return True
    traced = evidence.trace.started
    return judgement.fixed and all(
        any(
            moment(one.inception, judgement.at) <= traced <= moment(one.expiration, judgement.at)
            for one in each.checked.signatures
        )
        for each in untimely
    )

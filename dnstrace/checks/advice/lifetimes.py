"""Data for which the servers of a zone give different TTLs, though it is the same data."""

from __future__ import annotations

from collections import defaultdict

from dnstrace.checks.advice.remedies import RELOAD, in_zone
from dnstrace.checks.readings.anomaly import SHAPED, Sort
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import counted, question_text
from dnstrace.checks.readings.replies import HeardReply, by_server, replies_of, steps_of
from dnstrace.checks.readings.serials import serials
from dnstrace.checks.readings.unlike import FOR_SERVERS_ALONE, MADE_FOR_THE_QUERY, Difference, differences
from dnstrace.model import Probe, Question
from dnstrace.model.findings import Level, Observation
from dnstrace.model.naming import zone_text

_WORSE = frozenset({Sort.CUT, Sort.EXISTENCE, Sort.DATA})


def unlike_ttls(cut: Cut) -> Observation | None:
    """The observation that servers with the same version of the zone give different TTLs, and no more."""
    found = [(question, each) for question, replies in _asked(cut) for each in _unlike(cut, replies)]
    if not found or any(each.sort in _WORSE for _, each in found):
        return None
    found = [(question, each) for question, each in found if each.sort is Sort.TTL]
    if not found:
        return None
    question, first = found[0]
    others = len({each for each, _ in found}) - 1
    more = f", and {counted(others, 'more question')}" if others else ""
    replies = [reply for _, each in found for reply in each.all]
    return Observation(
        f"the servers of {zone_text(cut.zone)} give different TTLs in their answers to"
        f" {question_text(question)}{more}: {first.what}",
        steps_of(replies),
        cure=f"{RELOAD}; if a cache in front of a server counts its TTLs down, have it send them as they are",
        remedy=in_zone(cut.zone, servers=by_server(r for _, each in found for r in each.odd)),
        level=Level.NOTICE,
    )


def _asked(cut: Cut) -> list[tuple[Question, list[HeardReply]]]:
    """What the servers of the zone replied to each question."""
    found: dict[tuple[Question, Probe | None], list[HeardReply]] = defaultdict(list)
    for step in cut.steps:
        if step.zone == cut.zone and step.probe not in SHAPED:
            usable = (reply for reply in replies_of(step) if reply.meaning.usable)
            found[step.question, step.probe].extend(usable)
    return [(question, replies) for (question, _), replies in found.items()]


def _unlike(cut: Cut, replies: list[HeardReply]) -> list[Difference]:
    """The differences that matter; an older version of the zone is a finding of its own."""
    if len(set(serials(cut).values())) > 1:
        return []
    types = {rrset.rdtype for reply in replies for rrset in reply.meaning.answer}
    if types <= FOR_SERVERS_ALONE:
        return []  # each signer makes its own
    alike = types <= MADE_FOR_THE_QUERY
    return [each for each in differences(replies) if each.sort is not Sort.TTL or not alike]

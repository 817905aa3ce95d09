"""What to do about servers of a zone that have a fault which the others do not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.advice.versions import newest
from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.controls import alternate
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import server_names
from dnstrace.checks.readings.replies import HeardReply, by_server
from dnstrace.checks.readings.serials import serials
from dnstrace.checks.readings.statements import statements_of
from dnstrace.model import Kind
from dnstrace.model.findings import Remedy
from dnstrace.model.naming import zone_text


class Addresses(TypedDict):
    """The part of an observation that says which records to publish."""

    records: tuple[str, ...]
    remedy: Remedy


class Fix(Addresses):
    """The part of an observation that says what to do."""

    cure: str


def as_the_others(cut: Cut, showing: Iterable[HeardReply]) -> Fix | None:
    """To serve the zone as the others do, at the servers of replies that have a fault; None if all have it.

    None, too, if their version of the zone is the newest: the others get it with the next transfer.
    """
    faulty = list(showing)
    servers, latest, known = by_server(faulty), newest(cut), serials(cut)
    if latest is not None and any(known.get(reply.address) == latest for reply in faulty):
        return None
    others = _others(cut, faulty)
    if not others:
        return None
    names, do = server_names(others), "does" if len(by_server(others)) == 1 else "do"
    cure = f"make {server_names(faulty)} answer as {names} {do}: load {zone_text(cut.zone)} there again"
    cure = f"{cure}; if that does not help, upgrade the software"
    return {"cure": cure, "records": (), "remedy": at_servers(*servers)}


def _others(cut: Cut, faulty: list[HeardReply]) -> list[HeardReply]:
    """The replies of other servers that answered all of the same questions, and have data for one of them."""
    questions = {reply.step.question for reply in faulty}
    said = [r for asked in questions for r in statements_of(cut).by_question.get(asked, ())]
    mine = by_server(faulty)
    steady = [r for r in said if r.server not in mine and r.address not in cut.once(alternate)]
    return [
        reply
        for replies in by_server(steady).values()
        if {each.step.question for each in replies} == questions
        and any(each.meaning.kind in (*POSITIVE, Kind.REFERRAL) for each in replies)
        for reply in replies
    ]

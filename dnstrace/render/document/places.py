"""Traces from several places as one JSON document: that of the first place with a trace, and two more keys.

`places` has each place with the end of its trace, and the whole document of it but for the first; `across`
has what they agree on, how they differ and where the fault is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dnstrace.model import Outcome, Trace
from dnstrace.model.places import Failure, PlaceTrace
from dnstrace.model.report import Report
from dnstrace.render.document.judged import finding_of
from dnstrace.render.document.values import ms
from dnstrace.render.text import escaped, harmless, name_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dnstrace.model import Question
    from dnstrace.model.across import Across, Row, Statement
    from dnstrace.model.documents import Document

_OF_TRACE = ("outcome", "rcode", "security", "error")


def with_places(whole: Document, across: Across, document_of: Callable[[PlaceTrace], Document]) -> Document:
    """The document of the first place with a trace, `whole`, and what the places say together.

    `document_of` makes the documents of the others.
    """
    rows = {each.place: each for each in across.rows}
    traced = [each for each in across.seen if isinstance(each, PlaceTrace)]
    places = []
    for each in across.seen:
        if isinstance(each, Failure):
            places.append(_failed(each))
        else:
            first = each is traced[0]
            own = whole if first else document_of(each)
            places.append(_place(each, rows[each.place], own) | {"trace": None if first else own})
    return whole | {"places": places, "across": _across(across)}


def places_document(
    across: Across, question: Question, *, verbose: bool = False, explain: bool = False, brief: bool = False
) -> Document:
    """The document of what several places saw; see `dnstrace.render.document.to_json`.

    Where no place sent a trace, it is that of a trace that failed before its first query.
    """
    from dnstrace.render.document import document
    from dnstrace.render.document.brief import brief as in_brief

    def document_of(seen: PlaceTrace) -> Document:
        return in_brief(seen.report) if brief else document(seen.report, verbose=verbose, explain=explain)

    traced = next((each for each in across.seen if isinstance(each, PlaceTrace)), None)
    if traced is None:
        nothing = Trace(question, datetime.now(UTC), 0, Outcome.FAILED, error=across.verdict)
        traced = PlaceTrace(across.seen[0].place, Report(nothing))
    return with_places(document_of(traced), across, document_of)


def _failed(failure: Failure) -> Document:
    empty = ("by", *_OF_TRACE, "answer", "ttl", "server", "address", "nsid", "rtt_ms", "resolvers", "trace")
    return {
        "place": harmless(failure.place.text),
        "name": harmless(failure.place.name),
        "failure": harmless(failure.why),
        **dict.fromkeys(empty),
    }


def _place(seen: PlaceTrace, row: Row, own: Document) -> Document:
    return {
        "place": harmless(seen.place.text),
        "name": harmless(seen.place.name),
        "failure": None,
        "by": harmless(seen.by) or None,
        **{key: own[key] for key in _OF_TRACE},
        "answer": [harmless(each) for each in row.answer],
        "ttl": row.ttl,
        "server": None if row.server is None else name_text(row.server),
        "address": row.address,
        "nsid": None if row.nsid is None else escaped(row.nsid),
        "rtt_ms": None if row.rtt is None else ms(row.rtt),
        "resolvers": [{"resolver": address, "difference": said or None} for address, said in row.resolvers],
    }


def _across(across: Across) -> Document:
    return {
        "where": across.where.value,
        "verdict": harmless(across.verdict),
        "agreed": _statements(across.agreed),
        "differing": _statements(across.differing),
        "findings": [
            finding_of(each.finding) | {"places": [harmless(place.name) for place in each.places]}
            for each in across.findings
        ],
    }


def _statements(statements: Sequence[Statement]) -> list[Document]:
    return [
        {
            "what": each.what,
            "zone": None if each.zone is None else name_text(each.zone),
            "text": harmless(each.text),
            "places": [harmless(place.name) for place in each.places],
        }
        for each in statements
    ]

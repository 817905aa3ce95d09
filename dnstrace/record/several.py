"""Records of several places in one file: that of the first one, which holds those of the others.

A reader that knows nothing of places reads the first record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dnstrace.model import Question
from dnstrace.model.across import Across
from dnstrace.model.places import Place, PlaceTrace
from dnstrace.model.structs import Struct
from dnstrace.model.tracing import Tracing
from dnstrace.network.recording import Course
from dnstrace.record.decoding import Record, decoded
from dnstrace.record.encoding import encoded
from dnstrace.record.fields import Fields
from dnstrace.record.files import RecordError
from dnstrace.render.document.places import places_document, with_places

if TYPE_CHECKING:
    from dnstrace.model.documents import Document


_MOST = 32  # places


class Placed(Struct):
    """A place in a file: as it was written, what traced there, and its record, or why there is none."""

    text: str
    by: str
    record: Record | None
    failure: str = ""


def packed_places(
    path: str,
    across: Across,
    question: Question,
    made: Mapping[Place, tuple[Tracing, Course]],
    expected: tuple[str, ...] = (),
) -> bytes:
    """The octets of a file with the records of several places.

    `made` is how the trace from each was made, and what it saw of the network.
    """

    def document_of(seen: PlaceTrace) -> Document:
        found: Document = json.loads(encoded(seen.report, *made[seen.place], expected))
        return found

    traced = [each for each in across.seen if isinstance(each, PlaceTrace)]
    if traced:
        whole = with_places(document_of(traced[0]), across, document_of)
    else:
        whole = places_document(across, question)
    octets = json.dumps(whole, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
    if not path.endswith(".gz"):
        return octets
    import gzip

    return gzip.compress(octets, mtime=0)


def places_in(record: Record) -> tuple[Placed, ...]:
    """The places in a file; none where it was traced from here alone. Raises RecordError."""
    whole = Fields(dict(record.document), "it")
    if not whole.has("places"):
        return ()
    found = tuple(_placed(each, record) for each in whole.objects("places"))
    if len(found) > _MOST or not any(each.record is record for each in found):
        raise RecordError("is damaged: it.places is missing or wrong")
    return found


def _placed(given: Fields, first: Record) -> Placed:
    text, by = given.word("place"), given.word("by") if given.has("by") else ""
    if given.has("failure"):
        return Placed(text, by, None, given.word("failure"))
    if not given.has("trace"):
        return Placed(text, by, first)
    return Placed(text, by, decoded(given.octets_of("trace")))

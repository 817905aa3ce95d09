"""The files that the command line names as traces: each is read once, between the words and the choices.

What is wrong with such a file is one line, for `--replay` and `--diff` alike.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dnstrace.analysis.differences import differences
from dnstrace.cli.line.recorded import of_document, of_record
from dnstrace.cli.usage import Usage, shown
from dnstrace.model.structs import Struct
from dnstrace.record import Record, RecordError
from dnstrace.record.decoding import decoded
from dnstrace.record.files import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.cli.line.parsed import Parsed
    from dnstrace.model.documents import Document
    from dnstrace.model.tracing import Tracing
    from dnstrace.record.several import Placed


_SCHEMA = "dnstrace/1"
_NO_TRACE = "is not a trace as --json or --save writes it"
_MOST_COMPARED = 2


class Loaded(Struct):
    """What was read: the record to replay, or None; the documents to compare; what these say of how to ask.

    `compared` and `replayed` are what the first file to compare and the record say, as options. `places` are
    those that the record was made from, none for here alone. `earlier` is how the first trace to compare was
    made, where its file has a record of that.
    """

    record: Record | None
    documents: tuple[Document, ...]
    compared: Parsed | None
    replayed: Parsed | None
    places: tuple[Placed, ...] = ()
    earlier: Tracing | None = None


def load(paths: Parsed, words: Parsed) -> Loaded:
    """Read the files of `--replay` and `--diff`, which may come from variables too. Raises Usage."""
    documents: list[Document] = []
    compared = replayed = record = earlier = None
    places: tuple[Placed, ...] = ()
    settings: Mapping[str, Any] = paths.settings
    if len(files := settings.get("diff", ())) > _MOST_COMPARED:
        raise Usage(f"{paths.said['diff']} compares two traces, and these are {len(files)} files")
    for path in files:
        document, said, how = _compared(path, paths.said["diff"], words)
        earlier = earlier if documents else how
        documents.append(document)
        compared = compared or said
    if path := settings.get("replay"):
        record, places = _record(path, paths.said["replay"])
        replayed = of_record(record, words)
    return Loaded(record, tuple(documents), compared, replayed, places, earlier)


def _record(path: str, said: str) -> tuple[Record, tuple[Placed, ...]]:
    """The record in a file, and the places that it was made from."""
    from dnstrace.record.several import places_in

    try:
        record = decoded(read(Path(path)))
        return record, places_in(record)
    except RecordError as error:
        raise Usage(f"{said}: {shown(path)} {error}") from error


def _compared(path: str, said: str, words: Parsed) -> tuple[Document, Parsed, Tracing | None]:
    """The trace in a file, and what it says of how it was made: as options, and whole if it has a record."""
    try:
        octets = read(Path(path))
        document = _document(octets)
        if document.get("record"):
            record = decoded(octets)
            return document, of_record(record, words), record.tracing
        return document, _of_a_whole_document(document, words), None
    except RecordError as error:
        raise Usage(f"{said}: {shown(path)} {error}") from error


def _document(octets: bytes) -> Document:
    """The document of a trace. Raises RecordError."""
    if not octets:
        raise RecordError("is empty")
    try:
        found = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise RecordError(_NO_TRACE) from error
    schema = found.get("schema") if isinstance(found, dict) else None
    if not isinstance(schema, str) or not schema.startswith("dnstrace/"):
        raise RecordError(_NO_TRACE)
    if schema != _SCHEMA:
        raise RecordError(f"is of {shown(schema)}, which is newer than this program")
    try:
        differences(found, found)
    except Exception as error:  # what is missing, or of another type, makes any part of that raise
        raise RecordError("is damaged: it is not a whole trace") from error
    whole: Document = found
    return whole


def _of_a_whole_document(document: Document, words: Parsed) -> Parsed:
    """What a document without a record says. Raises RecordError: it may be damaged, or written by hand."""
    try:
        return of_document(document, words)
    except (Usage, LookupError, TypeError, ValueError, AttributeError) as error:
        raise RecordError("is damaged: it is not a whole trace") from error

"""A trace in a file, with all that it takes to walk again with no network: what `--save` and `--replay` do.

    network = RecordingNetwork(LiveNetwork())
    how = {"settings": Settings(all_servers=True), "network": network}
    found = dnstrace.trace("www.example.com", **how)
    save("incident.json.gz", found, how)

    record = load("incident.json.gz")
    dnstrace.trace(record.question.name, record.question.rdtype, **record.how())

The file is the JSON document of the trace, its attempts with their octets, and a further key, `record`.
Replayed with nothing changed, the trace is the same, times included. What is changed, as in
`record.how() | {"settings": ...}`, is walked as far as the record goes: see `dnstrace.network.replay`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dnstrace.model import Trace
from dnstrace.record.decoding import Record, RecordError, decoded
from dnstrace.record.encoding import encoded
from dnstrace.record.files import read, write

__all__ = ["Record", "RecordError", "load", "packed", "save"]


def save(
    path: str | Path,
    trace: Trace,
    how: Mapping[str, Any],
    *,
    expected: tuple[str, ...] = (),
    force: bool = False,
) -> None:
    """Write a trace and its record to a file, with gzip if its name ends in `.gz`; see `packed`.

    Whatever happens, there is the file as it was before or the whole new one. Raises FileExistsError where
    there is one already, unless `force` says to replace it, and other OSErrors as the system gives them.
    """
    write(Path(path), packed(path, trace, how, expected=expected), force)


def packed(
    path: str | Path, trace: Trace, how: Mapping[str, Any], *, expected: tuple[str, ...] = ()
) -> bytes:
    """What `save` writes.

    `how` are the further arguments of `dnstrace.trace` that the trace was made with; the `network` among
    them must be a RecordingNetwork. `expected` is what was expected of the trace
    (`dnstrace.analysis.expectations`).
    """
    octets = encoded(trace, how, expected)
    if not str(path).endswith(".gz"):
        return octets
    import gzip

    return gzip.compress(octets, mtime=0)


def load(path: str | Path) -> Record:
    """The record in a file. Raises RecordError, in one line, whatever is wrong with it."""
    return decoded(read(Path(path)))

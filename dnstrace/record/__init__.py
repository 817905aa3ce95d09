"""A trace in a file, with everything that a walk without a network needs: `--save` and `--replay`.

    network = RecordingNetwork(LiveNetwork())
    tracing = Tracing(settings=Settings(all_servers=True))
    found = dnstrace.trace("www.example.com", tracing=tracing, network=network)
    save("incident.json.gz", report(found), tracing, network.course)

    record = load("incident.json.gz")
    asked = record.question
    dnstrace.trace(asked.name, asked.rdtype, tracing=record.tracing, network=record.network)

The file is the JSON document of the trace, with the octets of its replies, and one more key, `record`.
Replayed without changes, the trace is the same, times included. With changes, as in `replace(record.tracing,
settings=...)`, it is walked as far as the record goes: see `dnstrace.network.replay`.
"""

from __future__ import annotations

from pathlib import Path

from dnstrace.model.report import Report
from dnstrace.model.tracing import Tracing
from dnstrace.network.recording import Course
from dnstrace.record.decoding import Record, RecordError, decoded
from dnstrace.record.encoding import encoded
from dnstrace.record.files import read, write

__all__ = ["Record", "RecordError", "load", "packed", "save"]


def save(
    path: str | Path,
    report: Report,
    tracing: Tracing,
    course: Course,
    *,
    expected: tuple[str, ...] = (),
    force: bool = False,
) -> None:
    """Write a trace and its record to a file, with gzip if its name ends in `.gz`; see `packed`.

    Whatever happens, the file is as it was before or the whole new one. Raises FileExistsError where there is
    one already, unless `force` says to replace it, and other OSErrors as the system gives them.
    """
    write(Path(path), packed(path, report, tracing, course, expected=expected), force)


def packed(
    path: str | Path, report: Report, tracing: Tracing, course: Course, *, expected: tuple[str, ...] = ()
) -> bytes:
    """The octets that `save` writes.

    `tracing` is how the trace was made, `course` what its RecordingNetwork kept, `expected` what was expected
    of it (`dnstrace.analysis.expectations`).
    """
    octets = encoded(report, tracing, course, expected)
    if not str(path).endswith(".gz"):
        return octets
    import gzip

    return gzip.compress(octets, mtime=0)


def load(path: str | Path) -> Record:
    """The record in a file. Raises RecordError, in one line, whatever is wrong with it."""
    return decoded(read(Path(path)))

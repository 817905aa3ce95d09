"""What a place is asked for, and what is made of the record that it sends.

A request holds the question and the whole Tracing, field by field as a record does, the seed and the time at
which all places begin included: nothing at the place has a say in how the trace is made.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import SystemRandom

import dns.rdataclass
import dns.rdatatype

from dnstrace.analysis.reached import last_step
from dnstrace.model import Kind, Outcome, Question, Trace
from dnstrace.model.allowed import SEED
from dnstrace.model.structs import Struct, replace
from dnstrace.model.tracing import Tracing
from dnstrace.network.recording import RecordingNetwork
from dnstrace.network.replay import RecordedNetwork
from dnstrace.port import Network
from dnstrace.record.decoding import Record, decoded, read_question, read_tracing
from dnstrace.record.encoding import encoded, tracing_of
from dnstrace.record.fields import Fields, parse_moment
from dnstrace.record.files import RecordError, unpacked

LARGEST = 2**24
"""Octets of a record as a place packs it, and of a request."""

MOST_RESOLVERS = 3
"""Resolvers of a system: MAXNS of resolv.h."""

_SEEDS = 2**32


class Request(Struct):
    """What to trace, how, and under which number the record is sent back.

    With `system`, the resolvers that the system asks there are asked too.
    """

    number: int
    question: Question
    tracing: Tracing
    system: bool = False


def settled(tracing: Tracing) -> Tracing:
    """The way to trace with the seed and the beginning that all places share."""
    return replace(
        tracing,
        seed=SystemRandom().randrange(_SEEDS) if tracing.seed is None else tracing.seed,
        now=tracing.now or datetime.now(UTC),
    )


def written(request: Request) -> bytes:
    """The octets of a request whose tracing is `settled`."""
    asked, tracing = request.question, request.tracing
    assert tracing.now is not None
    found = {
        "number": request.number,
        "question": {
            "name": str(asked.name),
            "type": dns.rdatatype.to_text(asked.rdtype),
            "class": dns.rdataclass.to_text(asked.rdclass),
        },
        "how": tracing_of(tracing),
        "system": request.system,
        "seed": tracing.seed,
        "now": tracing.now.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return json.dumps(found, ensure_ascii=True, allow_nan=False).encode("ascii")


def read(octets: bytes) -> Request:
    """The request in some octets. Raises RecordError."""
    try:
        found = Fields(json.loads(octets), "the request")
    except ValueError as error:
        raise RecordError("is not a request") from error
    now = found.converted("now", parse_moment)
    return Request(
        found.whole("number"),
        read_question(found.object("question")),
        read_tracing(found.object("how"), now, found.whole("seed", *SEED)),
        found.flag("system"),
    )


def recorded(trace: Trace, tracing: Tracing, network: RecordingNetwork) -> bytes:
    """The record of a trace that a place has made, as it is sent."""
    import gzip

    from dnstrace.api import report

    return gzip.compress(encoded(report(trace), tracing, network.course, ()), compresslevel=6, mtime=0)


def checked(octets: bytes, request: Request) -> Record:
    """The record that a place sent, if it is one and answers the request. Raises RecordError."""
    record = decoded(unpacked(octets))
    if record.question != request.question:
        raise RecordError("is not about the question that was asked")
    return record


def over(record: Record) -> Network:
    """The network as a place saw it, from its replies and their times alone.

    That the user stopped a trace is never up to a place.
    """
    return RecordedNetwork(replace(record.course, cut=None))


def tracing_there(record: Record, request: Request) -> Tracing:
    """How the trace was made: as requested, with the resolvers of the system there if these were asked too.

    Raises RecordError for other resolvers in the place of those requested.
    """
    asked, found = request.tracing.resolvers, record.tracing.resolvers
    if not request.system:
        return request.tracing
    if found[: len(asked)] != asked or len(found) > len(asked) + MOST_RESOLVERS:
        raise RecordError("is about other resolvers")
    return replace(request.tracing, resolvers=found)


def traced_again(octets: bytes, request: Request) -> tuple[Trace, Record]:
    """The trace, made and judged here over what a place heard, and its record.

    The rest of the record is not looked at. Raises RecordError, whatever is in the octets.
    """
    from dnstrace.api import trace

    record = checked(octets, request)
    asked = request.question
    try:
        found = trace(asked.name, asked.rdtype, tracing=tracing_there(record, request), network=over(record))
    except RecordError:
        raise
    except Exception as error:  # a record of anybody's: it ends this place, not the program
        raise RecordError(f"cannot be traced again: {type(error).__name__}") from error
    if _is_lacking(found):
        raise RecordError("lacks what the trace asks")
    return found, record


def _is_lacking(trace: Trace) -> bool:
    """Whether a trace failed for want of what is not in its record: no server is at fault."""
    last = last_step(trace)
    if trace.outcome is not Outcome.FAILED or last is None:
        return False
    kinds = {attempt.meaning.kind for attempt in last.attempts}
    return Kind.NOT_RECORDED in kinds and kinds <= {Kind.NOT_RECORDED, Kind.ABANDONED}

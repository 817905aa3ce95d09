"""`--diff`: two traces, or a trace and now, and what has changed between them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dnstrace import api
from dnstrace.analysis.differences import Difference, asked, differences
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.options import Output
from dnstrace.cli.line.syntax import Parsed
from dnstrace.cli.line.values import Subject, rdtype
from dnstrace.cli.usage import Usage, shown
from dnstrace.record.files import RecordError, read

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Trace

Document = dict[str, Any]
_SCHEMA = "dnstrace/1"
_DIFF_SCHEMA = "dnstrace-diff/1"


def as_then(path: str, said: Parsed) -> None:
    """Complete what was said by what the trace in a file was asked, and how. Raises Usage."""
    document = _document(path)
    recorded = Parsed()
    if document.get("record"):
        from dnstrace.cli.replaying import of_record
        from dnstrace.record import load

        record = load(path)
        recorded.settings = of_record(record, said)
        if record.tracing.server is not None and not said.servers:
            said.servers.append(str(record.tracing.server))
    else:
        recorded.settings = _of_document(document, said)
    said.complete(recorded)


def _of_document(document: Document, said: Parsed) -> dict[str, object]:
    """What a document without a record tells of how it was made."""
    from dnstrace.cli.line.values import named

    found: dict[str, object] = {"seed": document["seed"]}
    if "subject" not in said.settings:
        kind = rdtype(document["question"]["type"])
        found |= {"subject": [Subject(named(document["question"]["name"]).name, kind)], "type": [kind]}
    if document["reconciliation"] is not None:
        found["check"] = True
    elif document["paths"] is not None:
        found["all-servers"] = True
    if document["security"] is not None:
        found["dnssec"] = True
    return found


def compare(chosen: Choices, environment: Environment) -> int:
    """Print what has changed from the first file to the second, or to now; the status. Raises Usage."""
    from dnstrace.cli.expecting import expected_of
    from dnstrace.cli.planning import planned

    if len(chosen.diff) > 2:
        raise Usage(f"--diff compares two traces, and these are {len(chosen.diff)} files")
    old = _document(chosen.diff[0])
    if len(chosen.diff) == 2:
        new = _document(chosen.diff[1])
    else:
        plan = planned(chosen)
        if len(plan.questions) != 1:
            raise Usage(f"--diff compares one question, and these are {len(plan.questions)}")
        question = plan.questions[0]
        trace = api.trace(question.name, question.rdtype, tracing=plan.tracing, network=plan.network)
        new = _of_trace(expected_of(trace, chosen.expected))
    try:
        found = differences(old, new)
    except ValueError as error:
        raise Usage(f"--diff: {error}") from error
    environment.write(_printed(found, old, new, chosen, environment))
    return Exit.FINDINGS if found else Exit.ANSWER


def _of_trace(trace: Trace) -> Document:
    from dnstrace.render.document import document

    found: Document = json.loads(json.dumps(document(api.report(trace))))
    return found


def _document(path: str) -> Document:
    """The trace in a file, as `--json` prints or `--save` writes it. Raises Usage, in one line."""
    from pathlib import Path

    try:
        found = json.loads(read(Path(path)))
        schema = found["schema"] if isinstance(found, dict) else None
    except RecordError as error:
        raise Usage(f"--diff: {shown(path)} {error}") from error
    except (ValueError, KeyError, RecursionError) as error:
        raise Usage(f"--diff: {shown(path)} is no trace as --json or --save writes it") from error
    if not isinstance(schema, str) or not schema.startswith("dnstrace/"):
        raise Usage(f"--diff: {shown(path)} is no trace as --json or --save writes it")
    if schema != _SCHEMA:
        raise Usage(f"--diff: {shown(path)} is of {shown(schema)}, which is newer than this program")
    _check(found, path)
    whole: Document = found
    return whole


def _check(found: Document, path: str) -> None:
    """Raise Usage where a document lacks what every trace has: it is damaged, or was written by hand."""
    try:
        differences(found, found)
    except Exception as error:
        raise Usage(f"--diff: {shown(path)} is damaged: it is no whole trace") from error


def _printed(
    found: tuple[Difference, ...], old: Document, new: Document, chosen: Choices, environment: Environment
) -> str:
    if chosen.shown.output in (Output.JSON, Output.JSONL):
        return _as_json(found, old, new, 2 if chosen.shown.output is Output.JSON else None)
    if chosen.shown.output is Output.SHORT:
        from dnstrace.render.text import harmless

        return "".join(f"{harmless(each.text)}\n" for each in found)
    from io import StringIO

    from dnstrace.render.changes import changes

    text = StringIO()
    lines = changes(found, asked(new), old["started"], new["started"], ascii_only=environment.ascii_only)
    environment.console(chosen.shown.color, text).print(lines, crop=False)
    return text.getvalue()


def _as_json(found: tuple[Difference, ...], old: Document, new: Document, indent: int | None) -> str:
    document = {
        "schema": _DIFF_SCHEMA,
        "question": new["question"],
        "old": {key: old[key] for key in ("started", "seed", "outcome")},
        "new": {key: new[key] for key in ("started", "seed", "outcome")},
        "differences": [
            {key: getattr(each, key) for key in ("what", "zone", "name", "old", "new", "text")}
            for each in found
        ],
    }
    return json.dumps(document, ensure_ascii=True, indent=indent) + "\n"

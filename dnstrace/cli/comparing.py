"""`--diff`: what has changed between two traces, or between a trace and now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dnstrace import api
from dnstrace.analysis.differences import Difference, asked, differences
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.forms import Output
from dnstrace.cli.usage import Usage

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Trace
    from dnstrace.model.documents import Document

_DIFF_SCHEMA = "dnstrace-diff/1"


def compare(chosen: Choices, environment: Environment) -> int:
    """Print what has changed from the first trace to the second, or to now; the status. Raises Usage."""
    from dnstrace.cli.expecting import expected_of
    from dnstrace.cli.planning import planned

    old, *others = chosen.diff
    if others:
        new = others[0]
    else:
        plan = planned(chosen)
        if len(plan.questions) != 1:
            raise Usage(f"--diff compares one question, and these are {len(plan.questions)}")
        question = plan.questions[0]
        trace = api.trace(question.name, question.rdtype, tracing=plan.tracing, network=plan.network)
        new = _of_trace(expected_of(trace, chosen.expected))
    found, text = compared(old, new, chosen, environment)
    environment.write(text)
    return Exit.FINDINGS if found else Exit.ANSWER


def compared(
    old: Document, new: Document, chosen: Choices, environment: Environment
) -> tuple[tuple[Difference, ...], str]:
    """What has changed between two documents, and that as text in the chosen form. Raises Usage."""
    try:
        if chosen.policy.ignores:
            from dnstrace.cli.accepting import without_accepted

            old, new = (without_accepted(each, chosen.policy) for each in (old, new))
        found = differences(old, new)
        return found, _printed(found, old, new, chosen, environment)
    except ValueError as error:
        raise Usage(f"--diff: {error}") from error
    except (LookupError, TypeError, AttributeError) as error:  # `loading` sees the gross damage only
        raise Usage("--diff: a trace in the files is damaged: it cannot be compared") from error


def _of_trace(trace: Trace) -> Document:
    from dnstrace.render.document import document

    found: Document = json.loads(json.dumps(document(api.report(trace))))
    return found


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

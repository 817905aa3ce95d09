"""`--diff` with places: each place then and now, or, in one file, the first place with each of the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dnstrace.cli.comparing import compared
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.forms import Output
from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model.documents import Document

_HERE = "here"


def compare_places(chosen: Choices, environment: Environment) -> int:
    """Print what differs: between two files or a file and now by place, or between the places of one file.

    Raises Usage.
    """
    old, *others = [documents_by_place(each) for each in chosen.diff]
    if others:
        pairs = by_place(old, others[0])
    elif chosen.places:
        pairs = by_place(old, _now(chosen, environment))
    else:
        pairs = between(old)
    status = Exit.ANSWER
    for head, before, after in pairs:
        found, text = compared(before, after, chosen, environment)
        status = Exit.FINDINGS if found else status
        if chosen.shown.output is Output.SHORT:
            text = "".join(f"{head}\t{line}\n" for line in text.splitlines())
        elif chosen.shown.output in (Output.JSON, Output.JSONL):
            text = json.dumps({"place": head} | json.loads(text), ensure_ascii=True) + "\n"
        else:
            text = f"{head}\n\n{text}\n"
        environment.write(text)
    return status


def documents_by_place(document: Document) -> dict[str, Document]:
    """The documents of the traces in one document, by the names of their places; `here` where it has none."""
    try:
        own = {key: value for key, value in document.items() if key not in ("places", "across")}
        if not (places := document.get("places")):
            return {_HERE: own}
        return {str(each["name"]): each["trace"] or own for each in places if each["failure"] is None}
    except (LookupError, TypeError, AttributeError) as error:
        raise Usage("--diff: a trace in the files is damaged: it cannot be compared") from error


def by_place(old: dict[str, Document], new: dict[str, Document]) -> Iterator[tuple[str, Document, Document]]:
    """Each place that is in both, then and now. Raises Usage if none is."""
    if not (both := [name for name in old if name in new]):
        raise Usage(f"--diff: no place is in both: {_named(old)} then, {_named(new)} now")
    return ((shown(name).strip("'"), old[name], new[name]) for name in both)


def between(documents: dict[str, Document]) -> Iterator[tuple[str, Document, Document]]:
    """The first place with each of the others. Raises Usage if there is one only."""
    first, *others = documents
    if not others:
        raise Usage("--diff: the file has the trace of one place only: give another file, or --from")
    return (
        (shown(f"from {first} to {other}").strip("'"), documents[first], documents[other]) for other in others
    )


def _named(documents: dict[str, Document]) -> str:
    return shown(", ".join(documents)) if documents else "none"


def _now(chosen: Choices, environment: Environment) -> dict[str, Document]:
    """The documents of new traces from the places, by their names. Raises Usage."""
    from dnstrace.analysis.across import across
    from dnstrace.cli.places.judging import seen_of
    from dnstrace.cli.places.run import came_from
    from dnstrace.cli.planning import planned
    from dnstrace.places.asking import Request, settled
    from dnstrace.render.document.places import places_document

    plan = planned(chosen)
    if len(plan.questions) != 1:
        raise Usage(f"--diff compares one question, and these are {len(plan.questions)}")
    request = Request(0, plan.questions[0], settled(plan.tracing), chosen.system_there)
    came, _ = came_from(request, chosen, environment)
    seen = [seen_of(each, chosen) for each in came]
    document = places_document(across(seen), plan.questions[0])
    found: Document = json.loads(json.dumps(document))
    return documents_by_place(found)

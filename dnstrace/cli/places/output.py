"""What several places saw: printed in the form that the user chose, and kept in files."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING

from dnstrace.analysis.across import across
from dnstrace.cli.line.forms import Output
from dnstrace.model.places import Failure, PlaceTrace, Seen
from dnstrace.places.together import Came, Sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Question
    from dnstrace.model.across import Across
    from dnstrace.places.asking import Request


def shown(
    seen: Sequence[Seen], question: Question, chosen: Choices, environment: Environment, many: bool = False
) -> str:
    """The text to print, of one name or of one of `many`.

    A place without a trace is in it, or in a remark where the form has no room for it.
    """
    output = chosen.shown.output
    if output in (Output.JSON, Output.JSONL):
        return _json(seen, question, chosen)
    if output is Output.SHORT:
        return _short(seen, environment, f"{question.name}\t" if many else "")
    return _tree(seen, question, chosen, environment)


def keep(seen: Sequence[Seen], came: Sequence[Came], request: Request, chosen: Choices) -> None:
    """Write the files that the user asked for. Raises Unwritable."""
    from dnstrace.cli.files import write_file

    if chosen.files.save is not None:
        from dnstrace.record.several import packed_places

        made = {each.place: (each.tracing, each.course) for each in came if isinstance(each, Sent)}
        expected = tuple(each.text for each in chosen.expected)
        together = across(seen)
        octets = packed_places(chosen.files.save, together, request.question, made, expected)
        write_file(chosen.files.save, octets, chosen.files.force)
    if chosen.files.html is not None:
        from dnstrace.render.html_places import html_places

        page = html_places(across(seen), request.question)
        write_file(chosen.files.html, page.encode(), chosen.files.force)


def _json(seen: Sequence[Seen], question: Question, chosen: Choices) -> str:
    from dnstrace.render.document.places import places_document

    how = chosen.shown
    document = places_document(
        across(seen), question, verbose=how.verbose, explain=how.explain_steps, brief=how.brief
    )
    indent = 2 if how.output is Output.JSON else None
    return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=indent) + "\n"


def line_of(together: Across, question: Question) -> str:
    """One of many names: what the places say together, and below it what differs and who sent no trace."""
    from dnstrace.render.places import failure_text, missing_text, statement_text
    from dnstrace.render.text import harmless

    lines = [f"{harmless(str(question))}  {harmless(together.verdict)}{missing_text(together)}\n"]
    lines += [f"    {statement_text(each)}\n" for each in together.differing]
    lines += [f"    {failure_text(each)}\n" for each in together.seen if isinstance(each, Failure)]
    return "".join(lines)


def _short(seen: Sequence[Seen], environment: Environment, before: str = "") -> str:
    """The data of each answer, each line after the name of its place."""
    from dnstrace.render.places import failure_text
    from dnstrace.render.short import short
    from dnstrace.render.text import harmless

    lines = []
    for each in seen:
        if isinstance(each, Failure):
            environment.remark(failure_text(each))
            continue
        name = harmless(each.place.name)
        lines += [f"{before}{name}\t{line}\n" for line in short(each.report).splitlines()]
    return "".join(lines)


def _tree(seen: Sequence[Seen], question: Question, chosen: Choices, environment: Environment) -> str:
    from dnstrace.render.places import PlacesView
    from dnstrace.render.text import harmless

    how, text = chosen.shown, StringIO()
    console = environment.console(how.color, text)
    traced = [each for each in seen if isinstance(each, PlaceTrace)]
    alone = traced[0] if len(seen) == len(traced) == 1 else None
    if alone is not None:
        environment.remark(f"traced from {alone.place.text}, by {harmless(alone.by)}")
    else:
        apart = () if how.verbose else traced  # the tree of each has it
        view = PlacesView(across(seen), question, how.verbose, environment.ascii_only, apart)
        console.print(view, crop=False)
    for each in traced if how.verbose or alone is not None else ():
        from dnstrace.render.tree import tree

        if alone is None:
            console.print(f"\nfrom {each.place.name}\n", crop=False, style="bold")
        console.print(
            tree(
                each.report,
                verbose=how.verbose and alone is not None,
                explain=how.explain_steps,
                ascii_only=environment.ascii_only,
            ),
            crop=False,
        )
    return text.getvalue()

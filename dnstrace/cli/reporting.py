"""`--format`: one document about all that was traced, for CI systems and monitoring."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from dnstrace.cli.line.forms import Output
from dnstrace.cli.output import NEEDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dnstrace.cli.line.choices import Choices
    from dnstrace.render.formats.entries import Entry

UNCHECKED = {Output.SARIF, Output.JUNIT, Output.PROMETHEUS, Output.MARKDOWN, Output.GITHUB}
"""The formats that are of little use without a check; a plugin may be there for an expectation alone."""


def written(form: Output, entries: Sequence[Entry], file: str = "") -> str:
    """The document. `file` is the list of names, if the names came from one."""
    if form is Output.SARIF:
        from dnstrace.api import explanations
        from dnstrace.render.formats.entries import explained
        from dnstrace.render.formats.sarif import sarif

        codes = (problem.code for entry in entries for problem in entry.problems)
        return sarif(entries, explained(explanations(codes)), file)
    if form is Output.GITHUB:
        from dnstrace.render.formats.github import github

        return github(entries, file)
    (module,) = NEEDS[form]  # which has a function of the same name
    made: str = getattr(import_module(module), form)(entries)
    return made


def report_on(
    entries: Sequence[Entry],
    chosen: Choices,
    write: Callable[[str], None],
    file: str = "",
    lacks: str = "",
) -> int | None:
    """Write the document; the exit status of a monitoring plugin if that is what it is for.

    `file` and `lacks` are about a list of names: its path, and why the entries are not all of it.
    """
    if chosen.shown.output is not Output.NAGIOS:
        write(written(chosen.shown.output, entries, file))
        return None
    from dnstrace.render.formats.nagios import nagios, state

    write(nagios(entries, lacks))
    return state(entries, lacks)


def unchecked(form: Output) -> Iterator[str]:
    """What has to be said of a document in which no finding can be, as there is no check."""
    if form in UNCHECKED:
        yield f"--format {form} without --check: it shows how each trace ended, but no findings"

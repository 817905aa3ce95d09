"""The forms of output: each a function from a report to text. What a form needs is imported by it alone."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from dnstrace.cli.line.forms import FORMATS, Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Display
    from dnstrace.model.report import Report


def _tree(report: Report, shown: Display, environment: Environment) -> str:
    from dnstrace.render.tree import tree

    how = {"verbose": shown.verbose, "explain": shown.explain_steps, "ascii_only": environment.ascii_only}
    how["links"] = environment.has_links and environment.in_color(shown.color)
    drawn = tree(report, **how)
    if not environment.in_color(shown.color):
        return drawn.plain(environment.width)
    environment.console(shown.color, text := StringIO()).print(drawn, crop=False)
    return text.getvalue()


def _short(report: Report, shown: Display, environment: Environment) -> str:
    from dnstrace.render.short import short

    return _with_line_end(short(report))


def _json(report: Report, shown: Display, environment: Environment) -> str:
    from dnstrace.render.document import to_json

    return _with_line_end(to_json(report, **_json_of(shown), indent=2))


def _jsonl(report: Report, shown: Display, environment: Environment) -> str:
    from dnstrace.render.document import to_json

    return _with_line_end(to_json(report, **_json_of(shown)))


def _json_of(shown: Display) -> dict[str, bool]:
    return {"verbose": shown.verbose, "explain": shown.explain_steps, "brief": shown.brief}


def _mermaid(report: Report, shown: Display, environment: Environment) -> str:
    from dnstrace.render.pictures import mermaid

    return mermaid(report)


def _dot(report: Report, shown: Display, environment: Environment) -> str:
    from dnstrace.render.pictures import dot

    return dot(report)


def _with_line_end(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


FORMS: dict[Output, Callable[[Report, Display, Environment], str]] = {
    Output.TREE: _tree,
    Output.SHORT: _short,
    Output.JSON: _json,
    Output.JSONL: _jsonl,
    Output.MERMAID: _mermaid,
    Output.DOT: _dot,
}
"""What each form of output makes of a report: text that ends with a line end, or is empty.

Those of `--format` are made of all reports together (`reporting`).
"""

REPLIES = tuple(
    f"dns.rdtypes.{each}" for each in ("ANY.NS", "IN.A", "IN.AAAA", "ANY.OPT", "ANY.DS", "ANY.SOA")
)
"""The modules by which dnspython reads a referral: without them it imports each at the first record."""

NEEDS: dict[Output, tuple[str, ...]] = {
    Output.TREE: ("dnstrace.render.tree",),
    Output.SHORT: ("dnstrace.render.short",),
    Output.JSON: ("dnstrace.render.document",),
    Output.JSONL: ("dnstrace.render.document",),
    Output.MERMAID: ("dnstrace.render.pictures",),
    Output.DOT: ("dnstrace.render.pictures",),
    **{form: (f"dnstrace.render.formats.{form}",) for form in FORMATS},
}
"""The modules that each form needs, which are imported while the first query is under way."""

"""The tree: a trace for people.

`tree(report, verbose=..., ascii_only=...)` is the whole interface. Print its result with any rich Console, or
have it as `plain` text: it adapts to the width, no line is wider than that (60 columns and up), and all text
from the network is escaped. A trace in progress and an interrupted trace can be drawn too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.render.branches import Branches
from dnstrace.render.closing import closing_blocks
from dnstrace.render.layout import ASCII, UNICODE, Columns, Guides, Node, rows
from dnstrace.render.wording import TAGS, TOLD, question_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderResult

    from dnstrace.model import Trace
    from dnstrace.model.report import Report
    from dnstrace.render.story import Story

_BLANK = Text("")


class Tree:
    """A report as a rich renderable."""

    def __init__(self, report: Report, verbose: bool, guides: Guides, explain: bool, links: bool) -> None:
        self._guides, self._links, trace = guides, links, report.trace
        story, verdict = _story_of(report) if explain else None, report.verdict
        named = () if verdict is None else verdict.steps[:TAGS]  # those that it shows
        if verbose:  # as the JSON document and the page name them
            named = tuple(step.id for step in trace.steps)
        self._blocks: list[list[Node] | Columns] = [
            [Node(question_text(trace.question))],
            *([_sentence_nodes(story.opening())] if story is not None else []),
            *Branches(trace, verbose, story, named).blocks(),
            *([_sentence_nodes(story.closing())] if story is not None and story.closing() else []),
            *_fetched_blocks(trace),
            *_encrypted_blocks(trace, verbose),
            *_server_tables(report, verbose),
            *([found] if (found := _finding_block(report, verbose)) else []),
            *_resolver_blocks(report, verbose),
            *closing_blocks(report, verbose),
        ]

    def rows(self, width: int) -> Iterator[Text]:
        """The lines of the tree, at most `width` columns wide."""
        for index, block in enumerate(self._blocks):
            if index:
                yield _BLANK
            if isinstance(block, Columns):
                yield from block.lines(width, self._guides)
            else:
                for node in block:
                    yield from rows(node, width, self._guides)

    def plain(self, width: int) -> str:
        """The lines without colours, `width` columns wide: what a Console would make of them, without one."""
        return "".join(f"{line.plain}\n" for line in self.rows(width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich's own protocol. No line has to be wrapped, which takes as long as all the rest."""
        lines = self.rows(options.max_width)
        if self._links:
            from dnstrace.render.links import linked

            lines = map(linked, lines)
        for line in lines:
            yield from line.render(console, end="\n")


def tree(
    report: Report,
    *,
    verbose: bool = False,
    ascii_only: bool = False,
    explain: bool = False,
    links: bool = False,
) -> Tree:
    """A renderable that shows a trace when printed with a rich Console.

    `verbose` adds the header and records of every reply and unfolds what is sound, `explain` adds a
    sentence about each step for learners, `links` lets the codes of findings lead to what is said of them
    (OSC 8). `ascii_only` restricts the output to ASCII. Records to publish and command lines are meant to be
    copied and never folded, so print with `crop=False`.
    """
    return Tree(report, verbose, ASCII if ascii_only else UNICODE, explain, links)


def _story_of(report: Report) -> Story:
    from dnstrace.render.story import Story

    return Story(report, report.replayed)


def _sentence_nodes(sentences: list[str]) -> list[Node]:
    return [Node(Text(sentence, TOLD)) for sentence in sentences]


def _fetched_blocks(trace: Trace) -> list[list[Node]]:
    """The last hop, if the page was requested."""
    if trace.fetched is None:
        return []
    from dnstrace.render.fetched import fetched_nodes

    return [fetched_nodes(trace.fetched, trace.started)]


def _encrypted_blocks(trace: Trace, verbose: bool) -> list[list[Node]]:
    """What name servers did over TLS, if they were asked."""
    if trace.encrypted is None:
        return []
    from dnstrace.render.encrypted import encrypted_nodes

    return [encrypted_nodes(trace, verbose)]


def _server_tables(report: Report, verbose: bool) -> list[Columns]:
    """The tables of servers, if a check was requested."""
    if report.trace.findings is None:
        return []
    from dnstrace.render.reconciled import folded_tables, tables

    return tables(report) if verbose else folded_tables(report)


def _finding_block(report: Report, verbose: bool) -> list[Node]:
    if report.trace.findings is None:
        return []
    from dnstrace.render.findings import finding_nodes

    return finding_nodes(report, verbose)


def _resolver_blocks(report: Report, verbose: bool) -> list[list[Node]]:
    """The answers of resolvers, if any were asked."""
    if not report.resolvers:
        return []
    from dnstrace.render.resolver_lines import resolver_nodes

    return [resolver_nodes(report, verbose)]

"""The tree: a trace for people.

`tree(report, verbose=..., ascii_only=...)` is the whole interface. Print its result with any rich Console: it
adapts to the width, no line is wider than the console (60 columns and up), and all text from the network is
escaped. A trace in progress and an interrupted trace can be drawn too.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.reached import delegation_reached, is_bogus
from dnstrace.model import Outcome
from dnstrace.model.naming import plain
from dnstrace.model.security import Security
from dnstrace.render.branches import Branches
from dnstrace.render.delegation import supposed_texts
from dnstrace.render.expected import expected_text, instead_text
from dnstrace.render.layout import ASCII, UNICODE, Columns, Guides, Node, rows
from dnstrace.render.text import clock_text, count_text, harmless, rdata_text, time_text
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, TOLD, WARNING, joined, marked, question_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dns.rrset
    from rich.console import Console, ConsoleOptions, RenderResult

    from dnstrace.model import Trace
    from dnstrace.model.report import Report
    from dnstrace.render.story import Story

_ALIASES = {dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.RRSIG}
_LONGEST = 60  # characters of RDATA in the last line
_MOST = 3  # records there
_BLANK = Text("")
_NEGATIVE = "a negative answer"
_HELD: dict[Outcome | None, str] = {
    Outcome.NODATA: _NEGATIVE,
    Outcome.NXDOMAIN: _NEGATIVE,
    Outcome.REFERRAL: "a referral",
}


class Tree:
    """A report as a rich renderable."""

    def __init__(self, report: Report, verbose: bool, guides: Guides, explain: bool) -> None:
        self._guides, trace = guides, report.trace
        verdict, story = _verdict_nodes(report), _story_of(report) if explain else None
        self._blocks: list[list[Node] | Columns] = [
            [Node(question_text(trace.question))],
            *([_sentence_nodes(story.opening())] if story is not None else []),
            *Branches(trace, verbose, story).blocks(),
            *([_sentence_nodes(story.closing())] if story is not None and story.closing() else []),
            *_fetched_blocks(trace),
            *_server_tables(report),
            *([found] if (found := _finding_block(report)) else []),
            *_resolver_blocks(report, verbose),
            [
                Node(line)
                for line in _last_lines(report, explained=any(_gives_error(node, trace) for node in verdict))
            ],
            *([verdict] if verdict else []),
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

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich's own protocol. No line has to be wrapped, which takes as long as all the rest."""
        for line in self.rows(options.max_width):
            yield from line.render(console, end="\n")


def tree(report: Report, *, verbose: bool = False, ascii_only: bool = False, explain: bool = False) -> Tree:
    """A renderable that shows a trace when printed with a rich Console.

    `verbose` adds the header and records of every reply, `explain` a sentence about each step for learners.
    `ascii_only` restricts the output to ASCII. Records to publish and command lines are meant to be copied
    and never folded, so print with `crop=False`.
    """
    return Tree(report, verbose, ASCII if ascii_only else UNICODE, explain)


def _story_of(report: Report) -> Story:
    from dnstrace.render.story import Story

    return Story(report)


def _sentence_nodes(sentences: list[str]) -> list[Node]:
    return [Node(Text(sentence, TOLD)) for sentence in sentences]


def _fetched_blocks(trace: Trace) -> list[list[Node]]:
    """The last hop, if the page was requested."""
    if trace.fetched is None:
        return []
    from dnstrace.render.fetched import fetched_nodes

    return [fetched_nodes(trace.fetched, trace.started)]


def _server_tables(report: Report) -> list[Columns]:
    """The tables of servers, if a check was requested."""
    if report.trace.findings is None:
        return []
    from dnstrace.render.reconciled import tables

    return tables(report)


def _finding_block(report: Report) -> list[Node]:
    if report.trace.findings is None:
        return []
    from dnstrace.render.findings import finding_nodes

    return finding_nodes(report)


def _verdict_nodes(report: Report) -> list[Node]:
    if report.verdict is None:
        return []
    from dnstrace.render.findings import verdict_nodes

    return verdict_nodes(report)


def _gives_error(node: Node, trace: Trace) -> bool:
    """Whether a line includes the reason why the walk failed."""
    return harmless(trace.error) in node.line.plain


def remarks(report: Report) -> list[Text]:
    """Remarks on the whole trace: assumptions, shares of paths, cache lifetime, expectations."""
    trace = report.trace
    return [
        *_assumption_lines(trace),
        *_paths_lines(report),
        *_lifetime_line(report),
        *_no_resolver_line(report),
        *_expectation_lines(trace),
    ]


# --- the last lines ---------------------------------------------------------------------------


def _last_lines(report: Report, explained: bool) -> list[Text]:
    """The result and its cost, and why the trace failed unless the verdict has `explained` that."""
    trace, lines = report.trace, []
    if trace.interrupted:
        lines.append(marked(WARNING, Text("interrupted: these are partial results", WARNING)))
    if trace.error and not explained:
        error = harmless(trace.error)
        lines.append(Text(error, QUIET) if report.verdict else marked(BAD, Text(error, BAD)))
    so_far = " so far" if trace.outcome is None and not trace.interrupted else ""
    return [
        *_assumption_lines(trace),
        *lines,
        *_security_line(trace),
        *_paths_lines(report),
        joined([_result_text(trace), *_cost_parts(trace, so_far)]),
        *_lifetime_line(report),
        *_no_resolver_line(report),
        *_expectation_lines(trace),
    ]


def _no_resolver_line(report: Report) -> list[Text]:
    """Whether all resolvers that were asked are without an answer."""
    if not report.resolvers:
        return []
    from dnstrace.analysis.resolvers import all_fail

    if not all_fail(report.resolvers):
        return []
    from dnstrace.render.resolver_words import none_text

    return [marked(BAD, Text(none_text(report.resolvers), BAD))]


def _assumption_lines(trace: Trace) -> list[Text]:
    """What the trace assumed that the parent publishes."""
    return [Text(f"as if {text}", WARNING) for cut in trace.supposed for text in supposed_texts(cut)]


def _lifetime_line(report: Report) -> list[Text]:
    return [Text(words)] if (words := _lifetime_text(report)) else []


def _resolver_blocks(report: Report, verbose: bool) -> list[list[Node]]:
    """The answers of resolvers, if any were asked."""
    if not report.resolvers:
        return []
    from dnstrace.render.resolver_lines import resolver_nodes

    return [resolver_nodes(report, verbose)]


def _paths_lines(report: Report) -> list[Text]:
    """Which share of all paths leads to which result, if every address was asked."""
    if not report.shares:
        return []
    from dnstrace.render.survey import paths_lines

    return paths_lines(report)


def _security_line(trace: Trace) -> list[Text]:
    """The security status, and the reason unless it is secure."""
    if trace.unjudged:
        return [Text(f"DNSSEC is not judged: {harmless(trace.unjudged)}", WARNING)]
    if (judgement := trace.judgement) is None or trace.outcome is Outcome.FAILED:
        return []  # a failed trace has no data to judge
    status = judgement.security.value
    style = {Security.SECURE: GOOD, Security.BOGUS: BAD}.get(judgement.security, WARNING)
    text = Text(f"{status}: {harmless(judgement.reason)}" if judgement.reason else status, style)
    return [marked(style, text) if style is BAD else text]


def _expectation_lines(trace: Trace) -> list[Text]:
    """The user's expectations, and whether they are met."""
    return [
        Text(f"✓ {expected_text(met)}", GOOD)
        if met.met
        else marked(BAD, Text(f"{expected_text(met)}: {instead_text(met)}", BAD))
        for met in trace.expectations or ()
    ]


def _result_text(trace: Trace) -> Text:
    """The outcome in a few words: the data themselves if they are short."""
    if trace.outcome is Outcome.NXDOMAIN:
        return Text("NXDOMAIN", f"{STRONG} {WARNING}")
    if trace.outcome is Outcome.NODATA:
        return Text("NODATA", f"{STRONG} {WARNING}")
    if trace.outcome is Outcome.FAILED:
        return Text("failed", f"{STRONG} {BAD}")
    if trace.outcome is Outcome.REFERRAL and (cut := delegation_reached(trace)) is not None:
        servers = count_text(len(cut.servers), "name server")
        return Text(f"{plain(cut.zone)} is delegated to {servers}", f"{STRONG} {GOOD}")
    wanted, style = _rrsets_asked_for(trace), f"{STRONG} {BAD if is_bogus(trace) else GOOD}"
    if not wanted:
        return Text("")
    count = sum(map(len, wanted))
    texts = [rdata_text(rdata) for rrset in wanted for rdata in islice(rrset, _MOST + 1)]
    if count <= _MOST and len(text := ", ".join(texts)) <= _LONGEST:
        return Text(text, style)
    types = {dns.rdatatype.to_text(rrset.rdtype) for rrset in wanted}
    one = f"{types.pop()} record" if len(types) == 1 else "record"
    return Text(count_text(count, one), style)


def _rrsets_asked_for(trace: Trace) -> list[dns.rrset.RRset]:
    """The RRsets that the user asked for; for ANY, all but aliases and signatures."""
    asked = [rrset for rrset in trace.answer if rrset.rdtype == trace.question.rdtype]
    return asked or [rrset for rrset in trace.answer if rrset.rdtype not in _ALIASES] or list(trace.answer)


def _cost_parts(trace: Trace, so_far: str) -> list[Text | str]:
    stats = trace.stats
    details = [
        f"{stats.timeouts} timeout{'s' if stats.timeouts > 1 else ''}" if stats.timeouts else "",
        f"{stats.tcp} over TCP" if stats.tcp else "",
    ]
    problems = ", ".join(filter(None, details))
    return [
        count_text(stats.zones, "zone"),
        count_text(stats.queries, "query", "queries") + (f" ({problems})" if problems else ""),
        time_text(stats.duration) + so_far,
    ]


def _lifetime_text(report: Report) -> str:
    """How long a resolver that asked now would cache the result."""
    trace = report.trace
    if is_bogus(trace) and trace.outcome is not Outcome.FAILED:
        return "validating resolvers return SERVFAIL instead"
    if (seconds := report.life) is None:
        return ""
    if not seconds:
        return "resolvers must not cache this"
    ended = trace.started.astimezone(UTC) + timedelta(seconds=trace.stats.duration)
    what = _HELD.get(trace.outcome, "an answer")
    return f"{what} cached now lives until {clock_text(ended, ended + timedelta(seconds=seconds))}"

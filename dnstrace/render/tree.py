"""The tree: a trace for people.

`tree(report, verbose=..., ascii_only=...)` is the whole interface. What it returns is printed with any
rich Console and adapts to its width; no line is wider than the console (60 columns and up), and all
text from the network in it is harmless. A trace that is under way, or was interrupted, can be drawn
like any other.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.reached import delegation_reached, is_bogus
from dnstrace.model import Outcome
from dnstrace.model.security import Security
from dnstrace.render.branches import Branches
from dnstrace.render.delegation import supposed_texts
from dnstrace.render.expected import expected_text, instead_text
from dnstrace.render.layout import ASCII, UNICODE, Columns, Guides, Node, rows
from dnstrace.render.text import clock_text, count_text, harmless, name_text, rdata_text, time_text
from dnstrace.render.wording import BAD, GOOD, STRONG, TOLD, WARNING, joined, marked, question_text

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
        verdict, story = _verdict(report), _story(report) if explain else None
        self._blocks: list[list[Node] | Columns] = [
            [Node(question_text(trace.question))],
            *([_told(story.opening())] if story is not None else []),
            *Branches(trace, verbose, story).blocks(),
            *([_told(story.closing())] if story is not None and story.closing() else []),
            *_fetched(trace),
            *_tables(report),
            *([found] if (found := _findings(report)) else []),
            *_resolvers(report, verbose),
            [Node(line) for line in _last_lines(report, told=any(_says(node, trace) for node in verdict))],
            *([verdict] if verdict else []),
        ]

    def rows(self, width: int) -> Iterator[Text]:
        """The lines of the tree, none wider than `width`."""
        for index, block in enumerate(self._blocks):
            if index:
                yield _BLANK
            if isinstance(block, Columns):
                yield from block.lines(width, self._guides)
            else:
                for node in block:
                    yield from rows(node, width, self._guides)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich's own protocol."""
        yield from self.rows(options.max_width)


def tree(report: Report, *, verbose: bool = False, ascii_only: bool = False, explain: bool = False) -> Tree:
    """What to print with a rich Console to show a trace.

    `verbose` adds the header and the records of every reply, `explain` a sentence on each step for those who
    learn. `ascii_only` keeps to ASCII, for terminals and files that can hold nothing else. Records to publish
    and command lines, which are to be copied, are as long as they are: print with `crop=False`.
    """
    return Tree(report, verbose, ASCII if ascii_only else UNICODE, explain)


def _story(report: Report) -> Story:
    from dnstrace.render.story import Story

    return Story(report)


def _told(sentences: list[str]) -> list[Node]:
    return [Node(Text(sentence, TOLD)) for sentence in sentences]


def _fetched(trace: Trace) -> list[list[Node]]:
    """The last hop, where it was taken."""
    if trace.fetched is None:
        return []
    from dnstrace.render.fetched import fetched_nodes

    return [fetched_nodes(trace.fetched, trace.started)]


def _tables(report: Report) -> list[Columns]:
    """The servers of the zones side by side, where a check was asked for."""
    if report.trace.findings is None:
        return []
    from dnstrace.render.reconciled import tables

    return tables(report)


def _findings(report: Report) -> list[Node]:
    if report.trace.findings is None:
        return []
    from dnstrace.render.findings import finding_nodes

    return finding_nodes(report)


def _verdict(report: Report) -> list[Node]:
    if report.verdict is None:
        return []
    from dnstrace.render.findings import verdict_nodes

    return verdict_nodes(report)


def _says(node: Node, trace: Trace) -> bool:
    """Whether a line gives the very reason why the walk failed."""
    return harmless(trace.error) in node.line.plain


def remarks(report: Report) -> list[Text]:
    """What is said of the whole beside its result: what was supposed, shares, life, what was expected."""
    trace = report.trace
    return [*_supposed(trace), *_paths(report), *_lifetime(report), *_expected(trace)]


# --- the last lines ---------------------------------------------------------------------------


def _last_lines(report: Report, told: bool) -> list[Text]:
    """What it came to and cost; why it failed, unless the verdict has `told` that."""
    trace, lines = report.trace, []
    if trace.interrupted:
        lines.append(marked(WARNING, Text("interrupted: this is what was found so far", WARNING)))
    if trace.error and not told:
        lines.append(marked(BAD, Text(harmless(trace.error), BAD)))
    so_far = " so far" if trace.outcome is None and not trace.interrupted else ""
    return [
        *_supposed(trace),
        *lines,
        *_security(trace),
        *_paths(report),
        joined([_result(trace), *_cost(trace, so_far)]),
        *_lifetime(report),
        *_expected(trace),
    ]


def _supposed(trace: Trace) -> list[Text]:
    """What was taken as if the parent had it so."""
    return [Text(f"as if {text}", WARNING) for cut in trace.supposed for text in supposed_texts(cut)]


def _lifetime(report: Report) -> list[Text]:
    return [Text(words)] if (words := _life(report)) else []


def _resolvers(report: Report, verbose: bool) -> list[list[Node]]:
    """What resolvers hold, where some were asked."""
    if not report.resolvers:
        return []
    from dnstrace.render.resolvers import resolver_nodes

    return [resolver_nodes(report, verbose)]


def _paths(report: Report) -> list[Text]:
    """What share of all paths comes to what, where every address was asked."""
    if not report.shares:
        return []
    from dnstrace.render.survey import paths_lines

    return paths_lines(report)


def _security(trace: Trace) -> list[Text]:
    """What the chain of trust says, and why it is not secure."""
    if (judgement := trace.judgement) is None or trace.outcome is Outcome.FAILED:
        return []  # of nothing there is nothing to be said
    status = judgement.security.value
    style = {Security.SECURE: GOOD, Security.BOGUS: BAD}.get(judgement.security, WARNING)
    text = Text(f"{status}: {harmless(judgement.reason)}" if judgement.reason else status, style)
    return [marked(style, text) if style is BAD else text]


def _expected(trace: Trace) -> list[Text]:
    """What the user expected, and whether it is so."""
    return [
        Text(f"✓ {expected_text(met)}", GOOD)
        if met.met
        else marked(BAD, Text(f"{expected_text(met)}: {instead_text(met)}", BAD))
        for met in trace.expectations or ()
    ]


def _result(trace: Trace) -> Text:
    """The outcome in a few words: the data itself where it is short."""
    if trace.outcome is Outcome.NXDOMAIN:
        return Text("NXDOMAIN", f"{STRONG} {WARNING}")
    if trace.outcome is Outcome.NODATA:
        return Text("NODATA", f"{STRONG} {WARNING}")
    if trace.outcome is Outcome.FAILED:
        return Text("failed", f"{STRONG} {BAD}")
    if trace.outcome is Outcome.REFERRAL and (cut := delegation_reached(trace)) is not None:
        servers = count_text(len(cut.servers), "name server")
        return Text(f"{name_text(cut.zone)} is delegated to {servers}", f"{STRONG} {GOOD}")
    wanted, style = _wanted(trace), f"{STRONG} {BAD if is_bogus(trace) else GOOD}"
    if not wanted:
        return Text("")
    count = sum(map(len, wanted))
    texts = [rdata_text(rdata) for rrset in wanted for rdata in islice(rrset, _MOST + 1)]
    if count <= _MOST and len(text := ", ".join(texts)) <= _LONGEST:
        return Text(text, style)
    types = {dns.rdatatype.to_text(rrset.rdtype) for rrset in wanted}
    one = f"{types.pop()} record" if len(types) == 1 else "record"
    return Text(count_text(count, one), style)


def _wanted(trace: Trace) -> list[dns.rrset.RRset]:
    """The RRsets that the user asked for: of an ANY answer all but aliases and signatures."""
    asked = [rrset for rrset in trace.answer if rrset.rdtype == trace.question.rdtype]
    return asked or [rrset for rrset in trace.answer if rrset.rdtype not in _ALIASES] or list(trace.answer)


def _cost(trace: Trace, so_far: str) -> list[Text | str]:
    stats = trace.stats
    details = [
        f"{stats.timeouts} timeout{'s' if stats.timeouts > 1 else ''}" if stats.timeouts else "",
        f"{stats.tcp} over TCP" if stats.tcp else "",
    ]
    beside = ", ".join(filter(None, details))
    return [
        count_text(stats.zones, "zone"),
        count_text(stats.queries, "query", "queries") + (f" ({beside})" if beside else ""),
        time_text(stats.duration) + so_far,
    ]


def _life(report: Report) -> str:
    """Until when a resolver that asked now would hold what was found."""
    trace = report.trace
    if is_bogus(trace) and trace.outcome is not Outcome.FAILED:
        return "a resolver that validates answers SERVFAIL instead"
    if (seconds := report.life) is None:
        return ""
    if not seconds:
        return "not to be cached by any resolver"
    ended = trace.started.astimezone(UTC) + timedelta(seconds=trace.stats.duration)
    what = _HELD.get(trace.outcome, "an answer")
    return f"{what} cached now lives until {clock_text(ended, ended + timedelta(seconds=seconds))}"

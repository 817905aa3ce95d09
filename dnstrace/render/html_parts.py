"""The sections of the page: the verdict, the findings, the walk as a collapsible list, tables."""

from __future__ import annotations

from datetime import UTC
from html import escape
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome
from dnstrace.model.findings import Level
from dnstrace.model.security import Security
from dnstrace.render.accepted import ACCEPTED, accepted_groups, because
from dnstrace.render.closing import security_reason
from dnstrace.render.findings import not_applied, nothing_wrong, verdict_nodes
from dnstrace.render.html_chain import chain_drawing
from dnstrace.render.layout import UNICODE_ONLY
from dnstrace.render.reconciled import tables
from dnstrace.render.remedies import EXPLAINS, FIX, NOT_REHEARSED, REHEARSED, WHO, explained_by, parts
from dnstrace.render.text import count_text, harmless, name_text
from dnstrace.render.trust import cut_nodes, key_nodes, signed_by
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, TOLD, WARNING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from dnstrace.model import Step, Trace
    from dnstrace.model.accepting import Ignore
    from dnstrace.model.findings import Finding
    from dnstrace.model.judgement import StepEvidence
    from dnstrace.model.lives import Life
    from dnstrace.model.report import Report
    from dnstrace.render.layout import Columns, Node

_CLASSES = {BAD: "bad", WARNING: "warning", GOOD: "good", QUIET: "quiet", STRONG: "strong", TOLD: "told"}
_LEVELS = {Level.ERROR: "bad", Level.WARNING: "warning", Level.NOTICE: "quiet"}
_SECURITY = {Security.SECURE: "good", Security.BOGUS: "bad"}
_LINKS = 2  # steps of a verdict that the tab key leads to
_SHOWN = 5  # findings that are not folded
_STOPS = 4  # places for the tab key in them: what unfolds the explanation, and what copies the records


# --- the walk ---------------------------------------------------------------------------------------


def tree_list(blocks: list[list[Node]]) -> str:
    """The tree as nested lists that can be collapsed."""
    return '<ul class="tree">' + "".join(_tree_item(node) for block in blocks for node in block) + "</ul>"


def _tree_item(root: Node) -> str:
    """A node and everything below it, without recursion: a tree may be as deep as a name has labels."""
    done: list[str] = []
    stack: list[Node | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            done.append(node)
        elif not node.children:
            done.append(f"<li>{_anchors(node)}{inline(node.line)}</li>")
        else:
            opened = "" if node.closed else " open"
            done.append(f"<li>{_anchors(node)}<details{opened}><summary>{inline(node.line)}</summary><ul>")
            stack += ["</ul></details></li>", *reversed(node.children)]
    return "".join(done)


def _anchors(node: Node) -> str:
    """What links to the steps of a line lead to."""
    return "".join(f'<span id="walk-{step}"></span>' for step in node.steps)


def inline(text: Text) -> str:
    """A styled text as HTML."""
    plain, marks = text.plain, [set[str]() for _ in text.plain]
    for span in text.spans:
        for word in str(span.style).split() if span.style != UNICODE_ONLY else ():
            for place in range(span.start, min(span.end, len(plain))):
                marks[place].add(_CLASSES.get(word, ""))
    whole = {_CLASSES.get(word, "") for word in str(text.style).split()}
    return "".join(_runs(plain, [sorted((mark | whole) - {""}) for mark in marks]))


def _runs(plain: str, marks: list[list[str]]) -> Iterator[str]:
    start = 0
    for place in range(1, len(plain) + 1):
        if place == len(plain) or marks[place] != marks[start]:
            part = escape(plain[start:place])
            yield f'<span class="{" ".join(marks[start])}">{part}</span>' if marks[start] else part
            start = place


# --- the rest ---------------------------------------------------------------------------------------


def steps_text(trace: Trace, steps: Iterable[int], most: int = 1000) -> str:
    """The steps in words, such as `steps 3, 4`; the first of them, `most` at most, are links."""
    numbers = list(steps)
    return f"step{'s' * (len(numbers) > 1)} {step_links(trace, numbers, most)}"


def step_links(trace: Trace, steps: Iterable[int], most: int = 1000) -> str:
    """The numbers of the steps, each a link to its exchanges if it has any; the tab key reaches the first."""
    asked = {step.id for step in trace.steps if step.attempts}
    passed = ("", ' tabindex="-1"')
    return ", ".join(
        f'<a href="#step-{each}"{passed[index >= most]}>{each}</a>' if each in asked else f"{each}"
        for index, each in enumerate(steps)
    )


def copyable(lines: Iterable[str], what: str) -> str:
    """Lines to copy, with a button that the script shows; `what` says what they are."""
    text = escape("\n".join(map(harmless, lines)))
    button = f'<button type="button" hidden>Copy<span class="unseen"> {what}</span></button>'
    return f'<div class="copy"><pre>{text}</pre>{button}</div>' if text else ""


def unfolding(summary: str, body: str) -> str:
    """A part that is folded until the reader opens it."""
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"


def verdict(report: Report) -> str:
    """The verdict, the fix, who applies it and commands that show the fault, as in the tree; or the error."""
    trace, found = report.trace, report.verdict
    if found is None:
        return f"<p>{escape(harmless(trace.error))}</p>" if trace.error else ""
    serious = trace.outcome is Outcome.FAILED or is_bogus(trace)
    serious = serious or any(finding.is_error for finding in trace.findings or ())
    lines = "".join(map(_verdict_part, _alike(verdict_nodes(report)[0].children)))
    steps = f'<p class="quiet">Evidence: {steps_text(trace, found.steps, _LINKS)}.</p>' if found.steps else ""
    text = f"<p><strong>{escape(harmless(found.text))}</strong></p>"
    head = f'<div class="verdict{"" if serious else " fragile"}"><h2 id="verdict">Verdict</h2>'
    return f"{head}{text}{lines}{steps}</div>"


def _alike(nodes: Iterable[Node]) -> Iterator[list[Node]]:
    """Neighbours among lines: records to publish together, commands together, every other line alone."""
    for key, group in groupby(nodes, lambda node: str(node.line.style) if node.verbatim else ""):
        together = list(group)
        yield from [together] if key else ([node] for node in together)


def _verdict_part(nodes: list[Node]) -> str:
    if not nodes[0].verbatim:
        return f"<p>{inline(nodes[0].line)}</p>"
    what = "records" if nodes[0].line.style == STRONG else "commands"
    return copyable((node.line.plain for node in nodes), what)


def findings(report: Report) -> str:
    """The findings with their remedies, records to publish and explanations; empty without a check."""
    if (found := report.trace.findings) is None:
        return ""
    cut_off = "".join(f"<p>{text}.</p>" for text in not_applied(report.trace))
    unshown = f'<p class="quiet">{escape(report.unshown)}.</p>' if report.unshown else ""
    beyond = "".join(_accepted_article(*each) for each in accepted_groups(report.trace)) + cut_off + unshown
    if not found and unshown:
        return beyond
    if not found:
        style = "warning" if report.reservation else "good"
        return f'<p class="{style}">{escape(harmless(nothing_wrong(report)))}.</p>{beyond}'
    articles = [_finding_article(report, each) for each in found]
    count = _unfolded(articles)
    first, others = "".join(articles[:count]), articles[count:]
    more = unfolding(count_text(len(others), "more finding"), "".join(others)) if others else ""
    return f"{first}{more}{beyond}"


def _unfolded(articles: Sequence[str]) -> int:
    """How many findings are not folded: whoever goes through the page by keyboard has to get past them."""
    places = accumulate(article.count("<details") + article.count('class="copy"') for article in articles)
    return max(1, min(_SHOWN, sum(count <= _STOPS for count in places)))


def _accepted_article(finding: Finding, ignore: Ignore) -> str:
    """A finding that the user accepts, and why."""
    return (
        f'<article class="finding quiet"><h3>{ACCEPTED} {finding.level.value} {finding.code}</h3>'
        f"<p>{escape(harmless(finding.message))}</p>"
        f"<p>{escape(because(ignore))}</p></article>"
    )


def _finding_article(report: Report, finding: Finding) -> str:
    known, said = report.explanations[finding.code], report.verdict.claims if report.verdict else ()
    explained = explained_by(finding, said)
    level = f'<span class="{_LEVELS[finding.level]}">{finding.level.value}</span>'
    explanation = "".join(
        f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in known.sections.items()
    )
    steps = steps_text(report.trace, finding.steps)
    return (
        f'<article class="finding"><h3>{level} {finding.code}</h3>'
        f"<p>{escape(harmless(finding.message))}</p>"
        + (_remedy(finding) if explained is None else f"<p><b>{explained.head}:</b> {explained.text}</p>")
        + unfolding(known.title, f'<dl>{explanation}</dl><p class="quiet">Evidence: {steps}.</p>')
        + "</article>"
    )


def _remedy(finding: Finding) -> str:
    """What to do about a finding, with the records to publish."""
    records, others = copyable(finding.records, "records"), {WHO, REHEARSED, NOT_REHEARSED, EXPLAINS}
    return f"{_remedy_parts(finding, {FIX})}{records}{_remedy_parts(finding, others)}"


def _remedy_parts(finding: Finding, heads: Container[str]) -> str:
    """The lines about the remedy of a finding that have these heads."""
    lines = [f"<b>{part.head}:</b> {escape(part.text)}" for part in parts(finding) if part.head in heads]
    return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


def dnssec(report: Report) -> str:
    """The chain of trust as a drawing, and its evidence step by step."""
    if (trace := report.trace).judgement is None:
        return ""
    rows = [
        [
            step_links(trace, [number]),
            escape(harmless(str(trace.steps[number - 1].question))),
            f'<span class="{_SECURITY.get(evidence.security, "warning")}">{evidence.security.value}</span>',
            "<br>".join(map(inline, _evidence_lines(trace.steps[number - 1], evidence))),
        ]
        for number, evidence in sorted(trace.judgement.steps.items())
    ]
    reason = f"<p>{escape(why)}</p>" if (why := security_reason(report)) else ""
    caption, heads = "The evidence of each step", ["Step", "Question", "Status", "Evidence"]
    region = '<div class="scroll" tabindex="0" role="group" aria-labelledby="h-dnssec">'
    return f"{reason}{region}{chain_drawing(trace)}</div>" + unfolding(
        caption, table(caption, heads, rows, "h-dnssec", free=3)
    )


def _evidence_lines(step: Step, evidence: StepEvidence) -> list[Text]:
    """The evidence of a step: keys, DS records or their absence, expiry of signatures, or the fault."""
    is_key = step.question.rdtype == dns.rdatatype.DNSKEY and step.referral is None
    nodes = key_nodes(evidence, step.zone) if is_key else cut_nodes(evidence)
    lines = [node.line for node in nodes]
    covered = dict.fromkeys((each.owner, each.covered) for each in evidence.signatures)
    for owner, rdtype in [] if lines else covered:
        head = Text(f"{name_text(owner)} {dns.rdatatype.to_text(dns.rdatatype.RdataType.make(rdtype))}")
        lines.append(head.append_text(signed_by(evidence, owner, rdtype)))
    reasons = [harmless(text) for text in (evidence.reason, evidence.proof) if text]
    repeated = any(text in line.plain for line in lines for text in reasons)
    return lines if repeated else [*map(Text, reasons[:1]), *lines]


def servers(report: Report) -> str:
    """The servers of each zone in a table; empty without a check."""
    return "".join(map(_server_table, tables(report)[: -1 if report.lives else None]))


def _server_table(drawn: Columns) -> str:
    heads = [inline(head) for head in drawn.heads]
    rows = [[inline(cell) for cell in row] for row in drawn.cut()]
    zone = escape(drawn.heads[0].plain.removesuffix(" by server"))
    return table(f"{zone} What is published and answered, by server", heads, rows, "h-servers", free=5)


def lives_list(lives: Iterable[Life], replayed: bool = False) -> str:
    """How long a resolver may cache what it would get now, or what it got when a record was made."""
    rows = [
        [
            escape(name_text(life.name)),
            escape(dns.rdatatype.to_text(life.rdtype)),
            escape(life.what.value.replace("-", " ")),
            f"{life.ttl} s",
            life.until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        ]
        for life in lives
    ]
    heads = ["Name", "Type", "What", "TTL", "Expires"]
    caption = f"What a resolver that {'asked then kept' if replayed else 'asks now keeps'}"
    return table(caption, heads, rows, "h-lives") if rows else ""


def table(caption: str, heads: list[str], rows: list[list[str]], label: str, free: int = -1) -> str:
    """A table with a caption, all of HTML; the first cell of a row is its header, column `free` may wrap."""
    head = "".join(f'<th scope="col">{word}</th>' for word in heads)
    return scrolled(label, caption, head, "".join(_table_row(row, free) for row in rows))


def _table_row(row: list[str], free: int) -> str:
    cells = (
        f"<td{' class=free' if index == free else ''}>{cell}</td>" for index, cell in enumerate(row[1:], 1)
    )
    return f'<tr><th scope="row">{row[0]}</th>{"".join(cells)}</tr>'


def scrolled(label: str, caption: str, head: str, body: str) -> str:
    """A table that scrolls on its own if it is too wide, also by keyboard."""
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{label}"><table>'
        f"<caption>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )

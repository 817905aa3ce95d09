"""The sections of the page: the walk as a collapsible list, the exchanges as a table with bars, others."""

from __future__ import annotations

from datetime import UTC
from html import escape
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.stats import critical_attempts
from dnstrace.model import Kind, Probe, Transport
from dnstrace.model.findings import Level
from dnstrace.model.security import Security
from dnstrace.render.accepted import ACCEPTED, accepted_groups, because
from dnstrace.render.findings import not_applied, nothing_wrong
from dnstrace.render.layout import UNICODE_ONLY
from dnstrace.render.reconciled import tables
from dnstrace.render.remedies import EXPLAINS, FIX, NOT_REHEARSED, REHEARSED, WHO, parts
from dnstrace.render.text import harmless, name_text, time_text
from dnstrace.render.trust import cut_nodes, key_nodes, signed_by
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, TOLD, WARNING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from dnstrace.model import Attempt, Step, Trace
    from dnstrace.model.accepting import Ignore
    from dnstrace.model.findings import Explanation, Finding
    from dnstrace.model.judgement import StepEvidence
    from dnstrace.model.lives import Life
    from dnstrace.model.report import Report
    from dnstrace.render.layout import Columns, Node

_CLASSES = {BAD: "bad", WARNING: "warning", GOOD: "good", QUIET: "quiet", STRONG: "strong", TOLD: "told"}
_LEVELS = {Level.ERROR: "bad", Level.WARNING: "warning", Level.NOTICE: "quiet"}
_SECURITY = {Security.SECURE: "good", Security.BOGUS: "bad"}
_RIGHTLY_DECLINED = {Probe.EDNS_VERSION, Probe.RECURSION, Probe.TRANSFER}
_BARS, _BAR, _LEAST = 240, 10, 2  # pixels: the width of the time axis, the height and least width of a bar


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
            done.append(f"<li>{inline(node.line)}</li>")
        else:
            opened = "" if node.closed else " open"
            done.append(f"<li><details{opened}><summary>{inline(node.line)}</summary><ul>")
            stack += ["</ul></details></li>", *reversed(node.children)]
    return "".join(done)


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


# --- the exchanges ----------------------------------------------------------------------------------


def exchanges(trace: Trace) -> str:
    """Every exchange in order of its start, as a row with a bar; the critical path is marked."""
    every = [(step, index, attempt) for step in trace.steps for index, attempt in enumerate(step.attempts)]
    if not every:
        return ""
    every.sort(key=lambda each: each[2].exchange.start)
    critical = set(map(id, critical_attempts(trace.steps)))
    whole = max(trace.stats.duration, *(a.exchange.start + a.exchange.elapsed for *_, a in every), 1e-9)
    first = {step.id: index for step, index, _ in reversed(every)}
    rows = "".join(
        _exchange_row(step, index, whole, id(attempt) in critical, first[step.id] == index)
        for step, index, attempt in every
    )
    heads = "".join(
        f'<th scope="col">{word}</th>' for word in ("Step", "Start", "Server", "Question", "Result", "Took")
    )
    key = (
        '<p class="quiet"><svg class="key bars" viewBox="0 0 10 10" aria-hidden="true">'
        '<rect class="critical" width="10" height="10"/></svg> on the critical path · '
        '<svg class="key bars" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10"/></svg> '
        'off the critical path · <svg class="key bars" viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="failed" width="10" height="10"/></svg> no usable reply · {time_text(whole)} in total'
        '<label id="order" hidden><input type="checkbox" id="by-server"> sort by server</label></p>'
    )
    return key + _scrolled("h-exchanges", f'{heads}<th scope="col">When</th>', rows)


def _exchange_row(step: Step, index: int, whole: float, critical: bool, first: bool) -> str:
    """One exchange. Links to a step lead to its `first` row."""
    attempt = step.attempts[index]
    exchange = attempt.exchange
    query, failed = exchange.query, _is_failed(step, attempt)
    over = "" if query.transport is Transport.UDP else f" {query.transport.value.upper()}"
    purpose = step.purpose.value if step.probe is None else f"probe {step.probe.value}"
    result = attempt.meaning.kind.value.replace("-", " ")
    style = "critical" if critical else "failed" if failed else ""
    left, width = exchange.start / whole * _BARS, max(exchange.elapsed / whole * _BARS, _LEAST)
    bar = (
        f'<svg class="bars" width="{_BARS}" height="{_BAR}" viewBox="0 0 {_BARS} {_BAR}" aria-hidden="true">'
        f'<line x1="0" x2="{_BARS}" y1="5" y2="5"/><rect class="{style}" x="{left:.1f}" width="{width:.1f}" '
        f'height="{_BAR}"/></svg>'
    )
    again = f'<br><span class="quiet">{words}</span>' if (words := _again(step, index)) else ""
    marked = ' <span class="quiet">critical</span>' if critical else ""
    cells = [
        f"{step.id}",
        time_text(exchange.start),
        f'{escape(name_text(attempt.server))}<br><span class="quiet">{escape(query.address)}{over}</span>',
        f'{escape(harmless(str(query.question)))}<br><span class="quiet">{escape(purpose)} at '
        f"{escape(name_text(step.zone))}</span>",
        f'<span class="{"bad" if failed else ""}">{escape(result)}</span>{marked}{again}',
        time_text(exchange.elapsed),
        bar,
    ]
    named = f' id="step-{step.id}"' if first else ""
    return f"<tr{named}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _is_failed(step: Step, attempt: Attempt) -> bool:
    """Whether no usable reply came. Some probes should be declined, so a refusal is usable there."""
    if attempt.exchange.message is None:
        return True
    declines = step.probe in _RIGHTLY_DECLINED
    return not (declines or attempt.meaning.usable or attempt.meaning.kind is Kind.TRUNCATED)


def _again(step: Step, index: int) -> str:
    """Remark on a repeated query to an address, and what differs from before; empty for the first."""
    query = step.attempts[index].exchange.query
    earlier = (attempt.exchange.query for attempt in step.attempts[:index])
    before = [each for each in earlier if each.address == query.address]
    tries = sum(each == query for each in before)
    dropped = query.edns is None and any(each.edns is not None for each in before)
    return f"try {tries + 1}" if tries else "again, without EDNS" if dropped else "again" if before else ""


def steps_text(trace: Trace, steps: Iterable[int]) -> str:
    """The steps in words, such as `steps 3, 4`, each a link."""
    numbers = list(steps)
    return f"step{'s' * (len(numbers) > 1)} {step_links(trace, numbers)}"


def step_links(trace: Trace, steps: Iterable[int]) -> str:
    """The numbers of the steps, each a link to its exchanges if it has any."""
    asked = {step.id for step in trace.steps if step.attempts}
    return ", ".join(f'<a href="#step-{each}">{each}</a>' if each in asked else f"{each}" for each in steps)


# --- the rest ---------------------------------------------------------------------------------------


def findings(report: Report) -> str:
    """The findings with their remedies, records to publish and explanations; empty without a check."""
    if (found := report.trace.findings) is None:
        return ""
    cut_off = "".join(f"<p>{text}.</p>" for text in not_applied(report.trace))
    beyond = "".join(_accepted_article(*each) for each in accepted_groups(report.trace)) + cut_off
    if not found:
        style = "warning" if report.reservation else "good"
        return f'<p class="{style}">{escape(harmless(nothing_wrong(report)))}.</p>{beyond}'
    articles = (_finding_article(report.trace, each, report.explanations[each.code]) for each in found)
    return "".join((*articles, beyond))


def _accepted_article(finding: Finding, ignore: Ignore) -> str:
    """A finding that the user accepts, and why."""
    return (
        f'<article class="finding quiet"><h3>{ACCEPTED} {finding.level.value} {finding.code}</h3>'
        f"<p>{escape(harmless(finding.message))}</p>"
        f"<p>{escape(because(ignore))}</p></article>"
    )


def _finding_article(trace: Trace, finding: Finding, known: Explanation) -> str:
    level = f'<span class="{_LEVELS[finding.level]}">{finding.level.value}</span>'
    records = "\n".join(map(harmless, finding.records))
    explanation = "".join(
        f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in known.sections.items()
    )
    steps = steps_text(trace, finding.steps)
    return (
        f'<article class="finding"><h3>{level} {finding.code}</h3>'
        f"<p>{escape(harmless(finding.message))}</p>"
        + _remedy_parts(finding, {FIX})
        + (f'<pre tabindex="0">{escape(records)}</pre>' if records else "")
        + _remedy_parts(finding, {WHO, REHEARSED, NOT_REHEARSED, EXPLAINS})
        + f'<p class="quiet">Evidence: {steps}.</p>'
        f"<details><summary>{escape(known.title)}</summary><dl>{explanation}</dl></details></article>"
    )


def _remedy_parts(finding: Finding, heads: Container[str]) -> str:
    """The lines about the remedy of a finding that have these heads."""
    lines = [f"<b>{part.head}:</b> {escape(part.text)}" for part in parts(finding) if part.head in heads]
    return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


def dnssec(trace: Trace) -> str:
    """The evidence for the chain of trust, step by step."""
    if trace.judgement is None:
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
    reason = f"<p>{escape(harmless(trace.judgement.reason))}</p>" if trace.judgement.reason else ""
    return reason + _table(["Step", "Question", "Status", "Evidence"], rows, "h-dnssec", free=3)


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


def _server_table(table: Columns) -> str:
    heads = [inline(head) for head in table.heads]
    rows = [[inline(cell) for cell in row] for row in table.rows]
    return _table(heads, rows, "h-servers")


def lives_list(lives: Iterable[Life]) -> str:
    """How long a resolver may cache what it would get now."""
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
    return _table(["Name", "Type", "What", "TTL", "Expires"], rows, "h-lives") if rows else ""


def _table(heads: list[str], rows: list[list[str]], label: str, free: int = -1) -> str:
    head = "".join(f'<th scope="col">{word}</th>' for word in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=free' if index == free else ''}>{cell}</td>" for index, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return _scrolled(label, head, body)


def _scrolled(label: str, head: str, body: str) -> str:
    """A table that scrolls on its own if it is too wide, also by keyboard."""
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{label}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )

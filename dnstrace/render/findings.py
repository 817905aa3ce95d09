"""What `--check` found, for the tree: errors first, each with its remedy and who can apply it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome
from dnstrace.model.findings import Level
from dnstrace.render.layout import Node
from dnstrace.render.text import count_text, harmless
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, marked

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.findings import Finding
    from dnstrace.model.report import Report

_STYLES = {Level.ERROR: BAD, Level.WARNING: WARNING, Level.NOTICE: QUIET}


def finding_nodes(report: Report) -> list[Node]:
    """A node for each finding, with its remedy below; a single line if there are no findings."""
    if (findings := report.trace.findings) is None:
        return []
    if not findings:
        return [Node(Text(harmless(nothing_wrong(report)), WARNING if report.reservation else GOOD))]
    return [Node(_finding_line(finding), _remedy_nodes(finding), heading=True) for finding in findings]


def nothing_wrong(report: Report) -> str:
    """That the rules found nothing wrong, with what has to be added to that."""
    but = f", but {report.reservation}" if report.reservation else ""
    return f"{count_text(report.rules, 'rule')} found nothing wrong{but}"


def _finding_line(finding: Finding) -> Text:
    style = _STYLES[finding.level]
    head = Text.assemble((finding.level.value, style), " ", (finding.code, f"{style} {STRONG}"), ": ")
    return marked(style, head.append(harmless(finding.message)))


def _remedy_nodes(finding: Finding) -> list[Node]:
    cure = "; ".join(harmless(text) for text in (finding.cure, finding.who) if text)
    return [*([Node(Text(cure, QUIET))] if cure else []), *_to_publish(finding.records)]


def _to_publish(records: tuple[str, ...]) -> list[Node]:
    return [Node(Text(harmless(record), STRONG), verbatim=True) for record in records]


def verdict_nodes(report: Report) -> list[Node]:
    """The verdict in one sentence, and below it records to publish and a command that shows the fault."""
    trace, found = report.trace, report.verdict
    if found is None:
        return []
    style = WARNING if trace.outcome is not Outcome.FAILED and not _has_error(trace) else BAD
    beneath = [] if trace.findings else _to_publish(found.records)
    if found.reproduce:
        beneath.append(Node(Text(harmless(found.reproduce), QUIET), verbatim=True))
    line = Text.assemble(("verdict", f"{style} {STRONG}"), ": ", harmless(found.text))
    return [Node(marked(style, line), beneath, heading=True)]


def _has_error(trace: Trace) -> bool:
    return is_bogus(trace) or any(finding.is_error for finding in trace.findings or ())

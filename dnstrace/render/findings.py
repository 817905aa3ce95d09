"""What `--check` found, for the tree: errors first, each with its remedy and who can apply it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome
from dnstrace.model.findings import Level
from dnstrace.render.accepted import ACCEPTED, accepted_groups, because
from dnstrace.render.grouped import grouped
from dnstrace.render.layout import Node
from dnstrace.render.remedies import FIX, REHEARSED, Part, parts, parts_of_verdict
from dnstrace.render.text import count_text, harmless
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, marked

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.findings import Finding
    from dnstrace.model.report import Report

_STYLES = {Level.ERROR: BAD, Level.WARNING: WARNING, Level.NOTICE: QUIET}
_PARTS = {FIX: "", REHEARSED: GOOD}


def finding_nodes(report: Report) -> list[Node]:
    """A node for each finding, with its remedy below; a single line if there are no findings."""
    if (findings := report.trace.findings) is None:
        return []
    beyond = [*_accepted_nodes(report.trace), *_unapplied_nodes(report.trace)]
    if not findings:
        style = WARNING if report.reservation else GOOD
        return [Node(Text(harmless(nothing_wrong(report)), style)), *beyond]
    groups = grouped(findings)
    found = [Node(_finding_line(finding), _remedy_nodes(finding), heading=True) for finding in groups]
    return [*found, *beyond]


def _accepted_nodes(trace: Trace) -> list[Node]:
    """A node for each finding that the user accepts, with the reason below."""
    found = []
    for finding, ignore in accepted_groups(trace):
        line = f"{ACCEPTED} {finding.level.value} {finding.code}: {finding.message}"
        why = Node(Text(because(ignore), QUIET))
        found.append(Node(Text(harmless(line), QUIET), [why], heading=True))
    return found


def _unapplied_nodes(trace: Trace) -> list[Node]:
    """A line if there was no time left for some rules."""
    return [Node(Text(text, WARNING)) for text in not_applied(trace)]


def not_applied(trace: Trace) -> list[str]:
    """A sentence on the rules for which there was no time left, if there are any."""
    if not trace.unapplied:
        return []
    count = len(trace.unapplied)
    were = "was" if count == 1 else "were"
    return [f"{count_text(count, 'rule')} {were} not applied: the deadline was reached (--deadline)"]


def nothing_wrong(report: Report) -> str:
    """That the rules found nothing wrong, with what has to be added to that."""
    if report.trace.accepted:
        return f"{count_text(report.rules, 'rule')} found nothing that is not accepted"
    but = f", but {report.reservation}" if report.reservation else ""
    return f"{count_text(report.rules, 'rule')} found nothing wrong{but}"


def _finding_line(finding: Finding) -> Text:
    style = _STYLES[finding.level]
    head = Text.assemble((finding.level.value, style), " ", (finding.code, f"{style} {STRONG}"), ": ")
    return marked(style, head.append(harmless(finding.message)))


def _remedy_nodes(finding: Finding) -> list[Node]:
    return _part_nodes(parts(finding), finding.records)


def _part_nodes(found: list[Part], records: tuple[str, ...]) -> list[Node]:
    """The lines about a remedy, its records below the line that says what to do with them."""
    lines = [
        (part.head, Node(Text.assemble((f"{part.head}: ", QUIET), (part.text, _PARTS.get(part.head, QUIET)))))
        for part in found
    ]
    first = [node for head, node in lines if head == FIX]
    return [*first, *_to_publish(records), *(node for head, node in lines if head != FIX)]


def _to_publish(records: tuple[str, ...]) -> list[Node]:
    return [Node(Text(harmless(record), STRONG), verbatim=True) for record in records]


def verdict_nodes(report: Report) -> list[Node]:
    """The verdict in one sentence, and below it records to publish and a command that shows the fault."""
    trace, found = report.trace, report.verdict
    if found is None:
        return []
    style = WARNING if trace.outcome is not Outcome.FAILED and not _has_error(trace) else BAD
    beneath = [] if trace.findings else _part_nodes(parts_of_verdict(found), found.records)
    if len(trace.findings or ()) > 1:
        beneath += [Node(Text(harmless(line))) for line in found.summary]
    commands = found.reproduce.split("\n") if found.reproduce else []
    beneath += [Node(Text(harmless(command), QUIET), verbatim=True) for command in commands]
    line = Text.assemble(("verdict", f"{style} {STRONG}"), ": ", harmless(found.text))
    return [Node(marked(style, line), beneath, heading=True)]


def _has_error(trace: Trace) -> bool:
    return is_bogus(trace) or any(finding.is_error for finding in trace.findings or ())

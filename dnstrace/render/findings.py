"""What `--check` found, for the tree: errors first, each with the remedy and who acts, then the verdict.

The finding that the verdict states stands there, and not among the others.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.reached import ended_well, is_bogus
from dnstrace.model import Outcome
from dnstrace.model.findings import Blame, Level, who_acts
from dnstrace.render.accepted import ACCEPTED, accepted_groups, because
from dnstrace.render.grouped import addresses_of, grouped, groups
from dnstrace.render.layout import Node
from dnstrace.render.remedies import FIX, REHEARSED, WHO, Part, explained_by, parts, parts_of_verdict
from dnstrace.render.text import count_text, harmless
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, marked, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dnstrace.model import Trace
    from dnstrace.model.findings import Finding, Verdict
    from dnstrace.model.report import Report

_STYLES = {Level.ERROR: BAD, Level.WARNING: WARNING, Level.NOTICE: QUIET}
_NEXT, _UNTRIED = "next", "trace with --check: it asks all servers, and tries a fix where it can"
_MOST, _BEGINNING = 16, 8  # records to publish that are all shown, and of more than that the first
_PARTS = {FIX: "", WHO: "", REHEARSED: "", _NEXT: ""}


def finding_nodes(report: Report, verbose: bool = False) -> list[Node]:
    """A node for each finding, with its remedy below; a single line if there are no findings.

    What the verdict says is left out unless `verbose`: there it has its remedy too.
    """
    if (findings := report.trace.findings) is None:
        return []
    beyond = [*_accepted_nodes(report.trace), *_unapplied_nodes(report.trace)]
    if report.unshown:
        beyond.append(Node(Text(report.unshown, QUIET)))
    if not findings and report.unshown:
        return beyond
    if not findings:
        style = GOOD if ended_well(report) and not report.reservation else ""
        return [Node(Text(harmless(nothing_wrong(report)), style)), *beyond]
    addresses = addresses_of(report.trace)
    said = () if verbose else _claims(report)
    shown = [group for group in groups(findings, addresses) if not any(each in said for each in group)]
    found = [finding for group in shown for finding in grouped(group, addresses)]
    how = _remedy_nodes if verbose else partial(brief_remedy_nodes, said=said)
    return [*(Node(finding_line(each), how(each), heading=True) for each in found), *beyond]


def _claims(report: Report) -> tuple[Finding, ...]:
    """The findings that the verdict states."""
    return () if report.verdict is None else report.verdict.claims


def _accepted_nodes(trace: Trace) -> list[Node]:
    """A node for each finding that the user accepts, with the reason below."""
    found = []
    for finding, ignore in accepted_groups(trace):
        line = f"{ACCEPTED} {finding.level.value} {finding.code}: {finding.message}"
        why = Node(Text(because(ignore), QUIET))
        found.append(Node(Text(harmless(line), QUIET), [why], heading=True))
    return found


def _unapplied_nodes(trace: Trace) -> list[Node]:
    """A line if a limit kept some rules from being applied."""
    return [Node(Text(text, WARNING)) for text in not_applied(trace)]


def not_applied(trace: Trace) -> list[str]:
    """A sentence on the rules that a limit kept from being applied, if there are any."""
    if not trace.unapplied:
        return []
    count = len(trace.unapplied)
    were = "was" if count == 1 else "were"
    if trace.cut_short:
        return [f"{count_text(count, 'rule')} {were} not applied to every zone: {trace.cut_short}"]
    if any(step.lacks_replies for step in trace.steps):
        return [f"{count_text(count, 'rule')} {were} not applied to every zone: the record lacks replies"]
    return [f"{count_text(count, 'rule')} {were} not applied: the deadline was reached (--deadline)"]


def nothing_wrong(report: Report) -> str:
    """That the rules found nothing wrong, with what has to be added to that."""
    if report.trace.accepted:
        return f"{count_text(report.rules, 'rule')} found nothing wrong beyond what is accepted"
    but = f", but {report.reservation}" if report.reservation else ""
    return f"{count_text(report.rules, 'rule')} found nothing wrong{but}"


def finding_line(finding: Finding, seen: str = "") -> Text:
    """A finding on one line: its level, its code, the places that have `seen` it if there are several."""
    style = _STYLES[finding.level]
    code = finding.code, f"{style} {STRONG}"
    head = Text.assemble((finding.level.value, style), " ", code, f" {seen}: " if seen else ": ")
    return marked(style, head.append(harmless(finding.message)))


def _remedy_nodes(finding: Finding, whole: bool = True) -> list[Node]:
    return _part_nodes(parts(finding), finding.records, whole)


def _part_nodes(found: list[Part], records: tuple[str, ...], whole: bool) -> list[Node]:
    """The lines about a remedy, its records below the line that says what to do with them."""
    lines = [(part.head, _part_node(part.head, part.text)) for part in found]
    first = [node for head, node in lines if head == FIX]
    return [*first, *_to_publish(records, whole), *(node for head, node in lines if head != FIX)]


def brief_remedy_nodes(finding: Finding, said: Sequence[Finding] = ()) -> list[Node]:
    """The fix and who can apply it, without how it was tried; nothing for a notice whose fix was not tried.

    What a rehearsal led to holds for all the changes that it made: those of notices have to be seen too. What
    the verdict has `said` is not said again: a finding that its cause explains has no fix of its own, since
    that of the cause comes first, and the same records to publish stand there.
    """
    if finding.is_notice and not finding.rehearsed:
        return []
    if (part := explained_by(finding, said)) is not None:
        return [_part_node(part.head, part.text)]
    found = {part.head: part.text for part in parts(finding)}
    fix, tried = found.get(FIX, ""), "" if finding.rehearsed else f", not {REHEARSED}"
    return [
        *([_part_node(f"{FIX}{tried}", fix)] if fix else []),
        *(
            ()
            if any(finding.records == cause.records for cause in said)
            else _to_publish(finding.records, False)
        ),
        *([_part_node(WHO, found[WHO])] if WHO in found else []),
    ]


def _part_node(head: str, text: str) -> Node:
    return Node(Text.assemble((f"{head}: ", QUIET), (harmless(text), _PARTS.get(head, QUIET))))


def _to_publish(records: tuple[str, ...], whole: bool) -> list[Node]:
    """The records, one a line; unless `whole`, of very many only the first."""
    shown = records if whole or len(records) <= _MOST else records[:_BEGINNING]
    nodes = [Node(Text(harmless(record), STRONG), verbatim=True) for record in shown]
    if left_out := len(records) - len(shown):
        nodes.append(Node(Text(f"... and {count_text(left_out, 'more record')}: -v shows them all", WARNING)))
    return nodes


def verdict_nodes(report: Report, whole: bool = True) -> list[Node]:
    """The verdict in one sentence; below it the fix, who can apply it, and how to see and read more.

    That is all findings by code, a dig command for each claim, and the command that explains the finding.
    Unless `whole`, of very many records to publish only the first are shown.
    """
    trace, found = report.trace, report.verdict
    if found is None:
        return []
    style = WARNING if trace.outcome is not Outcome.FAILED and not _has_error(trace) else BAD
    beneath = [*_fix_nodes(report, found, whole), *(Node(Text(harmless(line))) for line in found.summary)]
    commands = found.reproduce.split("\n") if found.reproduce else []
    commands += [f"dnstrace --explain {found.claims[0].code}"] if found.claims else []
    beneath += [Node(Text(harmless(command), QUIET), verbatim=True) for command in commands]
    line = Text.assemble(("verdict", f"{style} {STRONG}"), ": ", harmless(found.text))
    return [Node(tag(marked(style, line), found.steps), beneath, heading=True)]


def _fix_nodes(report: Report, found: Verdict, whole: bool) -> list[Node]:
    """The remedy of the cause; without a check, only one with records, or one for the user to apply."""
    if report.trace.findings is None:
        who = found.claims[0].actor if found.claims else who_acts(found.blame, found.operator)
        lines = parts_of_verdict(found)
        if not lines and found.claims and found.claims[0].cure:
            cause = found.claims[0]
            lines = [Part(FIX, cause.cure) if cause.blame is Blame.NOBODY else Part(_NEXT, _UNTRIED)]
        return _part_nodes([*lines, *([Part(WHO, who)] if who else [])], found.records, whole)
    addresses = addresses_of(report.trace)
    for group in groups(report.trace.findings, addresses):
        if found.claims and found.claims[0] in group:
            return _remedy_nodes(grouped(group, addresses)[0], whole)
    return []


def _has_error(trace: Trace) -> bool:
    return is_bogus(trace) or any(finding.is_error for finding in trace.findings or ())

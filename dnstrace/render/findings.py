"""What `--check` found, for the tree: errors first, each with its remedy and who can apply it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome
from dnstrace.render.layout import Node
from dnstrace.render.text import count_text, harmless, time_text
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, marked

if TYPE_CHECKING:
    from dnstrace.checks import Finding
    from dnstrace.model import Step, Trace

_STYLES = {"error": BAD, "warning": WARNING, "notice": QUIET}
_RESPONSIBLE = {
    "registrar": "to be fixed through the registrar",
    "parent": "to be fixed by the operator of the parent zone",
    "host": "to be fixed by the operator of the zone",
    "network": "to be fixed by the operator of this network",
    "nobody": "",
}


def finding_nodes(trace: Trace) -> list[Node]:
    """A node for each finding, with its remedy below; a single line if there are no findings."""
    if trace.findings is None:
        return []
    if not trace.findings:
        from dnstrace.checks import CATALOGUE

        return [Node(Text(f"{count_text(len(CATALOGUE), 'rule')} found nothing wrong", GOOD))]
    return [Node(_finding_line(finding), _remedy_nodes(finding), heading=True) for finding in trace.findings]


def _finding_line(finding: Finding) -> Text:
    style = _STYLES[finding.level.value]
    head = Text.assemble((finding.level.value, style), " ", (finding.code, f"{style} {STRONG}"), ": ")
    return marked(style, head.append(harmless(finding.message)))


def _remedy_nodes(finding: Finding) -> list[Node]:
    responsible = _RESPONSIBLE[finding.blame.value]
    cure = "; ".join(harmless(text) for text in (finding.cure, responsible) if text)
    return [*([Node(Text(cure, QUIET))] if cure else []), *_to_publish(finding.records)]


def _to_publish(records: tuple[str, ...]) -> list[Node]:
    return [Node(Text(harmless(record), STRONG), verbatim=True) for record in records]


def verdict_nodes(trace: Trace) -> list[Node]:
    """The verdict in one sentence, and below it records to publish and a command that shows the fault."""
    from dnstrace.checks.verdict import verdict

    found = verdict(trace)
    if found is None:
        return []
    style = WARNING if trace.outcome is not Outcome.FAILED and not _has_error(trace) else BAD
    beneath = [] if trace.findings else _to_publish(found.records)
    if found.reproduce:
        beneath.append(Node(Text(harmless(found.reproduce), QUIET), verbatim=True))
    line = Text.assemble(("verdict", f"{style} {STRONG}"), ": ", harmless(found.text))
    return [Node(marked(style, line), beneath, heading=True)]


def _has_error(trace: Trace) -> bool:
    return is_bogus(trace) or any(finding.level.value == "error" for finding in trace.findings or ())


def probed_line(steps: list[Step]) -> Text:
    """The probes of a zone in one line: number of questions, number of queries, duration."""
    attempts = [attempt for step in steps for attempt in step.attempts]
    probing = any(step.outcome is None for step in steps)
    begin = min((a.exchange.start for a in attempts), default=0.0)
    end = max((a.exchange.start + a.exchange.elapsed for a in attempts), default=begin)
    addresses = {attempt.exchange.query.address for attempt in attempts}
    cost = f"{count_text(len(attempts), 'query', 'queries')}, {time_text(end - begin)}"
    asked = f"{count_text(len(steps), 'question')} to {count_text(len(addresses), 'address', 'addresses')}"
    return Text(f"{'probing' if probing else 'probed'}: {asked}, {cost}", QUIET)

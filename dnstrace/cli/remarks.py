"""What goes to stderr if only the answer goes to stdout: why there is none, and what else is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.report import Report


def remarks(report: Report) -> Iterator[str]:
    """A line for each problem that the short form does not show."""
    trace, verdict = report.trace, "" if report.verdict is None else report.verdict.text
    if why := "interrupted" if trace.interrupted else verdict or trace.error:
        yield why
    for finding in trace.findings or ():
        if not finding.is_notice and finding.message not in verdict:
            yield f"{finding.level.value} {finding.code}: {finding.message}"
    yield from _unmet_expectations(trace)
    yield from _differing_resolvers(report)


def _unmet_expectations(trace: Trace) -> Iterator[str]:
    """The expectations that are not met."""
    for met in trace.expectations or ():
        if not met.met:
            from dnstrace.render.expected import unmet_texts

            yield from (f"expected {text}" for text in unmet_texts(met))


def _differing_resolvers(report: Report) -> Iterator[str]:
    """The resolvers that differ from the walk."""
    if not report.resolvers:
        return
    from dnstrace.model.compared import Disagreement
    from dnstrace.render.resolver_words import reason_text, resolver_text

    for found in report.resolvers:
        if found.attempt is not None and found.difference not in (None, Disagreement.SAME):
            yield f"{resolver_text(found.attempt.exchange.query)}: {reason_text(found)}"

"""What goes to stderr where only the answer goes to stdout: why there is none, and what else is not well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dnstrace.analysis.reached import went_wrong
from dnstrace.model import Purpose

if TYPE_CHECKING:
    from dnstrace.model import Trace


def remarks(trace: Trace) -> Iterator[str]:
    """A line for each thing that the short form of `trace` does not say."""
    verdict = _verdict(trace)
    if why := "interrupted" if trace.interrupted else verdict or trace.error:
        yield why
    for finding in trace.findings or ():
        if finding.level.value != "notice" and finding.message not in verdict:
            yield f"{finding.level.value} {finding.code}: {finding.message}"
    yield from _unmet(trace)
    yield from _differing(trace)


def _verdict(trace: Trace) -> str:
    if not went_wrong(trace):
        return ""
    from dnstrace.checks.verdict import verdict

    found = verdict(trace)
    return "" if found is None else found.text


def _unmet(trace: Trace) -> Iterator[str]:
    """What is not as expected."""
    for met in trace.expectations or ():
        if not met.met:
            from dnstrace.render.expected import expected_text, instead_text

            yield f"expected {expected_text(met)}, {instead_text(met)}"


def _differing(trace: Trace) -> Iterator[str]:
    """Which resolvers differ."""
    if not any(step.purpose is Purpose.PROBE for step in trace.steps):
        return
    from dnstrace.analysis.resolvers import Disagreement, compared
    from dnstrace.render.resolver_words import reason_text, resolver_text

    for found in compared(trace):
        if found.attempt is not None and found.difference not in (None, Disagreement.SAME):
            yield f"{resolver_text(found.attempt.exchange.query)}: {reason_text(found)}"

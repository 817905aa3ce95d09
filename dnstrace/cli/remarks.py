"""What goes to stderr: what is wrong, if only the answer goes to stdout, and what else could be typed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import dns.flags
import dns.rcode

from dnstrace.model import ROOT

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
    yield from _missing_page(trace)
    yield from _unmet_expectations(trace)
    yield from _differing_resolvers(report)


def _missing_page(trace: Trace) -> Iterator[str]:
    """Which addresses did not serve the page, and what each did instead."""
    found = trace.fetched
    if found is None or (found.served and all(visit.served for visit in found.visits)):
        return
    from dnstrace.render.fetched import unserved_text
    from dnstrace.render.text import harmless

    failed = (visit for visit in found.visits if not visit.served)
    said = "; ".join(f"{each.address}: {each.fault or f'status {each.status}'}" for each in failed)
    yield harmless(f"{unserved_text(found, found.request.url)}: {said or 'none is known'}")


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
    if len(report.resolvers) > 1:
        from dnstrace.render.resolver_closing import closing_text

        if text := closing_text(report.resolvers, report.replayed):
            yield text


def of_resolvers(trace: Trace) -> Iterator[str]:
    """What to type instead where a server that was asked as a resolver is a name server of a zone."""
    asked = (step for step in trace.steps if not step.at_resolver)
    walked = {attempt.address for step in asked for attempt in step.attempts}
    for step in trace.steps:
        for attempt in step.attempts[-1:] if step.asks_resolver else ():
            address, message = attempt.address, attempt.exchange.message
            if message is None or message.flags & dns.flags.RA:
                continue
            if message.flags & dns.flags.AA or (message.rcode() == dns.rcode.REFUSED and address in walked):
                yield (
                    f"{address} offers no recursion: it is a name server of a zone, not a resolver; to ask it"
                    f" alone, type @{address} in place of --resolver {address}"
                )


def of_dropped(trace: Trace, dead: Collection[str]) -> Iterator[str]:
    """That dropping servers changed nothing, since none of them was asked."""
    asked = {each.address for step in trace.steps for each in step.attempts}
    if dead and asked.isdisjoint(dead):
        yield "--drop changed nothing: this trace asked none of these servers; with -a, it asks all of them"


def of_start(trace: Trace) -> str:
    """What to type instead, if the server that the user started from replies as a resolver does; or empty.

    A resolver refuses a query without RD, or answers it from its cache and offers recursion (RA).
    """
    for step in trace.steps:
        for attempt in step.attempts if step.main and step.zone == ROOT else ():
            address, message = attempt.address, attempt.exchange.message
            if message is None:
                continue
            refused = message.rcode() == dns.rcode.REFUSED
            if refused or (message.flags & dns.flags.RA and not message.flags & dns.flags.AA):
                how = "refuses the query" if refused else "offers recursion (RA), as resolvers do"
                return (
                    f"{address} {how}: @{address} is a name server to start from, asked without recursion; "
                    f"to see what a resolver answers, type --resolver {address} in its place"
                )
    return ""

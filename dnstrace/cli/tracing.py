"""Trace each question, save the trace if asked to, and print it."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from dnstrace import api
from dnstrace.cli.expecting import check_expected, expected_of
from dnstrace.cli.exporting import check_exports, export
from dnstrace.cli.line.forms import ALL_LEVELS, FORMATS, Output
from dnstrace.cli.output import FORMS
from dnstrace.cli.planning import planned, taken_up
from dnstrace.cli.progress import Progress
from dnstrace.cli.saving import recorded, save
from dnstrace.cli.status import status
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.planning import Planned
    from dnstrace.model import Question, Trace
    from dnstrace.model.report import Report


def trace_all(chosen: Choices, environment: Environment) -> int:
    """Trace and print one question after the other, and return the exit status. Raises Usage."""
    plan = recorded(planned(chosen), chosen, environment)
    if chosen.settings.probe:
        from dnstrace.model.record_hashes import hash_records_once

        hash_records_once()
    if environment.first is not None:
        plan = taken_up(plan, environment.first)
    if chosen.http:
        from dnstrace.cli.fetching import requests

        requests(chosen)
    check_exports(chosen, len(plan.questions), environment)
    check_expected(plan.questions, chosen.expected)
    if len(plan.questions) > 1:
        gc.enable()  # `cli.main` starts without it
    ended: list[Report] = []
    try:
        _trace_each(plan, chosen, environment, ended)
    finally:
        reported = _report_on(ended, chosen, environment)
    if chosen.policy.ignores:
        from dnstrace.cli.accepting import together, unheeded

        for remark in unheeded(together(report.trace.ignores for report in ended)):
            environment.remark(remark)
    return status((report.trace for report in ended), chosen.policy) if reported is None else reported


def _trace_each(plan: Planned, chosen: Choices, environment: Environment, ended: list[Report]) -> None:
    """Trace and print one question after the other; the reports are added to those that have ended."""
    progress = Progress(chosen, environment)
    for question in plan.questions:
        trace = expected_of(_trace_question(question, plan, progress), chosen.expected)
        if plan.dead:
            from dnstrace.analysis.dropping import with_dropped

            trace = with_dropped(trace, plan.dead)
        if chosen.http:
            from dnstrace.cli.fetching import fetched

            trace = fetched(trace, chosen)
        elif chosen.record is not None and chosen.record.fetched is not None:
            from dnstrace.cli.replaying import with_page

            trace = with_page(trace, chosen.record)
        if chosen.policy.ignores:
            from dnstrace.cli.accepting import accepted_of

            trace = accepted_of(trace, chosen.policy)
        ended.append(replace(api.report(trace), called=chosen.called, replayed=chosen.record is not None))
        _save_and_print(ended[-1], plan, chosen, environment)
        if trace.interrupted:
            break


def _report_on(ended: list[Report], chosen: Choices, environment: Environment) -> int | None:
    """Print one document about all of them if the user asked for one; the status if it has one of its own."""
    if chosen.shown.output not in FORMATS or not ended:
        return None
    from dnstrace.cli.reporting import report_on
    from dnstrace.render.formats.entries import entry

    alone = len(ended) == 1
    return report_on([entry(report, chosen.policy, alone) for report in ended], chosen, environment.write)


def _save_and_print(report: Report, plan: Planned, chosen: Choices, environment: Environment) -> None:
    """Save and export a trace if the user asked for it, and print it even if that fails."""
    seen = _seen(report, chosen)
    try:
        save(report, plan, chosen)
        export(seen, chosen.files)
    finally:
        if (form := FORMS.get(chosen.shown.output)) is not None:
            environment.write(form(seen, chosen.shown, environment))
    if chosen.shown.output is Output.SHORT or report.resolvers or chosen.server is not None or plan.dead:
        _remark_on(report, seen, plan, chosen, environment)


def _remark_on(
    report: Report, seen: Report, plan: Planned, chosen: Choices, environment: Environment
) -> None:
    from dnstrace.cli.remarks import of_dropped, of_resolvers, of_start, remarks

    if chosen.shown.output is Output.SHORT:
        for remark in remarks(seen):
            environment.remark(f"{report.trace.question}: {remark}")
    for hint in of_resolvers(report.trace) if report.resolvers else ():
        environment.remark(hint)
    for hint in of_dropped(report.trace, plan.dead):
        environment.remark(hint)
    if chosen.server is not None and (hint := of_start(report.trace)):
        environment.remark(hint)


def _seen(report: Report, chosen: Choices) -> Report:
    """What the user wants to see of a report."""
    if chosen.shown.level == ALL_LEVELS:
        return report
    from dnstrace.render.narrowed import narrowed

    return narrowed(report, chosen.shown.level)


def _trace_question(question: Question, plan: Planned, progress: Progress) -> Trace:
    """Trace one question, with its progress on the terminal."""
    with progress:
        return trace_until_stopped(question, plan, progress.update)


def trace_until_stopped(
    question: Question, plan: Planned, look: Callable[[Trace], None] = lambda snapshot: None
) -> Trace:
    """Trace one question, or return what was found so far if the user stops it; `look` gets each snapshot."""
    latest: list[Trace] = []

    def update(snapshot: Trace) -> None:
        latest[:] = [snapshot]
        look(snapshot)

    try:
        return api.trace(
            question.name, question.rdtype, tracing=plan.tracing, network=plan.network, on_change=update
        )
    except KeyboardInterrupt:
        if not latest:
            raise
        return replace(latest[0], interrupted=True)

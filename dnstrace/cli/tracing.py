"""Trace each question, save the trace if asked to, and print it."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING

from dnstrace import api
from dnstrace.cli.expecting import check_expected, expected_of
from dnstrace.cli.exporting import check_exports, export
from dnstrace.cli.line.options import Output
from dnstrace.cli.output import FORMS
from dnstrace.cli.planning import planned
from dnstrace.cli.progress import Progress
from dnstrace.cli.remarks import of_start, remarks
from dnstrace.cli.saving import recorded, save
from dnstrace.cli.status import status

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.planning import Planned
    from dnstrace.model import Question, Trace


def trace_all(chosen: Choices, environment: Environment) -> int:
    """Trace and print one question after the other, and return the exit status. Raises Usage."""
    plan = recorded(planned(chosen), chosen, environment)
    if chosen.http:
        from dnstrace.cli.fetching import requests

        requests(chosen)
    check_exports(chosen, len(plan.questions), environment)
    check_expected(plan.questions, chosen.expected)
    progress = Progress(chosen, environment)
    if len(plan.questions) > 1:
        gc.enable()  # `cli.main` starts without it
    ended: list[Trace] = []
    for question in plan.questions:
        trace = expected_of(_trace_question(question, plan, progress), chosen.expected)
        if chosen.http:
            from dnstrace.cli.fetching import fetched

            trace = fetched(trace, chosen)
        _save_and_print(trace, plan, chosen, environment)
        ended.append(trace)
        if trace.interrupted:
            break
    return status(ended)


def _save_and_print(trace: Trace, plan: Planned, chosen: Choices, environment: Environment) -> None:
    """Save and export a trace if the user asked for it, and print it even if that fails."""
    report = api.report(trace)
    try:
        save(report, plan, chosen)
        export(report, chosen.files)
    finally:
        environment.write(FORMS[chosen.shown.output](report, chosen.shown, environment))
    if chosen.shown.output is Output.SHORT:
        for remark in remarks(report):
            environment.remark(f"{trace.question}: {remark}")
    if chosen.server is not None and (hint := of_start(trace)):
        environment.remark(hint)


def _trace_question(question: Question, plan: Planned, progress: Progress) -> Trace:
    """Trace one question, or return what was found so far if the user stops it."""
    with progress:
        try:
            return api.trace(
                question.name,
                question.rdtype,
                tracing=plan.tracing,
                network=plan.network,
                on_change=progress.update,
            )
        except KeyboardInterrupt:
            if progress.latest is None:
                raise
            return replace(progress.latest, interrupted=True)

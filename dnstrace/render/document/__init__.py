"""A trace as JSON: version 1 of the document, written field by field.

`data/dnstrace-1.schema.json` describes it. Names are absolute and in A-label form, RDATA is in presentation
format, times are milliseconds or ISO 8601 UTC, TTLs are seconds. Nothing here imports rich, which would only
delay programs that read JSON.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from dnstrace import __version__
from dnstrace.analysis.reached import delegation_reached, ended_unheard
from dnstrace.render.document.judged import (
    accepted_of,
    error_of,
    fetched_of,
    finding_of,
    ignored_of,
    life_of,
    met_of,
    reason_of,
    reconciled_of,
    resolver_of,
    share_of,
    verdict_of,
)
from dnstrace.render.document.steps import step_of
from dnstrace.render.document.values import (
    iso,
    leg_of,
    question_of,
    rcode_of,
    referral_of,
    rrsets_of,
    stats_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dnstrace.model.documents import Document
    from dnstrace.model.report import Report
    from dnstrace.model.taken import Encrypted

SCHEMA = "dnstrace/1"
_ON_ONE_LINE = json.JSONEncoder(allow_nan=False)
_SCHEMA_FILE = "dnstrace-1.schema.json"


def to_json(
    report: Report,
    *,
    verbose: bool = False,
    explain: bool = False,
    brief: bool = False,
    indent: int | None = None,
) -> str:
    """The document as ASCII text without a final line end: on one line, or indented by `indent` spaces.

    `verbose` adds the records of every reply, `explain` a sentence about each step; `brief` is without steps.
    """
    if brief or indent is not None:
        whole = _brief(report) if brief else document(report, verbose=verbose, explain=explain)
        encoder = _ON_ONE_LINE if indent is None else json.JSONEncoder(allow_nan=False, indent=indent)
        return encoder.encode(whole)
    sentences = _explained(report) if explain else {}
    return _on_one_line()(report, lambda: _without_steps(report), verbose, sentences)


@cache
def _on_one_line() -> Callable[..., str]:
    from dnstrace.render.document.lines import on_one_line

    return on_one_line


def _brief(report: Report) -> Document:
    from dnstrace.render.document.brief import brief

    return brief(report)


def schema() -> str:
    """The JSON Schema (draft 2020-12) of the document, as text."""
    from dnstrace import data

    return data.text(_SCHEMA_FILE)


def document(report: Report, *, verbose: bool = False, explain: bool = False) -> Document:
    """The report as JSON values; `verbose` adds the records of every reply, `explain` a sentence per step."""
    trace = report.trace
    sentences = _explained(report) if explain else {}
    judged = {} if trace.judgement is None else trace.judgement.steps
    steps = [step_of(step, verbose, judged.get(step.id), sentences.get(step.id)) for step in trace.steps]
    return {**_without_steps(report), "steps": steps}


def _without_steps(report: Report) -> Document:
    """The document with no steps in their place."""
    trace = report.trace
    cut = delegation_reached(trace)
    return {
        "schema": SCHEMA,
        "version": __version__,
        "question": question_of(trace.question),
        "started": iso(trace.started, "milliseconds"),
        "seed": trace.seed,
        "interrupted": trace.interrupted,
        "outcome": trace.outcome,
        "rcode": rcode_of(trace.rcode),
        "security": None if trace.judgement is None else trace.judgement.security.value,
        "reason": reason_of(report),
        "answer": rrsets_of(trace.answer),
        "delegation": None if cut is None else referral_of(cut),
        "not_asked": [
            {"family": family, "why": why.written} for family, why in sorted(trace.unasked.items())
        ],
        "supposed": [referral_of(supposed) for supposed in trace.supposed],
        "verdict": None if report.verdict is None else verdict_of(report.verdict),
        "steps": [],
        "findings": [finding_of(finding) for finding in trace.findings or ()],
        "accepted": [accepted_of(each) for each in trace.accepted],
        "ignores": [ignored_of(each) for each in trace.ignores],
        "not_applied": list(trace.unapplied),
        "reconciliation": None
        if trace.findings is None
        else [reconciled_of(zone) for zone in report.reconciliation],
        "lives": [life_of(life) for life in report.lives],
        "expectations": None if trace.expectations is None else [met_of(met) for met in trace.expectations],
        "resolvers": [resolver_of(each) for each in report.resolvers] or None,
        "paths": [share_of(share) for share in report.shares] or None,
        "journey": _journey_of(report),
        "http": None if trace.fetched is None else fetched_of(trace.fetched),
        "adot": None if trace.encrypted is None else _encrypted_of(trace.encrypted),
        "stats": stats_of(trace.stats),
        "error": error_of(report),
        "unheard": ended_unheard(trace),
        "record": None,
    }


def _explained(report: Report) -> dict[int, str]:
    """A sentence for each step, by step id."""
    from dnstrace.render.story import Story

    story = Story(report)
    sentences = {step.id: (story.of_lookup(step), story.of(step)) for step in report.trace.steps}
    return {number: " ".join(filter(None, each)) for number, each in sentences.items()}


def _encrypted_of(found: Iterable[Encrypted]) -> list[Document]:
    from dnstrace.render.document.encrypted import encrypted_of

    return [encrypted_of(each) for each in found]


def _journey_of(report: Report) -> list[Document]:
    from dnstrace.render.story import Story

    return [leg_of(*each) for each in Story(report).legs()]

"""The short form of a document, about 1 kB: the result of a trace without its steps and their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace import __version__
from dnstrace.analysis.reached import ended_unheard
from dnstrace.render.document.cut import zones_of
from dnstrace.render.document.judged import error_of, ignore_of, met_of
from dnstrace.render.document.values import iso, ms, question_of, rcode_of, rrsets_of
from dnstrace.render.text import harmless, name_text

if TYPE_CHECKING:
    from dnstrace.model.asked import Name
    from dnstrace.model.documents import Document
    from dnstrace.model.findings import Finding, Verdict
    from dnstrace.model.report import Report

SCHEMA = "dnstrace-brief/1"


def brief(report: Report) -> Document:
    """The report in short, as JSON values; a key has the same value as in the whole document."""
    trace = report.trace
    checked = trace.findings is not None  # otherwise names of a run begin at cuts that others have found
    unsigned = (rrset for rrset in trace.answer if rrset.rdtype != dns.rdatatype.RRSIG)
    return {
        "schema": SCHEMA,
        "version": __version__,
        "question": question_of(trace.question),
        "started": iso(trace.started, "milliseconds"),
        "interrupted": trace.interrupted,
        "outcome": None if trace.outcome is None else trace.outcome.value,
        "rcode": rcode_of(trace.rcode),
        "security": None if trace.judgement is None else trace.judgement.security.value,
        "answer": rrsets_of(unsigned),
        "verdict": None if report.verdict is None else _verdict_of(report.verdict),
        "findings": [_finding_of(finding) for finding in trace.findings or ()],
        "accepted": [
            {"finding": _finding_of(each.finding), **ignore_of(each.ignore)} for each in trace.accepted
        ],
        "expectations": None if trace.expectations is None else [met_of(met) for met in trace.expectations],
        "queries": trace.stats.queries,
        "duration_ms": ms(trace.stats.duration),
        "error": error_of(report),
        "unheard": ended_unheard(trace),
        **({"cuts": zones_of(trace)} if checked else {}),
    }


def _verdict_of(found: Verdict) -> Document:
    return {
        "text": harmless(found.text),
        "blame": found.blame.value,
        "zone": _name_of(found.zone),
        "operator": _name_of(found.operator),
        "server": _name_of(found.server),
    }


def _finding_of(finding: Finding) -> Document:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "zone": _name_of(finding.zone),
        "server": _name_of(finding.server),
        "message": harmless(finding.message),
    }


def _name_of(name: Name | None) -> str | None:
    return None if name is None else name_text(name)

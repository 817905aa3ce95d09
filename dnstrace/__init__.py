"""Trace how a DNS name is resolved, from the root servers down.

>>> from dnstrace import trace
>>> found = trace("www.example.com", lab="textbook")  # without `lab`, over the network
>>> found.outcome
<Outcome.ANSWER: 'answer'>

Public are the names of `__all__` here, `dnstrace.model` (the values of a trace), `dnstrace.record` (traces in
files), `dnstrace.testing` (worlds for tests) and `dnstrace.cli.app`, a Typer application. Everything else is
internal and may change.

Nothing is imported until it is used, so that `dnstrace --version` costs no DNS import.
"""

from __future__ import annotations

__version__ = "1.0.0"

TYPE_CHECKING = False  # that of `typing` is not imported before the first query
if TYPE_CHECKING:
    from dnstrace.api import report, trace, trace_async
    from dnstrace.bulk import trace_many
    from dnstrace.dnssec.anchors import read_anchors
    from dnstrace.model import Attempt, Outcome, Question, Settings, Step, Trace
    from dnstrace.model.asked import Resolver
    from dnstrace.model.findings import Finding, Level, Verdict
    from dnstrace.model.limits import Limits
    from dnstrace.model.report import Report
    from dnstrace.model.security import Security
    from dnstrace.model.tracing import Tracing
    from dnstrace.walk.roots import read_hints

__all__ = [
    "Attempt",
    "Finding",
    "Level",
    "Limits",
    "Outcome",
    "Question",
    "Report",
    "Resolver",
    "Security",
    "Settings",
    "Step",
    "Trace",
    "Tracing",
    "Verdict",
    "__version__",
    "read_anchors",
    "read_hints",
    "report",
    "to_json",
    "trace",
    "trace_async",
    "trace_many",
]

_HOME = {
    "Attempt": "model",
    "Finding": "model.findings",
    "Level": "model.findings",
    "Limits": "model.limits",
    "Outcome": "model",
    "Question": "model",
    "Report": "model.report",
    "Resolver": "model.asked",
    "Security": "model.security",
    "Settings": "model",
    "Step": "model",
    "Trace": "model",
    "Tracing": "model.tracing",
    "Verdict": "model.findings",
    "read_anchors": "dnssec.anchors",
    "read_hints": "walk.roots",
    "report": "api",
    "trace": "api",
    "trace_async": "api",
    "trace_many": "bulk",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'dnstrace' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dnstrace.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__


def to_json(found: Trace | Report, *, verbose: bool = False, indent: int | None = None) -> str:
    """A trace as JSON, as `dnstrace --json` prints it: on one line, or indented by `indent` spaces.

    `verbose` adds the records of every reply. A Trace is judged first, as `report` does.
    """
    from importlib import import_module

    api, document = import_module("dnstrace.api"), import_module("dnstrace.render.document")
    judged = found if hasattr(found, "trace") else api.report(found)
    text: str = document.to_json(judged, verbose=verbose, indent=indent)
    return text

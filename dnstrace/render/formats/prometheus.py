"""The text format of Prometheus (version 0.0.4), for the textfile collector of its node exporter.

Each metric has the labels `name` and `type` of the question. Without timestamps, which that collector
refuses. A question that is there twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dnstrace import __version__
from dnstrace.model.findings import Level
from dnstrace.render.formats.entries import Entry

_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class _Sample(NamedTuple):
    """A value of a metric; `labels` go in addition to those of the question."""

    metric: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


_METRICS = {
    "info": "The version of dnstrace.",
    "success": "1 if nothing was found for which dnstrace fails, otherwise 0.",
    "outcome": "How the trace ended, as the label outcome says.",
    "security": "The security status (RFC 4035 section 4.3), as the label security says.",
    "problem": "Something that is not as it should be; how many times, where that is possible.",
    "findings": "Findings of --check that are not accepted, by level.",
    "accepted_findings": "Findings that --ignore accepts.",
    "rules": "Rules that --check applied.",
    "expectation_met": "Whether what --expect names holds.",
    "resolvers": "Resolvers that were asked.",
    "resolvers_failing": "Resolvers that have no answer.",
    "cache_seconds": "How long a resolver may cache the result.",
    "signature_expiry_timestamp_seconds": "When the first of the signatures expires.",
    "duration_seconds": "How long the trace took.",
    "queries": "Queries that the trace sent.",
    "timeouts": "Queries without a reply in time.",
    "start_timestamp_seconds": "When the trace began.",
}


def prometheus(entries: Sequence[Entry]) -> str:
    """All metrics of a run."""
    samples: dict[str, dict[str, float]] = {metric: {} for metric in _METRICS}
    samples["info"][_labels((("version", __version__),))] = 1
    for entry in entries:
        asked = (("name", entry.name), ("type", entry.type))
        for sample in _samples(entry):
            samples[sample.metric][_labels((*asked, *sample.labels))] = sample.value
    return "".join(
        f"# HELP dnstrace_{metric} {_METRICS[metric]}\n# TYPE dnstrace_{metric} gauge\n"
        + "".join(f"dnstrace_{metric}{labels} {_number(value)}\n" for labels, value in found.items())
        for metric, found in samples.items()
        if found
    )


def _samples(entry: Entry) -> Iterator[_Sample]:
    yield _Sample("success", not entry.fails)
    yield _Sample("outcome", 1, (("outcome", entry.outcome or "interrupted"),))
    if entry.security:
        yield _Sample("security", 1, (("security", entry.security),))
    yield from _of_problems(entry)
    for text, met in entry.expected:
        yield _Sample("expectation_met", met, (("expectation", text),))
    if entry.resolvers:
        yield _Sample("resolvers", entry.resolvers)
        yield _Sample("resolvers_failing", entry.failing)
    if entry.life is not None:
        yield _Sample("cache_seconds", entry.life)
    if entry.expires is not None:
        yield _Sample("signature_expiry_timestamp_seconds", entry.expires)
    yield _Sample("duration_seconds", entry.seconds)
    yield _Sample("queries", entry.queries)
    yield _Sample("timeouts", entry.timeouts)
    yield _Sample("start_timestamp_seconds", entry.started.timestamp())


def _of_problems(entry: Entry) -> Iterator[_Sample]:
    counted: dict[tuple[tuple[str, str], ...], int] = {}
    for problem in entry.counting:
        labels: tuple[tuple[str, str], ...] = (
            ("code", problem.code),
            ("level", problem.level.value),
            ("zone", problem.zone),
            ("server", problem.server),
        )
        counted[labels] = counted.get(labels, 0) + 1
    for labels, count in counted.items():
        yield _Sample("problem", count, labels)
    if entry.rules:
        yield _Sample("rules", entry.rules)
        for level in Level:
            count = sum(problem.level is level for problem in entry.counting if problem.is_finding)
            yield _Sample("findings", count, (("level", level.value),))
        yield _Sample("accepted_findings", len(entry.problems) - len(entry.counting))


def _labels(labels: tuple[tuple[str, str], ...]) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPED)}"' for name, value in labels) + "}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 6))

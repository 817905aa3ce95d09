"""`--ignore` and `--ignore-file`: which findings count for nothing, and which are of no use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dnstrace.model import Trace
    from dnstrace.model.accepting import Ignored
    from dnstrace.model.policy import Policy

Document = dict[str, Any]


def accepted_of(trace: Trace, policy: Policy) -> Trace:
    """The trace with the findings that the user accepts apart from those that count."""
    if not policy.ignores or trace.interrupted:
        return trace
    from dnstrace.analysis.accepting import accepting

    return accepting(trace, policy.ignores)


def without_accepted(document: Document, policy: Policy) -> Document:
    """The document of a trace without the findings that the user accepts."""
    import dns.name

    day = date.fromisoformat(document["started"][:10])
    valid = [each for each in policy.ignores if not each.has_expired(day)]

    def counts(finding: Document) -> bool:
        zone, server = (finding[key] and dns.name.from_text(finding[key]) for key in ("zone", "server"))
        return not any(each.is_about(finding["code"], zone, server) for each in valid)

    return {**document, "findings": [*filter(counts, document["findings"])]}


def added(some: tuple[Ignored, ...], more: tuple[Ignored, ...]) -> tuple[Ignored, ...]:
    """What became of each `--ignore` in several traces together, from that in some and in one more."""
    if not some or not more:
        return some or more
    return tuple(
        replace(one, expired=one.expired and other.expired, findings=one.findings + other.findings)
        for one, other in zip(some, more, strict=True)
    )


def unheeded(traces: Iterable[tuple[Ignored, ...]]) -> Iterator[str]:
    """A line for each `--ignore` that has expired, or that was typed and concerns no finding of any trace."""
    every: tuple[Ignored, ...] = ()
    for each in reduce(added, traces, every):
        if each.ignore.default and not each.findings:
            continue  # it is for another zone
        said = f"{each.ignore.place} {each.ignore.text}"
        if each.expired:
            again = "what it accepted counts again" if each.findings else "nothing that it concerns was found"
            yield f"{said} expired on {each.ignore.until}: {again}"
        elif not each.findings:
            yield f"{said} accepts nothing: no such finding{_hint(each)}"


def _hint(ignored: Ignored) -> str:
    """What may have been meant by an `--ignore` with one place."""
    ignore = ignored.ignore
    if ignore.zone is None or ignore.server is not None:
        return ""
    code, _, place = ignore.text.partition("@")
    return f" in that zone; for a server of any zone type {code}@@{place}"

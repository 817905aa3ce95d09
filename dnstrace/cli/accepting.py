"""`--ignore` and `--ignore-file`: which findings count for nothing, and which are of no use."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dnstrace.model.accepting import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dnstrace.model import Trace
    from dnstrace.model.documents import Document
    from dnstrace.model.policy import Policy


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

    accepted = [each for each in document.get("accepted", ()) if counts(each["finding"])]
    return {**document, "findings": [*filter(counts, document["findings"])], "accepted": accepted}


def together(traces: Iterable[tuple[Ignored, ...]]) -> Iterator[Ignored]:
    """What became of each `--ignore` in several traces; one that was interrupted has none of it."""
    for each in zip(*filter(None, traces), strict=True):
        expired = all(of_trace.expired for of_trace in each)
        yield Ignored(each[0].ignore, expired, sum(of_trace.findings for of_trace in each))


class Heeded:
    """How many findings of many traces each `--ignore` concerns."""

    def __init__(self, policy: Policy) -> None:
        self._ignores, self._counts = policy.ignores, [0] * len(policy.ignores)
        self._day: date | None = None

    def add(self, counts: Iterable[int], day: date | None) -> None:
        """Take in those of one trace, which began on a day; None if it was not checked."""
        for place, count in enumerate(counts):
            self._counts[place] += count
        self._day = day or self._day

    def remarks(self) -> Iterator[str]:
        """What `unheeded` says of them, if anything was checked."""
        if (day := self._day) is not None:
            counted = zip(self._ignores, self._counts, strict=True)
            yield from unheeded(Ignored(each, each.has_expired(day), count) for each, count in counted)


def unheeded(ignores: Iterable[Ignored]) -> Iterator[str]:
    """A line for each `--ignore` that has expired, or that was typed and concerns no finding."""
    for each in ignores:
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

"""The totals of a run over many names: outcomes, findings, where things failed or took long, progress."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from dnstrace.cli.accepting import Heeded
from dnstrace.cli.exits import Exit
from dnstrace.cli.status import worst
from dnstrace.model.counting import counted
from dnstrace.model.findings import Level
from dnstrace.model.policy import USUAL, Policy
from dnstrace.render.text import time_text

if TYPE_CHECKING:
    from collections.abc import Hashable

    from dnstrace.cli.many.results import Result

_NAMED = 5  # names, zones and servers that a line of the summary lists
_REMEMBERED = 2000  # zones and servers that are counted, which bounds the memory of a run of any length
_ABSENT = "NXDOMAIN"
_TO_COUNT = "--expect 'outcome!=nxdomain'"

_Key = TypeVar("_Key", bound="Hashable")


class _Named(Generic[_Key]):
    """How many names something was seen at, and the first of them."""

    def __init__(self) -> None:
        self.counts: Counter[_Key] = Counter()
        self._first: dict[_Key, list[str]] = {}

    def add(self, what: _Key, question: str) -> None:
        """Count it once more. The type is named only where the name is there for another one."""
        self.counts[what] += 1
        first, (name, _, kind) = self._first.setdefault(what, []), question.partition(" ")
        shown = name.removesuffix(".") or "the root"
        if len(first) < _NAMED:
            first += [each for each in (shown, f"{shown} {kind}".rstrip()) if each not in first][:1]

    def text(self, what: _Key) -> str:
        """`(7 names): a.example, b.example and 5 more`."""
        count, first = self.counts[what], self._first[what]
        more = f" and {count - len(first):,} more" if count > len(first) else ""
        return f"({counted(count, 'name')}): {', '.join(first)}{more}"


class Tally:
    """The totals of a run: outcomes, the worst status, findings, where things failed or took long."""

    def __init__(self, policy: Policy = USUAL) -> None:
        self.ended = 0
        self.status = Exit.ANSWER
        self.judged: set[str] = set()
        self._begun = time.monotonic()
        self._outcomes: Counter[str] = Counter()
        self._bad = 0
        self._codes = _Named[tuple[Level, str]]()
        self._unmet = _Named[str]()
        self._absent = _Named[str]()
        self._failing: Counter[str] = Counter()
        self._troubled: Counter[str] = Counter()
        self._slowest: dict[str, float] = {}
        self._heeded = Heeded(policy)

    def add(self, found: Result) -> None:
        """Count a result."""
        self.ended += 1
        self._outcomes[found.outcome] += 1
        self._bad += found.is_bad
        self._heeded.add(found.concerned, found.day)
        self.judged.update(found.judged)
        for code in found.codes:
            self._codes.add(code, found.name)
        for text in found.unmet:
            many = len(self._unmet.counts) >= _REMEMBERED and text not in self._unmet.counts
            self._unmet.add("" if many else text, found.name)
        self.status = worst((self.status, found.status))
        if found.is_absent:
            self._absent.add(_ABSENT, found.name)
        if found.failed_in:
            _count_bounded(self._failing, found.failed_in)
        for server in found.troubled:
            _count_bounded(self._troubled, server)
        for zone, took in found.times:
            if took > self._slowest.get(zone, 0.0):
                self._slowest[zone] = took
        if len(self._slowest) > _REMEMBERED:
            self._slowest = dict(_slowest_of(self._slowest, _REMEMBERED // 2))

    def progress(self, done: float | None, ascii_only: bool = False) -> str:
        """The progress; `done` is the share of the names that have ended, None if it is not known."""
        bar, dot = ("=", "-") if ascii_only else ("━", "·")
        took = time.monotonic() - self._begun
        rate = self.ended / max(took, 1e-9)
        told = f"{counted(self.ended, 'name')} {dot} {rate:,.0f} a second {dot} {self._bad:,} bad"
        if not done:
            return told
        minutes, seconds = divmod(round(took / done - took), 60)
        until = f"{minutes}:{seconds:02} left"
        return f"{bar * round(20 * done):<20} {done:4.0%} {dot} {told} {dot} {until}"

    def summary(self, wrong: int) -> Iterator[str]:
        """The totals in a few lines; `wrong` is the number of lines that could not be traced."""
        yield self.heading
        if wrong:
            yield f"{counted(wrong, 'line')} could not be traced"
        yield from self.findings()
        if self._absent.counts:
            yield f"{_ABSENT} {self._absent.text(_ABSENT)}; bad only with {_TO_COUNT}"
        yield from self.places()
        yield from self._heeded.remarks()
        if self.ended > 1 and self._slowest:
            longest = _slowest_of(self._slowest, _NAMED)
            yield "slowest zones: " + ", ".join(f"{zone} {time_text(took)}" for zone, took in longest)

    @property
    def heading(self) -> str:
        """How many names, in which time, with which outcomes; how many of them are bad."""
        took = time.monotonic() - self._begun
        outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in self._outcomes.most_common())
        rate = self.ended / max(took, 1e-9)
        bad = f"; {self._bad:,} bad" if self._bad else ""
        names = counted(self.ended, "name")
        return f"{names} in {took:.1f} s ({rate:.0f} a second): {outcomes or 'nothing'}{bad}"

    def places(self) -> Iterator[str]:
        """A line for the zones in which names failed, and one for the servers without a usable reply."""
        for what, places in (("failed in zone", self._failing), ("no usable reply from", self._troubled)):
            if places:
                most = (f"{each} ({counted(count, 'name')})" for each, count in places.most_common(_NAMED))
                yield f"{what}: {', '.join(most)}"

    def findings(self) -> Iterator[str]:
        """A line for each expectation that is not met and each code that was found, errors first."""
        for text, _ in self._unmet.counts.most_common(_NAMED):
            yield f"not as expected: {text or 'others'} {self._unmet.text(text)}"
        for level in Level:
            for code, _ in self._codes.counts.most_common():
                if code[0] is level:
                    yield f"found: {level.value} {code[1]} {self._codes.text(code)}"


def _count_bounded(counted: Counter[str], what: str) -> None:
    """Count one more; if there are very many, the rare ones are forgotten."""
    counted[what] += 1
    if len(counted) > 2 * _REMEMBERED:
        kept = counted.most_common(_REMEMBERED)
        counted.clear()
        counted.update(dict(kept))


def _slowest_of(times: dict[str, float], count: int) -> list[tuple[str, float]]:
    return sorted(times.items(), key=lambda pair: -pair[1])[:count]

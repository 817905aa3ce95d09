"""The lines for each of many traces, and the counts for all of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date
from typing import TYPE_CHECKING, NamedTuple

import dns.rdatatype

from dnstrace.cli.accepting import accepted_of, unheeded
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.choices import Display
from dnstrace.cli.line.forms import FORMATS, Output
from dnstrace.cli.status import status, worst
from dnstrace.model import Kind, Name, Outcome, Step, Trace
from dnstrace.model.accepting import Ignored
from dnstrace.model.counting import counted
from dnstrace.model.policy import USUAL, Policy
from dnstrace.render.short import data
from dnstrace.render.text import harmless, name_text, time_text

if TYPE_CHECKING:
    from dnstrace.render.formats.entries import Entry

_NAMED = 5  # zones and servers that the summary lists
_REMEMBERED = 2000  # zones and servers that are counted, which bounds the memory of a run of any length
_UNTOLD = {Kind.ABANDONED, Kind.TRUNCATED, Kind.NETWORK_UNREACHABLE, Kind.KNOWN_SILENT}


class Result(NamedTuple):
    """One trace: its lines, and what is counted.

    `failed_in` is the zone in which it failed, `troubled` are the servers without a usable reply, `times` are
    the seconds that each zone took. `concerned` is how many findings each `--ignore`
    concerns on that `day`,
    `entry` what one document about all of them shows of it.
    """

    text: str
    outcome: str
    status: Exit
    failed_in: str
    troubled: tuple[str, ...]
    times: tuple[tuple[str, float], ...]
    codes: tuple[str, ...]
    concerned: tuple[int, ...] = ()
    day: date | None = None
    entry: Entry | None = None


def result(trace: Trace, shown: Display, policy: Policy = USUAL) -> Result:
    """The lines and the counts for a trace."""
    trace = accepted_of(trace, policy)
    concerned = tuple(each.findings for each in trace.ignores)
    trace = replace(trace, ignores=tuple(each for each in trace.ignores if each.findings))
    failed = trace.outcome is Outcome.FAILED and trace.steps
    return Result(
        _result_text(trace, shown),
        "" if trace.outcome is None else trace.outcome.value,
        status([trace], policy),
        _key_of_name(trace.steps[-1].zone) if failed else "",
        _troubled_servers(trace),
        tuple(
            (_key_of_name(step.zone), _seconds_taken(step))
            for step in trace.steps
            if step.main and step.attempts
        ),
        tuple(finding.code for finding in trace.findings or ()),
        concerned,
        trace.started.astimezone(UTC).date() if concerned else None,
        _entry(trace, policy) if shown.output in FORMATS else None,
    )


def _key_of_name(name: Name) -> str:
    """A name in lower case: lists and servers write the same name in both cases."""
    return name_text(name).lower()


def _troubled_servers(trace: Trace) -> tuple[str, ...]:
    return tuple(
        {
            f"{_key_of_name(attempt.server)} {attempt.exchange.query.address}": None
            for step in trace.steps
            for attempt in step.attempts
            if not attempt.meaning.usable and attempt.meaning.kind not in _UNTOLD
        }
    )


def _seconds_taken(step: Step) -> float:
    """Seconds from the first query of a step to the attempt chosen, or to the last one it waited for."""
    exchanges = [attempt.exchange for attempt in step.attempts]
    if step.chosen is not None:
        exchanges = [exchanges[0], exchanges[step.chosen]]
    return max(each.start + each.elapsed for each in exchanges) - min(each.start for each in exchanges)


def _entry(trace: Trace, policy: Policy) -> Entry:
    from dnstrace.api import report
    from dnstrace.render.formats.entries import entry

    return entry(report(trace), policy, alone=False)


def _result_text(trace: Trace, shown: Display) -> str:
    if shown.output in FORMATS:
        return ""
    if shown.output is Output.JSONL:
        from dnstrace.api import report
        from dnstrace.render.document import to_json

        return to_json(report(trace), verbose=shown.verbose, explain=shown.explain_steps) + "\n"
    name, rdtype = name_text(trace.question.name), dns.rdatatype.to_text(trace.question.rdtype)
    if shown.output is Output.SHORT:
        return "".join(f"{name} {kind} {rdata}\n" for kind, rdata in data(trace))
    asked = ", ".join(rdata for kind, rdata in data(trace) if kind == rdtype)
    outcome = "" if trace.outcome is None else trace.outcome.value
    said = asked or harmless(trace.error) or outcome
    return f"{name:<40} {rdtype:<6} {outcome:<9} {time_text(trace.stats.duration):>8}  {said}\n"


class Tally:
    """The totals of a run: outcomes, the worst status, where things failed or took long."""

    def __init__(self, policy: Policy = USUAL) -> None:
        self.ended = 0
        self.status = Exit.ANSWER
        self._begun = time.monotonic()
        self._outcomes: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._failing: Counter[str] = Counter()
        self._troubled: Counter[str] = Counter()
        self._slowest: dict[str, float] = {}
        self._ignores, self._day = policy.ignores, date.min
        self._concerned: Counter[int] = Counter()

    def add(self, found: Result) -> None:
        """Count a result."""
        self.ended += 1
        self._outcomes[found.outcome] += 1
        self._codes.update(found.codes)
        self._concerned.update(dict(enumerate(found.concerned)))
        self._day = found.day or self._day
        self.status = worst((self.status, found.status))
        if found.failed_in:
            _count_bounded(self._failing, found.failed_in)
        for server in found.troubled:
            _count_bounded(self._troubled, server)
        for zone, took in found.times:
            if took > self._slowest.get(zone, 0.0):
                self._slowest[zone] = took
        if len(self._slowest) > _REMEMBERED:
            self._slowest = dict(_slowest_of(self._slowest, _REMEMBERED // 2))

    def progress(self, done: float | None) -> str:
        """The progress; `done` is the share of the names that have ended, None if it is not known."""
        took = time.monotonic() - self._begun
        rate, failed = self.ended / max(took, 1e-9), self._outcomes["failed"]
        told = f"{counted(self.ended, 'name')} · {rate:,.0f} a second · {failed:,} failed"
        if not done:
            return told
        bar = "━" * round(20 * done)
        left = took / done - took
        return f"{bar:<20} {done:4.0%} · {told} · {left // 60:.0f}:{left % 60:02.0f} left"

    def summary(self, wrong: int) -> Iterator[str]:
        """The totals in a few lines; `wrong` is the number of lines that could not be traced."""
        took = time.monotonic() - self._begun
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in self._outcomes.most_common())
        rate = self.ended / max(took, 1e-9)
        names = counted(self.ended, "name")
        yield f"{names} in {took:.1f} s ({rate:.0f} a second): {outcomes or 'nothing'}"
        if wrong:
            yield f"{counted(wrong, 'line')} could not be traced"
        for what, places in (("failed in", self._failing), ("in trouble:", self._troubled)):
            if places:
                worst = ", ".join(f"{each} ({count})" for each, count in places.most_common(_NAMED))
                yield f"{what} {worst}"
        if self._codes:
            yield "found: " + ", ".join(f"{code} ({count})" for code, count in self._codes.most_common())
        if self._day > date.min:
            yield from unheeded(
                Ignored(ignore, ignore.has_expired(self._day), self._concerned[place])
                for place, ignore in enumerate(self._ignores)
            )
        if self.ended > 1:
            longest = _slowest_of(self._slowest, _NAMED)
            yield "slowest: " + ", ".join(f"{zone} {time_text(took)}" for zone, took in longest)


def _count_bounded(counted: Counter[str], what: str) -> None:
    """Count one more; if there are very many, the rare ones are forgotten."""
    counted[what] += 1
    if len(counted) > 2 * _REMEMBERED:
        kept = counted.most_common(_REMEMBERED)
        counted.clear()
        counted.update(dict(kept))


def _slowest_of(times: dict[str, float], count: int) -> list[tuple[str, float]]:
    return sorted(times.items(), key=lambda pair: -pair[1])[:count]

"""What the formats show of a trace: how it ended, and its problems, in words that hold nothing harmful."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import dns.rdatatype

from dnstrace.analysis.ending import Ending, ending, no_resolver_answers, page_is_missing
from dnstrace.model import Outcome
from dnstrace.model.findings import Explanation, Level
from dnstrace.model.naming import plain
from dnstrace.render.accepted import because
from dnstrace.render.expected import expected_text, unmet_texts
from dnstrace.render.negative import ended_compactly
from dnstrace.render.remedies import parts
from dnstrace.render.short import data
from dnstrace.render.text import count_text, harmless

if TYPE_CHECKING:
    from datetime import datetime

    from dnstrace.model import Trace
    from dnstrace.model.findings import Finding
    from dnstrace.model.policy import Policy
    from dnstrace.model.report import Report

_RECORDS = 20  # of the answer

NO_ANSWER, NEGATIVE, BOGUS, INTERRUPTED = "no-answer", "negative-answer", "bogus-answer", "interrupted"
UNEXPECTED, NO_RESOLVER, NO_PAGE = "not-as-expected", "no-resolver-answers", "no-page"
UNREAD = "not-traced"

EXPLAINED = {
    NO_ANSWER: "The trace ended without a usable answer.",
    NEGATIVE: "The name, or data of that type, does not exist.",
    BOGUS: "Validating resolvers reject the answer.",
    INTERRUPTED: "The trace was stopped before its end.",
    UNEXPECTED: "Something that --expect names does not hold.",
    NO_RESOLVER: "None of the resolvers that were asked has an answer.",
    NO_PAGE: "No address of the name served the page.",
    UNREAD: "A line of the list cannot be traced, because it is wrong.",
}
"""The codes of problems that are not findings, each with what it means."""


class Problem(NamedTuple):
    """Something that is not as it should be: a finding, or how the trace ended.

    `zone` and `server` are names without the final dot, empty if it is about none. `advice` are lines with a
    head (`fix: ...`), `records` those to publish. `fails` says whether the run fails because of it.
    `accepted` says why and until when the user accepts it; empty if it counts.
    """

    code: str
    level: Level
    message: str
    fails: bool
    zone: str = ""
    server: str = ""
    advice: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    accepted: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is not accepted."""
        return not self.accepted

    @property
    def is_finding(self) -> bool:
        """Whether a rule found it, rather than that it is how the trace ended."""
        return self.code not in EXPLAINED

    @property
    def title(self) -> str:
        """What it is and where, the same in every run: `lame-server example.com ns1.example.com`."""
        return " ".join(filter(None, (self.code, self.zone, self.server)))


class Entry(NamedTuple):
    """A trace in a document about many.

    `name` has no final dot. `outcome` and `security` are the words of the JSON document, empty if there are
    none. `rules` is the number of rules that were applied, 0 without a check. `expected` has each expectation
    and whether it is met. `resolvers` is how many were asked, `failing` how many of these have no answer.
    `life` is for how many seconds the result may be cached, `expires` when the first signature expires, in
    seconds since 1970; None if that is not known. `line` is where the name stands in the list of names. A
    line that cannot be traced has an entry too (`unread`).
    """

    name: str
    type: str
    outcome: str
    security: str
    started: datetime
    seconds: float
    queries: int
    timeouts: int
    answer: tuple[str, ...] = ()
    rules: int = 0
    unapplied: int = 0
    reservation: str = ""
    expected: tuple[tuple[str, bool], ...] = ()
    resolvers: int = 0
    failing: int = 0
    life: int | None = None
    expires: float | None = None
    problems: tuple[Problem, ...] = ()
    line: int | None = None

    @property
    def question(self) -> str:
        """The name and the type."""
        return f"{self.name} {self.type}".rstrip()

    @property
    def fails(self) -> bool:
        """Whether the run fails because of this trace."""
        return any(problem.fails for problem in self.problems)

    @property
    def checked(self) -> str:
        """How much was checked, and what could not be."""
        if not self.rules:
            return "no rule was applied: --check was not given"
        late = f"; {count_text(self.unapplied, 'rule')} left out at a limit" if self.unapplied else ""
        but = f"; but {self.reservation}" if self.reservation else ""
        return f"{count_text(self.rules, 'rule')} applied{late}{but}"

    @property
    def counting(self) -> list[Problem]:
        """The problems that are not accepted."""
        return [problem for problem in self.problems if problem.counts]


def entry(report: Report, policy: Policy, alone: bool = True) -> Entry:
    """The entry for a trace. `alone`: it is the only one, and fails if it has a negative answer."""
    trace = report.trace
    without = [each for each in report.resolvers if each.difference is not None and each.difference.has_none]
    return Entry(
        name=plain(trace.question.name),
        type=dns.rdatatype.to_text(trace.question.rdtype),
        outcome="" if trace.outcome is None else trace.outcome.value,
        security="" if trace.judgement is None else trace.judgement.security.value,
        started=trace.started,
        seconds=trace.stats.duration,
        queries=trace.stats.queries,
        timeouts=trace.stats.timeouts,
        answer=tuple(rdata for _, rdata in islice(data(trace), _RECORDS)),
        rules=report.rules,
        unapplied=len(trace.unapplied),
        reservation=harmless(report.reservation),
        expected=tuple((expected_text(met), met.met) for met in trace.expectations or ()),
        resolvers=len(report.resolvers),
        failing=len(without),
        life=report.life,
        expires=_expiry(trace),
        problems=tuple(_problems(report, policy, alone)),
    )


def unread(line: int, why: str, now: datetime) -> Entry:
    """The entry for a line of the list that cannot be traced, and why."""
    wrong = Problem(UNREAD, Level.ERROR, f"cannot be traced: {harmless(why)}", True)
    return Entry(f"line {line}", "", UNREAD, "", now, 0.0, 0, 0, problems=(wrong,), line=line)


def explained(codes: dict[str, Explanation]) -> dict[str, Explanation]:
    """The explanations of findings, and those of how a trace ends."""
    return codes | {code: Explanation(title, {}) for code, title in EXPLAINED.items()}


def _expiry(trace: Trace) -> float | None:
    """When the first of the valid signatures expires."""
    judged = {} if trace.judgement is None else trace.judgement.steps
    valid = (each for step in judged.values() for each in step.signatures if each.valid)
    return min((each.ends.timestamp() for each in valid), default=None)


def _problems(report: Report, policy: Policy, alone: bool) -> Iterator[Problem]:
    """How the trace ended, what is not as expected, what was found, and what is accepted of that."""
    trace = report.trace
    yield from _of_the_end(report, alone)
    for met in trace.expectations or ():
        if not met.met:
            found = "; ".join(unmet_texts(met))
            yield Problem(UNEXPECTED, Level.ERROR, f"not as expected: {found}", True)
    if page_is_missing(trace):
        yield Problem(NO_PAGE, Level.ERROR, "no address served the page", True)
    if no_resolver_answers(trace):
        counted = f"none of {len(report.resolvers)} resolvers has an answer"
        yield Problem(NO_RESOLVER, Level.ERROR, counted, policy.fails_on_errors)
    for finding in trace.findings or ():
        yield _of_finding(finding, policy.fails_on(finding))
    for accepted in trace.accepted:
        yield _of_finding(accepted.finding, False, because(accepted.ignore))


def _of_the_end(report: Report, alone: bool) -> Iterator[Problem]:
    trace, ended = report.trace, ending(report.trace)
    why = trace.error if report.verdict is None else report.verdict.text
    if ended is Ending.INTERRUPTED:
        yield Problem(INTERRUPTED, Level.ERROR, "the trace was stopped before its end", True)
    elif ended is Ending.FAILED:
        yield Problem(NO_ANSWER, Level.ERROR, harmless(why) or "no usable answer", True)
    elif ended is Ending.BOGUS:
        yield Problem(BOGUS, Level.ERROR, harmless(why) or "the chain of trust is broken", True)
    elif ended is Ending.NEGATIVE:
        kind = dns.rdatatype.to_text(trace.question.rdtype)
        missing = "the name does not exist (NXDOMAIN)"
        if trace.outcome is Outcome.NODATA:
            missing = f"the name has no {kind} record (NODATA)"
            if ended_compactly(trace):
                missing = "the name does not exist (NODATA, compact denial)"
        yield Problem(NEGATIVE, Level.ERROR if alone else Level.NOTICE, missing, alone)


def _of_finding(finding: Finding, fails: bool, accepted: str = "") -> Problem:
    return Problem(
        finding.code,
        finding.level,
        harmless(finding.message),
        fails,
        zone="" if finding.zone is None else plain(finding.zone),
        server="" if finding.server is None else plain(finding.server),
        advice=tuple(f"{part.head}: {part.text}" for part in parts(finding)),
        records=tuple(map(harmless, finding.records)),
        accepted=accepted,
    )

"""A rule that found nothing wrong in a cut does not run for the next name, unless what it reads changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dns.name
import pytest

from dnstrace.checks import Checking, Finding, applied, findings
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.unchanged import MOST, Unchanged, found_in
from dnstrace.checks.rules.contradictions import denial_contradicts_data
from dnstrace.model import ROOT, Trace
from dnstrace.model.structs import replace
from tests.checks.documented import checked_world

_COM = dns.name.from_text("com.")
_WORLDS = ("textbook", "dnssec-good", "lame", "dnssec-expired", "parent-child-differ", "no-edns", "silent")


def _judged(trace: Trace, unchanged: Unchanged) -> tuple[Finding, ...]:
    checking = Checking(trace, unchanged)
    for rule in applied(trace):
        checking.apply(rule)
    return checking.findings


def _cut(trace: Trace, unchanged: Unchanged, zone: dns.name.Name = _COM) -> Cut:
    cut = Evidence(trace, unchanged).cut(zone)
    assert cut is not None
    return cut


def _found(
    trace: Trace,
    unchanged: Unchanged,
    code: str,
    rule: Callable[[Cut], Iterator[int]],
    zone: dns.name.Name = _COM,
) -> list[int]:
    cut = _cut(trace, unchanged, zone)
    return found_in(cut, cut.sound, code, rule)


def _runs(trace: Trace, unchanged: Unchanged, zone: dns.name.Name = _COM) -> int:
    """How often a rule runs that reads nothing but the steps about a cut, and finds nothing."""
    ran = []

    def rule(cut: Cut) -> Iterator[int]:
        ran.append(cut.replies)
        return iter(())

    assert _found(trace, unchanged, "quiet", rule, zone) == []
    return len(ran)


_EACH_TIME = """
    alias-chain-long alias-dangling alias-loop chain-broken cyclic-dependency domain-not-delegated
    hints-outdated intercepted packet-loss record-malformed referral-endless replies-too-large
    resolver-differs resolver-fails resolver-keys-stale resolver-stale stopped-answering
    tls-answer-differs tls-certificate-expired tls-no-reply unexplained
"""


def test_only_rules_that_look_at_the_whole_trace_run_for_each_name() -> None:
    """One that reads `cut.evidence` for want of something narrower would be among them unnoticed."""
    trace, unchanged = checked_world("dnssec-good"), Unchanged()
    _judged(trace, unchanged)
    sound = _cut(trace, unchanged).sound
    assert sound and {rule.code for rule in applied(trace)} - sound.keys() == {*_EACH_TIME.split()}


def _asking(trace: Trace, name: str) -> Trace:
    """A trace as if its walk had been for another name, which got the same referrals."""
    question = replace(trace.question, name=dns.name.from_text(name))
    steps = (replace(step, question=question) if step.main else step for step in trace.steps)
    return replace(trace, question=question, steps=tuple(steps))


def test_findings_are_those_of_a_name_alone_whatever_was_checked_before() -> None:
    """The worlds have zones of the same names, each with another fault: none may be taken for the next."""
    unchanged = Unchanged()
    for world in (*_WORLDS, *reversed(_WORLDS)):
        trace = checked_world(world)
        assert _judged(trace, unchanged) == findings(trace), world


def test_a_rule_runs_once_for_all_names_below_a_cut() -> None:
    unchanged, trace = Unchanged(), checked_world("textbook")
    assert _runs(trace, unchanged) == 1
    assert _runs(trace, unchanged) == 0
    assert _runs(_asking(trace, "other.example.com."), unchanged) == 0
    assert _runs(trace, unchanged, ROOT) == 1  # another cut


def test_it_runs_again_where_the_replies_are_others() -> None:
    unchanged, trace = Unchanged(), checked_world("textbook")
    assert _runs(trace, unchanged) == 1
    step = next(step for step in trace.steps if step.zone == _COM)
    meaning = replace(step.attempts[0].meaning, authoritative=True)
    changed = replace(step, attempts=(replace(step.attempts[0], meaning=meaning), *step.attempts[1:]))
    other = replace(trace, steps=tuple(changed if each is step else each for each in trace.steps))
    assert _runs(other, unchanged) == 1
    assert _runs(_asking(trace, "example.com."), unchanged) == 1  # the cut itself: what is said of it counts


def test_what_found_something_runs_for_each_name_and_so_does_what_reads_the_whole_trace() -> None:
    unchanged, trace = Unchanged(), checked_world("textbook")
    ran: list[object] = []

    def finds(cut: Cut) -> Iterator[int]:
        ran.append(cut)
        yield len(ran)

    def reads_all(cut: Cut) -> Iterator[int]:
        ran.append(cut.evidence.trace)
        return iter(())

    assert [_found(trace, unchanged, "finds", finds) for _ in range(2)] == [[1], [2]]
    assert [_found(trace, unchanged, "reads", reads_all) for _ in range(2)] == [[], []]
    assert len(ran) == 4


def test_a_summary_that_changed_makes_it_run_again() -> None:
    unchanged, trace, ran = Unchanged(), checked_world("dnssec-good"), []

    def reads_security(cut: Cut) -> Iterator[int]:
        ran.append(cut.judgement)
        return iter(())

    assert trace.judgement is not None
    later = replace(trace, judgement=replace(trace.judgement, at=trace.judgement.at + 10))
    for each in (trace, trace, later):
        assert _found(each, unchanged, "timed", reads_security) == []
    assert len(ran) == 2


def test_nothing_is_kept_where_the_work_was_cut_short() -> None:
    unchanged, trace = Unchanged(), checked_world("textbook")
    assert _runs(trace, unchanged) == 1
    _cut(trace, unchanged).spoil()
    assert [_runs(trace, unchanged) for _ in range(2)] == [1, 1]


def test_nothing_is_kept_where_hashes_ran_out_that_several_rules_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace, example = checked_world("dnssec-nsec3-nodata"), dns.name.from_text("example.com.")
    for hashes, runs in ((1000, [1, 0]), (0, [1, 1])):
        monkeypatch.setattr("dnstrace.checks.readings.denied_data._HASHES", hashes)
        unchanged = Unchanged()
        assert list(denial_contradicts_data(_cut(trace, unchanged, example))) == []
        assert [_runs(trace, unchanged, example) for _ in range(2)] == runs


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dnstrace.checks.readings.unchanged.MOST", 2)
    unchanged, trace = Unchanged(), checked_world("textbook")
    assert MOST > 2
    assert [_runs(trace, unchanged, zone) for zone in (ROOT, _COM, ROOT)] == [1, 1, 0]
    assert _runs(trace, unchanged, dns.name.from_text("example.com.")) == 1
    assert [_runs(trace, unchanged, zone) for zone in (ROOT, _COM)] == [0, 1]

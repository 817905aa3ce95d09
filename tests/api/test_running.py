"""One trace from its first query to its last."""

from __future__ import annotations

import asyncio
import math

import dns.name
import dns.rdatatype
import pytest

from dnstrace import trace
from dnstrace.api.running import as_question, begun, with_findings
from dnstrace.clock import run
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Outcome, Question, Trace
from dnstrace.model.limits import Limits
from dnstrace.model.tracing import Tracing

QUESTION = Question(dns.name.from_text("www.example.com."), dns.rdatatype.A)


def made(tracing: Tracing) -> Trace:
    async def one() -> Trace:
        run_of_it = begun(QUESTION, tracing, LabNetwork(load("textbook")))
        assert not run_of_it.context.journal.snapshot().steps
        return await run_of_it.ended()

    return run(one())


def test_a_trace_is_begun_without_a_query_and_ends_with_an_answer() -> None:
    assert made(Tracing(seed=1)).outcome is Outcome.ANSWER


def test_the_deadline_counts_from_its_beginning() -> None:
    found = made(Tracing(seed=1, limits=Limits(deadline=0.001)))
    assert found.outcome is Outcome.FAILED and found.error == "the deadline of 0.001 s is reached"


@pytest.mark.parametrize("until", [math.inf, -math.inf])
def test_rules_are_applied_to_what_was_recorded_while_there_is_time(until: float) -> None:
    found = run(with_findings(made(Tracing(seed=1)), until))
    assert found.findings == () and bool(found.unapplied) == (until < 0)


def test_a_name_that_cannot_be_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be asked for"):
        as_question("a" * 64, "A")


@pytest.mark.parametrize("stage", ["dnstrace.walk.probing.Probing.run", "dnstrace.api.with_findings"])
def test_a_trace_that_is_stopped_after_its_walk_shows_its_outcome(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(stage, stopped)
    seen: list[Trace] = []
    with pytest.raises(asyncio.CancelledError):
        trace("www.example.com.", lab="in-domain", check=True, on_change=seen.append)
    assert seen[-1].outcome is Outcome.ANSWER and seen[-1].answer and seen[-1].findings is None

"""The legs of the journey: the nine of the textbook, and what a trace has instead of some of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.analysis.journey import journey, lookups
from dnstrace.lab.world import names
from dnstrace.model import Outcome
from tests.checks.checking import walked
from tests.render import traces

PLAIN = "user resolver referral referral server answer cache request page"
PARENT_ONLY = replace(traces.plain(), steps=traces.plain().steps[:2], outcome=Outcome.REFERRAL)


def stages(name: str) -> str:
    return " ".join(leg.stage.value for leg in journey(walked(name)))


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ("textbook", PLAIN),
        ("lame", PLAIN),
        ("nxdomain", "user resolver referral referral server answer cache"),
        ("all-silent", "user resolver referral referral answer end"),
        ("dnssec-missing-key", "user resolver referral referral server answer end"),
    ],
)
def test_the_legs_of_worlds(world: str, expected: str) -> None:
    assert stages(world) == expected


def test_the_look_ups_of_a_server_are_steps_of_the_leg_on_which_it_is_chosen() -> None:
    trace = walked("textbook")
    chosen = next(leg for leg in journey(trace) if leg.stage == "server")
    answered = next(leg for leg in journey(trace) if leg.stage == "answer")
    assert chosen.steps == tuple(step.id for step in lookups(trace, trace.steps[answered.steps[0] - 1]))
    assert chosen.steps and str(chosen.zone) == "example.com."


@pytest.mark.parametrize("name", names())
def test_numbers_have_no_gap_and_each_step_of_the_walk_is_on_one_leg(name: str) -> None:
    trace = walked(name)
    legs = journey(trace)
    assert [leg.number for leg in legs] == list(range(1, len(legs) + 1))
    walk = [step.id for step in trace.steps if step.main]
    assert [number for leg in legs for number in leg.steps if trace.steps[number - 1].main] == walk


def test_a_trace_in_progress_has_no_end_and_one_of_the_parent_only_ends_there() -> None:
    assert [leg.stage for leg in journey(traces.under_way())][-1] not in ("cache", "page", "end")
    assert [leg.stage for leg in journey(PARENT_ONLY)][-1] == "end"

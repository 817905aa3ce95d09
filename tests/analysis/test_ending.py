"""How a trace ended, and what is not as it should be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.analysis.ending import Ending, ending, is_as_expected, no_resolver_answers, page_is_missing
from dnstrace.analysis.expectations import judge, parse
from dnstrace.lab.world import load
from dnstrace.model import Outcome, Trace
from tests.checks.checking import checked, walked


def expecting(trace: Trace, text: str) -> Trace:
    return replace(trace, expectations=tuple(judge(trace, each) for each in parse(text)))


@pytest.mark.parametrize(
    ("world", "expected", "ended"),
    [
        ("in-domain", "", Ending.ANSWER),
        ("all-refuse", "", Ending.FAILED),
        ("all-refuse", "outcome=failed", Ending.ANSWER),
        ("all-refuse", "outcome=answer", Ending.FAILED),
        ("dnssec-expired", "", Ending.BOGUS),
        ("dnssec-expired", "security=bogus", Ending.ANSWER),
        ("dnssec-expired", "security!=secure", Ending.BOGUS),
    ],
)
def test_an_end_that_is_expected_is_as_good_as_an_answer(world: str, expected: str, ended: Ending) -> None:
    trace = walked(world)
    assert ending(expecting(trace, expected) if expected else trace) is ended


def test_what_does_not_exist_and_what_was_stopped() -> None:
    trace = walked("in-domain")
    assert ending(replace(trace, outcome=Outcome.NXDOMAIN)) is Ending.NEGATIVE
    assert ending(replace(trace, outcome=None, interrupted=True)) is Ending.INTERRUPTED


def test_what_is_expected_and_what_resolvers_and_pages_give() -> None:
    trace = walked("in-domain")
    assert is_as_expected(trace) and is_as_expected(expecting(trace, "a=192.0.2.44"))
    assert not is_as_expected(expecting(trace, "a=192.0.2.44,a=192.0.2.45"))
    assert not no_resolver_answers(trace) and no_resolver_answers(checked(load("resolver-servfail")))
    assert not page_is_missing(trace)

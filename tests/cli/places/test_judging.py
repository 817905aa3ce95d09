from __future__ import annotations

from typing import Any

from dnstrace.analysis.expectations import parse
from dnstrace.cli.places.judging import seen_of
from dnstrace.model.places import HERE, Failure, PlaceTrace
from dnstrace.model.policy import USUAL
from dnstrace.network.recording import Course
from dnstrace.places.asking import traced_again
from dnstrace.places.together import Sent
from tests.places.lab import record, request


def test_what_is_expected_is_expected_at_every_place() -> None:
    from types import SimpleNamespace

    chosen: Any = SimpleNamespace(expected=parse("a=192.0.2.44"), policy=USUAL, called={})
    trace, _ = traced_again(record(), request())
    found = seen_of(Sent(HERE, trace, Course(), request().tracing, "x"), chosen)
    assert isinstance(found, PlaceTrace)
    assert [met.met for met in found.report.trace.expectations or ()] == [True]
    failure = Failure(HERE, "ended")
    assert seen_of(failure, chosen) is failure

"""A document on one line is that of the encoder, also where other names of the run have shown the same."""

from __future__ import annotations

import json

import pytest

from dnstrace.api import report
from dnstrace.model import Trace
from dnstrace.model.structs import replace
from dnstrace.render.document import document, lines, to_json
from tests.checks.documented import checked_world
from tests.render import traces


def _taken(trace: Trace, later: float) -> Trace:
    """A trace as if it had taken every reply from another name, so much later."""
    steps = []
    for step in trace.steps:
        attempts = []
        for attempt in step.attempts:
            exchange = attempt.exchange
            cached = replace(exchange, start=exchange.start + later, cached=exchange.query.question)
            attempts.append(replace(attempt, exchange=cached))
        steps.append(replace(step, attempts=tuple(attempts)))
    return replace(trace, steps=tuple(steps))


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("which", traces.ALL)
def test_the_text_is_that_of_the_encoder(which: str, verbose: bool) -> None:
    judged = report(traces.ALL[which]())
    assert to_json(judged, verbose=verbose, explain=True) == json.dumps(
        document(judged, verbose=verbose, explain=True)
    )


@pytest.mark.parametrize("world", ["textbook", "wrong-id", "silent", "dnssec-expired"])
def test_what_other_names_have_shown_is_written_the_same_but_for_its_time(world: str) -> None:
    trace = checked_world(world)
    for later in (0.0, 0.125, 2.0):
        for verbose in (False, True):
            judged = report(_taken(trace, later))
            assert to_json(judged, verbose=verbose) == json.dumps(document(judged, verbose=verbose))


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_MOST", 8)
    lines._shown.clear()
    judged = report(_taken(checked_world("textbook"), 1.0))
    assert to_json(judged) == json.dumps(document(judged))
    assert 0 < len(lines._shown) <= 8

"""A document on one line is that of the encoder, also where other names of the run have shown the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dnstrace.api import report, trace
from dnstrace.lab.world import load
from dnstrace.message.reading import read_reply
from dnstrace.model import Edns, Exchange, Fault, Settings, Trace
from dnstrace.model.structs import replace
from dnstrace.render.document import document, forms, lines, to_json
from tests.checks.documented import checked_world
from tests.render import traces


def _with(trace: Trace, change: Callable[[Exchange], Exchange]) -> Trace:
    """A trace with other exchanges."""
    steps = []
    for step in trace.steps:
        attempts = (replace(each, exchange=change(each.exchange)) for each in step.attempts)
        steps.append(replace(step, attempts=tuple(attempts)))
    return replace(trace, steps=tuple(steps))


def _taken(trace: Trace, later: float) -> Trace:
    """A trace as if it had taken every reply from another name, so much later."""
    return _with(trace, lambda each: replace(each, start=each.start + later, cached=each.query.question))


def _read_again(exchange: Exchange) -> Exchange:
    """An exchange with a reply at which nobody has looked."""
    message = None if exchange.message is None else read_reply(exchange.wire or b"")
    assert not isinstance(message, Fault)
    return replace(exchange, message=message)


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


_PLAIN = ("www.example.com", 1), ("WWW.example.com", 2)
_EVERY = Settings(all_servers=True, edns=Edns(options=((3, b""), (10, b"8 octets"))))


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("settings", [Settings(), _EVERY, replace(_EVERY, edns=None)])
@pytest.mark.parametrize("world", ["textbook", "wrong-id", "bad-cookie", "no-edns", "referral-loop"])
def test_replies_as_they_are_read_are_written_the_same(world: str, settings: Settings, verbose: bool) -> None:
    judged = report(_with(trace(load(world).question.name, lab=world, settings=settings), _read_again))
    assert to_json(judged, verbose=verbose) == json.dumps(document(judged, verbose=verbose))


def test_attempts_that_differ_in_server_time_and_size_alone_have_one_form() -> None:
    forms._forms.clear()
    asked = trace("www.example.com", lab="textbook", settings=Settings(all_servers=True))
    made = report(_with(asked, _read_again))
    assert to_json(made) == json.dumps(document(made))
    attempts = [each for step in made.trace.steps for each in step.attempts]
    assert 0 < len(forms._forms) < len(attempts) / 2


def test_a_plain_document_fills_the_form_of_another_one() -> None:
    first, second = (report(trace(name, lab="textbook", seed=seed)) for name, seed in _PLAIN)
    to_json(first)
    known = {*forms._forms}
    assert to_json(second) == json.dumps(document(second))
    assert {*forms._forms} == known


@pytest.mark.parametrize("field", [each for each in Trace.__match_args__ if each not in lines._OF_TRACE])
def test_a_document_with_anything_more_is_not_taken_for_a_plain_one(field: str) -> None:
    plain, more = traces.plain(), dict[str, Any]({field: ("something",)})
    assert lines._like(report(plain)) is not None
    assert lines._like(replace(report(plain), trace=replace(plain, **more))) is None

"""Steps: which belong to the walk, what they went by, and what that led to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace import trace
from dnstrace.lab.world import load
from dnstrace.model import Cause, Kind, Outcome, Probe, Purpose, Step, Trace
from dnstrace.model.pages import Request, Visit
from dnstrace.model.taken import Fetched
from tests.render import traces
from tests.schema_words import members, words


def test_every_word_is_in_the_schema() -> None:
    assert members(Purpose) == words("step", "properties", "purpose")
    assert members(Probe) == words("step", "properties", "probe")
    assert members(Cause) == words("attempt", "properties", "cause")


@pytest.mark.parametrize("purpose", Purpose)
def test_the_walk_is_made_of_its_own_steps_and_those_for_aliases(purpose: Purpose) -> None:
    step = replace(traces.plain().steps[0], purpose=purpose)
    assert step.main is (purpose in (Purpose.WALK, Purpose.ALIAS))
    assert not replace(step, superseded=True).main


@pytest.mark.parametrize(("parent", "expected"), [(None, True), (1, False)])
def test_a_probe_that_no_step_needs_asks_a_resolver(parent: int | None, expected: bool) -> None:
    step = replace(traces.plain().steps[0], purpose=Purpose.PROBE, parent=parent)
    assert step.asks_resolver is expected
    assert not replace(step, purpose=Purpose.WALK).asks_resolver


def steps(trace: Trace) -> list[Step]:
    return list(trace.steps)


def test_a_step_went_by_the_attempt_that_was_chosen() -> None:
    first, *_, last = steps(traces.plain())
    assert first.meaning is not None and first.meaning.kind is Kind.REFERRAL
    assert first.referral is first.meaning.delegation is not None
    assert last.meaning is not None and last.meaning.kind is Kind.ANSWER and last.referral is None
    assert replace(last, chosen=None).meaning is None and replace(last, chosen=None).referral is None


def test_of_a_lame_server_a_step_goes_by_what_it_offers() -> None:
    last = steps(traces.plain())[-1]
    offer = last.attempts[0].meaning
    lame = replace(last.attempts[0], meaning=replace(offer, kind=Kind.LAME, offer=offer))
    assert replace(last, attempts=(lame,)).meaning is offer


def test_a_trace_is_under_way_until_it_has_an_outcome() -> None:
    plain = traces.plain()
    assert Trace(plain.question, plain.started, 1).outcome is None
    assert plain.outcome is Outcome.ANSWER


def test_a_page_is_served_where_any_address_gives_it() -> None:
    refused, found = Visit("192.0.2.1", fault="nobody listens there"), Visit("192.0.2.2", status=200)
    assert Fetched(Request("x"), (refused, found)).served
    assert not Fetched(Request("x"), (refused,)).served


def test_the_data_are_those_of_the_type_asked_for_as_text() -> None:
    assert traces.plain().data == ("192.0.2.44",)
    for world, rdtype, data in (("alias", "A", 1), ("nxdomain", "A", 0), ("in-domain", "ANY", 1)):
        found = trace(load(world).question.name, rdtype, lab=world)
        assert len(found.data) >= data and (data or not found.data)
        assert not any("CNAME" in each for each in found.data)
    assert trace("example.com", "MX", lab="textbook").data == trace("example.com", "MX", lab="textbook").data


def test_a_step_knows_whether_it_asks_the_server_that_was_given() -> None:
    given = trace("www.example.com", lab="in-domain", server="192.0.2.53").steps[0]
    assert given.given and not traces.plain().steps[0].given

from __future__ import annotations

import json
from typing import Any

import pytest

from dnstrace.analysis.across import across
from dnstrace.api import report
from dnstrace.model.places import HERE, Failure, PlaceTrace, Seen
from dnstrace.places.asking import traced_again
from dnstrace.record.decoding import decoded
from dnstrace.record.files import RecordError, unpacked
from dnstrace.record.several import packed_places, places_in
from tests.places.lab import OFFICE, TOKYO, record, request


def made() -> bytes:
    asked = request()
    trace, kept = traced_again(record(), asked)
    seen: list[Seen] = [
        PlaceTrace(HERE, report(trace), "x"),
        PlaceTrace(TOKYO, report(trace)),
        Failure(OFFICE, "no\x1b"),
    ]
    there = (asked.tracing, kept.course)
    return packed_places("x", across(seen), asked.question, {HERE: there, TOKYO: there})


def test_each_place_has_its_record_and_the_first_is_that_of_the_file() -> None:
    whole = decoded(made())
    here, tokyo, office = places_in(whole)
    assert here.record is whole and (here.text, here.by) == ("here", "x")
    assert tokyo.record is not None and tokyo.record.course == whole.course
    assert (office.text, office.record, office.failure) == ("ssh://office", None, "no\\027")


def test_a_record_of_one_place_has_none() -> None:
    assert places_in(decoded(unpacked(record()))) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda places: places[1].update(trace={"schema": "dnstrace/1"}),
        lambda places: places[1].update(trace=3),
        lambda places: places[1].update(place="\x1b[2J"),
        lambda places: places.pop(0),
        lambda places: places.extend(places * 20),
        lambda places: places.append(7),
    ],
)
def test_a_file_that_was_changed_is_an_error_in_one_line(change: Any) -> None:
    found = json.loads(made())
    change(found["places"])
    with pytest.raises(RecordError) as error:
        places_in(decoded(json.dumps(found).encode()))
    assert str(error.value).isprintable()

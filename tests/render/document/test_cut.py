"""Zone cuts in lines of their own: by their schema, from the top down, and alike for all that share them."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from dnstrace import Trace
from dnstrace.render.document import schema
from dnstrace.render.document.cut import SCHEMA, cut_lines, zones_of
from tests.checks.documented import checked_world
from tests.render import traces

_KNOWN: Any = Registry().with_resource("urn:dnstrace:schema:1", Resource.from_contents(json.loads(schema())))
_CUT = Draft202012Validator({"$ref": "urn:dnstrace:schema:1#/$defs/cut"}, registry=_KNOWN)


def documents(trace: Trace) -> list[Any]:
    found = [(zone, json.loads(line)) for zone, line in cut_lines(trace)]
    assert all(zone == document["zone"] for zone, document in found)
    return [document for _, document in found]


def test_each_zone_on_the_way_has_its_line() -> None:
    trace = checked_world("dnssec-good")
    com, example = documents(trace)
    for each in (com, example):
        _CUT.validate(each)
    assert com["schema"] == SCHEMA and (com["parent"], com["zone"]) == (".", "com.")
    assert (example["parent"], example["zone"], example["security"]) == ("com.", "example.com.", "secure")
    assert example["ds"] and example["ns"] and example["glue"]
    assert zones_of(trace) == ["com.", "example.com."]


def test_an_alias_goes_through_further_zones_and_each_is_there_once() -> None:
    zones = zones_of(checked_world("alias"))
    assert len(zones) == len(set(zones)) > 2
    assert [each["zone"] for each in documents(checked_world("alias"))] == zones


def test_without_validation_nothing_is_said_of_security() -> None:
    assert {each["security"] for each in documents(traces.plain())} == {None}

from __future__ import annotations

import json

import jsonschema

from dnstrace.render.document import schema
from dnstrace.render.document.places import places_document
from tests.analysis.places import compared
from tests.places.lab import request

SCHEMA = json.loads(schema())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_it_obeys_the_schema_whatever_the_places_sent() -> None:
    for worlds in (("in-domain", "intercepted", "-"), ("-", "all-silent"), ("-", "-"), ("dnssec-good",)):
        found = compared(*worlds, check=True)
        VALIDATOR.validate(places_document(found, request().question))


def test_in_brief_the_places_are_in_it_too() -> None:
    found = places_document(compared("in-domain", "intercepted"), request().question, brief=True)
    assert found["schema"] == "dnstrace-brief/1"
    assert [each["name"] for each in found["places"]] == ["here", "tokyo"]
    assert set(found) <= set(SCHEMA["$defs"]["brief"]["properties"])

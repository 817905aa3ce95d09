"""The short form: by its schema, small, and with the values of the whole document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from dnstrace.analysis.expectations import judged, parse
from dnstrace.api import report
from dnstrace.render.document import document, schema, to_json
from tests.checks.checking import checked_by_name, walked

_KNOWN: Any = Registry().with_resource("urn:dnstrace:schema:1", Resource.from_contents(json.loads(schema())))
_BRIEF = Draft202012Validator({"$ref": "urn:dnstrace:schema:1#/$defs/brief"}, registry=_KNOWN)
_WORLDS = ["textbook", "refuses", "all-silent", "dnssec-expired", "nxdomain", "answers-stale"]


@pytest.mark.parametrize("world", _WORLDS)
def test_it_has_the_values_of_the_whole_and_is_small(world: str) -> None:
    trace = judged(checked_by_name(world), parse("outcome=answer, a=192.0.2.44"))
    text = to_json(report(trace), brief=True)
    found, whole = json.loads(text), json.loads(json.dumps(document(report(trace))))
    _BRIEF.validate(found)
    assert len(text) < 4000 and "steps" not in found
    for key in found.keys() - {"schema", "answer", "verdict", "findings", "queries", "duration_ms", "cuts"}:
        assert found[key] == whole[key], key
    for key in ("queries", "duration_ms"):
        assert found[key] == whole["stats"][key]
    assert found["answer"] == [each for each in whole["answer"] if each["type"] != "RRSIG"]
    for own, its in zip(found["findings"], whole["findings"], strict=True):
        assert own == {key: its[key] for key in own}
    if found["verdict"] is not None:
        assert found["verdict"] == {key: whole["verdict"][key] for key in found["verdict"]}


def test_what_was_not_heard_is_said_so() -> None:
    worlds = (
        "all-silent",
        "unreachable",
        "all-silent-shared",
        "all-refuse",
        "silent",
        "textbook",
        "address-cycle",
    )
    said = {name for name in worlds if document(report(walked(name)))["unheard"]}
    assert said == {"all-silent", "all-silent-shared"}

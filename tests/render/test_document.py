import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

import dnstrace
from dnstrace.api import report
from dnstrace.model import Kind
from dnstrace.render.document import document, to_json
from tests.render import traces
from tests.render.validating import SCHEMA, VALIDATOR


def objects(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects(value)
    if isinstance(node, list):
        for value in node:
            yield from objects(value)


def strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from strings(value)


def test_the_schema_is_valid_strict_and_says_what_each_key_means() -> None:
    VALIDATOR.check_schema(SCHEMA)
    for node in objects(SCHEMA):
        if "properties" in node:
            assert node["additionalProperties"] is False
            only_sometimes = {"places", "across", "cached", "cuts", "opportunistic", "secured"} - set(
                node["required"]
            )
            assert node["required"] == [each for each in node["properties"] if each not in only_sometimes]
            for key, value in node["properties"].items():
                assert "$ref" in value or value.get("description"), key


def test_the_schema_knows_every_meaning() -> None:
    assert SCHEMA["$defs"]["meaning"]["enum"] == [kind.value for kind in Kind]


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("which", traces.ALL)
def test_every_trace_obeys_the_schema(which: str, verbose: bool) -> None:
    text = to_json(report(traces.ALL[which]()), verbose=verbose)
    VALIDATOR.validate(json.loads(text))
    assert text.isascii() and "\n" not in text


def test_the_schema_refuses_what_is_not_described() -> None:
    written = document(report(traces.plain()))
    written["steps"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(written)


def test_a_whole_trace() -> None:
    written = document(report(traces.plain()))
    assert written["schema"] == "dnstrace/1"
    assert written["version"] == dnstrace.__version__
    assert written["question"] == {"name": "www.example.com.", "type": "A", "class": "IN"}
    assert written["started"] == "2025-06-01T13:59:12.000Z"
    assert (written["outcome"], written["rcode"], written["error"]) == ("answer", "NOERROR", None)
    assert (written["security"], written["verdict"], written["findings"]) == (None, None, [])
    assert written["answer"] == [
        {"name": "www.example.com.", "type": "A", "class": "IN", "ttl": 300, "rdata": ["192.0.2.44"]}
    ]
    stats = written["stats"]
    assert (stats["queries"], stats["zones"], stats["duration_ms"], stats["critical_path_ms"]) == (
        3,
        3,
        41.0,
        41.0,
    )


def test_nothing_from_the_network_comes_through_raw() -> None:
    for text in strings(json.loads(to_json(report(traces.hostile()), verbose=True))):
        assert text.isprintable(), text


def test_a_snapshot_has_no_outcome_yet() -> None:
    written = document(report(traces.interrupted()))
    assert (written["outcome"], written["interrupted"]) == (None, True)
    assert (written["steps"][1]["outcome"], written["steps"][1]["chosen"]) == (None, None)


def test_indented_for_people() -> None:
    text = to_json(report(traces.plain()), indent=2)
    assert text.startswith('{\n  "schema": "dnstrace/1"')
    assert json.loads(text) == document(report(traces.plain()))


def test_rich_is_not_imported() -> None:
    code = "import sys, dnstrace.render.document, dnstrace.render.short; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

import dnstrace
from dnstrace import trace
from dnstrace.analysis.expectations import judge, parse
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Fault, Kind
from dnstrace.model.judgement import Judgement, StepEvidence
from dnstrace.model.security import Security
from dnstrace.render.document import document, schema, to_json
from tests.checks.checking import checked
from tests.render import traces
from tests.replies import name

SCHEMA = json.loads(schema())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


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
            assert node["required"] == list(node["properties"])
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


def test_the_verdict_says_what_to_do_and_how_to_see_it() -> None:
    written = document(report(checked(load("parent-child-differ"))))
    VALIDATOR.validate(written)
    told = written["verdict"]
    assert told.pop("text").endswith("registrar of example.com (1 of 2 name servers; step 5)")
    assert told == {
        "blame": "registrar",
        "zone": "example.com.",
        "server": "ns1.example.com.",
        "steps": [5, 3, 17, 18],
        "reproduce": "dig @192.0.2.53 www.example.com. A +norecurse +dnssec",
        "records": ["ns1.example.com. 172800 IN A 203.0.113.53"],
    }


def test_a_verdict_on_no_zone_obeys_the_schema() -> None:
    written = document(
        report(trace("www.example.com", network=LabNetwork(load("all-refuse")), server="192.0.2.53"))
    )
    VALIDATOR.validate(written)
    assert (written["verdict"]["blame"], written["verdict"]["zone"]) == ("nobody", None)


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


def test_a_step() -> None:
    step = document(report(traces.plain()))["steps"][1]
    assert (step["id"], step["parent"], step["purpose"], step["zone"]) == (2, 1, "walk", "com.")
    assert step["servers"][0] == {
        "name": "a.gtld-servers.net.",
        "addresses": [{"address": "192.5.6.30", "source": "glue"}],
    }
    assert step["servers"][2] == {"name": "c.gtld-servers.net.", "addresses": []}
    assert (step["chosen"], step["outcome"]) == (0, "referral")
    assert step["referral"] == {
        "zone": "example.com.",
        "ttl": 172800,
        "ns": ["ns1.example.com.", "ns2.example.com."],
        "glue": [
            {"name": "ns1.example.com.", "address": "192.0.2.53"},
            {"name": "ns2.example.com.", "address": "192.0.2.54"},
            {"name": "ns2.example.com.", "address": "2001:db8::54"},
        ],
        "ds": [],
    }


def test_the_ds_records_of_a_referral() -> None:
    (ds,) = document(report(traces.plain()))["steps"][0]["referral"]["ds"]
    assert ds.startswith("19718 13 2 ")


def test_an_attempt() -> None:
    attempt = document(report(traces.plain()))["steps"][2]["attempts"][0]
    size = attempt.pop("size")
    assert isinstance(size, int) and size > 12
    assert attempt == {
        "server": "ns1.example.com.", "address": "192.0.2.53", "port": 53, "transport": "udp",
        "start_ms": 33.0, "rtt_ms": 8.0, "result": "response", "meaning": "answer", "rcode": "NOERROR",
        "flags": ["qr", "aa"], "edns": None, "sections": None, "wire": None, "cause": None, "note": None,
    }  # fmt: skip


def test_each_fault_has_its_result() -> None:
    attempts = document(report(traces.broken()))["steps"][2]["attempts"]
    assert [(a["meaning"], a["result"]) for a in attempts[:8]] == [
        ("timeout", "timeout"),
        ("abandoned", "abandoned"),
        ("port-unreachable", "unreachable"),
        ("network-unreachable", "unreachable"),
        ("connection-lost", "unreachable"),
        ("malformed", "malformed"),
        ("mismatch", "mismatch"),
        ("refused", "response"),
    ]
    assert attempts[0]["rcode"] is attempts[0]["flags"] is attempts[0]["size"] is attempts[0]["edns"] is None


def test_every_fault_can_be_written() -> None:
    trace = traces.plain()
    for fault in Fault:
        story = traces.begin("www.example.com. A")
        attempt = story.fault("ns1.example.com.", "192.0.2.53", "example.com.", fault, 3)
        step = replace(trace.steps[2], attempts=(attempt,), chosen=None)
        VALIDATOR.validate(document(report(replace(trace, steps=(*trace.steps[:2], step)))))


def test_sections_only_where_they_are_wanted() -> None:
    sections = document(report(traces.plain()), verbose=True)["steps"][1]["attempts"][0]["sections"]
    assert [rrset["type"] for rrset in sections["authority"]] == ["NS"]
    assert [rrset["rdata"] for rrset in sections["additional"]] == [
        ["192.0.2.53"],
        ["192.0.2.54"],
        ["2001:db8::54"],
    ]
    assert sections["answer"] == []


def test_edns_is_decoded() -> None:
    edns = document(report(traces.hostile()))["steps"][2]["attempts"][0]["edns"]
    assert (edns["version"], edns["udp_size"], edns["do"]) == (0, 1232, False)
    assert edns["nsid"] == {
        "hex": b"\x1b]0;title\x07\xff\xfe fra1".hex(),
        "text": "\\027]0;title\\007\\255\\254 fra1",
    }
    assert edns["ede"][0] == {
        "code": 9, "name": "DNSKEY Missing", "text": "\\027[2J\\15531m\\u{202e}gnp.exe\\u{200b}[red]\\010\\\\"
    }  # fmt: skip
    assert edns["ede"][1]["name"] is None
    assert (edns["cookie"], edns["subnet"]) == (b"12345678abcdefgh".hex(), "192.0.2.0/24/16")


def test_nothing_from_the_network_comes_through_raw() -> None:
    for text in strings(json.loads(to_json(report(traces.hostile()), verbose=True))):
        assert text.isprintable(), text


def test_a_snapshot_has_no_outcome_yet() -> None:
    written = document(report(traces.interrupted()))
    assert (written["outcome"], written["interrupted"]) == (None, True)
    assert (written["steps"][1]["outcome"], written["steps"][1]["chosen"]) == (None, None)


def test_what_the_chain_of_trust_says() -> None:
    evidence = {3: StepEvidence(Security.BOGUS, "expired")}
    written = document(
        report(replace(traces.plain(), judgement=Judgement(Security.BOGUS, "expired", evidence)))
    )
    assert written["security"] == "bogus"
    assert [step["security"] for step in written["steps"]] == [None, None, "bogus"]
    VALIDATOR.validate(written)


def test_names_are_a_labels() -> None:
    assert document(report(traces.international()))["question"]["name"] == "xn--bcher-kva.example.com."


def test_an_rcode_without_a_mnemonic() -> None:
    trace = replace(traces.plain(), rcode=3000)
    written = document(report(trace))
    assert written["rcode"] == "RCODE3000"
    VALIDATOR.validate(written)


def test_a_root_without_address_is_written() -> None:
    trace = traces.plain()
    step = replace(trace.steps[0], zone=name("."), servers=traces.servers("ns.example."))
    VALIDATOR.validate(document(report(replace(trace, steps=(step, *trace.steps[1:])))))


def test_indented_for_people() -> None:
    text = to_json(report(traces.plain()), indent=2)
    assert text.startswith('{\n  "schema": "dnstrace/1"')
    assert json.loads(text) == document(report(traces.plain()))


def test_rich_is_not_imported() -> None:
    code = "import sys, dnstrace.render.document, dnstrace.render.short; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_what_was_expected() -> None:
    trace = traces.plain()
    expectations = parse("A=192.0.2.44 security=secure rcode!=nxdomain zone=com serial>=1")
    written = document(
        report(replace(trace, expectations=tuple(judge(trace, each) for each in expectations)))
    )
    VALIDATOR.validate(written)
    first, *others = written["expectations"]
    assert first == {
        "text": "A=192.0.2.44",
        "what": "a",
        "operator": "=",
        "value": "192.0.2.44",
        "met": True,
        "found": ["192.0.2.44"],
    }
    assert [(each["value"], each["found"]) for each in others] == [
        ("secure", None),
        ("NXDOMAIN", ["NOERROR"]),
        ("com.", ["example.com."]),
        ("1", None),
    ]

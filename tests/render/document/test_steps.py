"""The steps in the document: the servers asked, their replies, and the evidence for their security."""

from __future__ import annotations

from dataclasses import replace

from dnstrace.api import report
from dnstrace.model import Fault
from dnstrace.model.judgement import Judgement, StepEvidence
from dnstrace.model.security import Security
from dnstrace.render.document import document
from tests.checks.checking import walked
from tests.render import traces
from tests.render.validating import VALIDATOR
from tests.replies import name


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


def test_an_attempt() -> None:
    attempt = document(report(traces.plain()))["steps"][2]["attempts"][0]
    size = attempt.pop("size")
    assert isinstance(size, int) and size > 12
    assert attempt == {
        "server": "ns1.example.com.", "address": "192.0.2.53", "port": 53, "transport": "udp",
        "start_ms": 33.0, "rtt_ms": 8.0, "result": "response", "meaning": "answer", "rcode": "NOERROR",
        "flags": ["qr", "aa"], "edns": None, "sections": None, "wire": None, "cause": None, "note": None,
    }  # fmt: skip


def test_a_reply_to_another_name_of_the_run_says_to_which() -> None:
    trace = traces.plain()
    first, *others = trace.steps
    asked = replace(first.question, name=name("other.example.com."))
    attempt = replace(first.attempts[0], exchange=replace(first.attempts[0].exchange, cached=asked))
    known = replace(trace, steps=(replace(first, attempts=(attempt, *first.attempts[1:])), *others))
    whole = document(report(known))
    VALIDATOR.validate(whole)
    assert whole["steps"][0]["attempts"][0]["cached"] == {
        "name": "other.example.com.", "type": "A", "class": "IN",
    }  # fmt: skip
    assert all("cached" not in each for each in whole["steps"][1]["attempts"])


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


def test_what_the_chain_of_trust_says() -> None:
    evidence = {3: StepEvidence(Security.BOGUS, "expired")}
    written = document(
        report(replace(traces.plain(), judgement=Judgement(Security.BOGUS, "expired", evidence)))
    )
    assert written["security"] == "bogus"
    assert [step["security"] for step in written["steps"]] == [None, None, "bogus"]
    VALIDATOR.validate(written)


def test_a_root_without_address_is_written() -> None:
    trace = traces.plain()
    step = replace(trace.steps[0], zone=name("."), servers=traces.servers("ns.example."))
    VALIDATOR.validate(document(report(replace(trace, steps=(step, *trace.steps[1:])))))


def test_compact_denial_has_a_key_of_its_own() -> None:
    for world, compact in (("dnssec-compact-nxdomain", True), ("dnssec-nsec-nodata", False)):
        made = document(report(walked(world)))
        assert VALIDATOR.is_valid(made)
        *above, last = [step for step in made["steps"] if step["purpose"] == "walk"]
        assert (last["outcome"], last["compact_denial"]) == ("nodata", compact)
        assert not any(step["compact_denial"] for step in above)

"""The results in the document: verdict, findings, expectations, resolvers."""

from __future__ import annotations

from dataclasses import replace

from dnstrace import trace
from dnstrace.analysis.expectations import judge, parse
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.render.document import document
from tests.checks.checking import checked
from tests.render import traces
from tests.render.validating import VALIDATOR


def test_the_verdict_says_what_to_do_and_how_to_see_it() -> None:
    written = document(report(checked(load("parent-child-differ"))))
    VALIDATOR.validate(written)
    told = written["verdict"]
    assert told.pop("text").endswith("; found: 2 errors, 1 warning")
    commands = told.pop("reproduce").split("\n")
    assert commands[0] == "dig @192.0.2.53 www.example.com. A +norecurse +dnssec" and len(commands) == 2
    assert told.pop("steps")[:2] == [5, 3]
    assert told == {
        "blame": "registrar",
        "zone": "example.com.",
        "operator": "example.com.",
        "server": "ns1.example.com.",
        "summary": [
            "errors: refuses (ns1.example.com), glue-differs (ns1.example.com)",
            "warning: ns-differs",
        ],
        "cure": "change the glue for ns1.example.com to 203.0.113.53",
        "records": ["ns1.example.com. 172800 IN A 203.0.113.53"],
        "not_rehearsed": None,
    }


def test_a_verdict_on_no_zone_obeys_the_schema() -> None:
    written = document(
        report(trace("www.example.com", network=LabNetwork(load("all-refuse")), server="192.0.2.53"))
    )
    VALIDATOR.validate(written)
    assert (written["verdict"]["blame"], written["verdict"]["zone"]) == ("nobody", None)


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
        "servers": None,
    }
    assert [(each["value"], each["found"]) for each in others] == [
        ("secure", None),
        ("NXDOMAIN", ["NOERROR"]),
        ("com.", ["example.com."]),
        ("1", None),
    ]


def test_a_finding_has_its_evidence_and_who_can_fix_it() -> None:
    (finding,) = document(report(checked(load("refuses"))))["findings"]
    finding.pop("cure")
    assert finding.pop("message") and finding.pop("steps") and finding.pop("references")
    assert finding == {
        "code": "refuses",
        "level": "error",
        "zone": "example.com.",
        "server": "ns1.example.com.",
        "blame": "host",
        "operator": "example.com.",
        "records": [],
        "remedy": {
            "who": "host",
            "where": None,
            "add": [],
            "change": [],
            "remove": [],
            "servers": ["ns1.example.com."],
        },
        "rehearsed": None,
        "not_rehearsed": "a server has to be changed first",
        "explains": [],
    }

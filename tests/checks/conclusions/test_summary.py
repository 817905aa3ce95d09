"""All findings of a trace, counted by level and listed by code."""

from __future__ import annotations

import dns.name

from dnstrace.checks.conclusions.summary import counts, summary
from dnstrace.model.findings import Blame, Finding, Level


def finding(code: str, level: Level, server: str | None = None) -> Finding:
    name = None if server is None else dns.name.from_text(server)
    return Finding(code, level, None, name, "", (1,), (), Blame.HOST)


FOUND = [
    finding("unreachable", Level.ERROR, "ns1.example.com."),
    finding("unreachable", Level.ERROR, "ns2.example.com."),
    finding("chain-broken", Level.ERROR),
    finding("ns-differs", Level.WARNING),
]


def test_findings_are_counted_by_level() -> None:
    assert counts(FOUND) == "3 errors, 1 warning"
    assert counts([finding("soa-mname", Level.NOTICE)] * 2) == "2 notices"


def test_one_finding_needs_no_count() -> None:
    assert counts(FOUND[:1]) == counts([]) == ""


def test_each_code_has_its_servers() -> None:
    assert summary(FOUND) == (
        "errors: unreachable (ns1.example.com and ns2.example.com), chain-broken",
        "warning: ns-differs",
    )


def test_of_many_servers_the_first_are_named() -> None:
    many = [finding("glue-missing", Level.ERROR, f"ns{number}.example.com.") for number in range(1, 14)]
    assert summary(many)[0].startswith("errors: glue-missing (ns1.example.com, ns2.example.com, ")
    assert summary(many)[0].endswith(", ns4.example.com and 9 more)")

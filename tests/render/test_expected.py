"""Expectations in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.analysis.expectations import judge, parse
from dnstrace.model import Outcome
from dnstrace.render.expected import expected_text, instead_text
from tests.render import traces


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("a=192.0.2.9", "found 192.0.2.44"),
        ("cname=a.example.", "found none"),
        ("zone=net", "found example.com."),
        ("ttl>=600", "found 300"),
        ("rcode=NXDOMAIN", "found NOERROR"),
        ("security=secure", "not known"),
    ],
)
def test_what_was_found_instead(text: str, instead: str) -> None:
    (expectation,) = parse(text)
    met = judge(traces.plain(), expectation)
    assert (expected_text(met), instead_text(met)) == (text, instead)


def test_several_records_are_all_named() -> None:
    (expectation,) = parse("a=192.0.2.9")
    found = "found 192.0.2.44, 192.0.2.45, 192.0.2.46, 192.0.2.47"
    assert instead_text(judge(traces.several(), expectation)) == found


def test_a_failed_trace_knows_nothing() -> None:
    (expectation,) = parse("a!=192.0.2.9")
    failed = replace(traces.plain(), outcome=Outcome.FAILED, answer=())
    assert instead_text(judge(failed, expectation)) == "not known"

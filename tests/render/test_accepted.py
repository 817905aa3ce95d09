"""Findings that are accepted, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.analysis.accepting import accepting
from dnstrace.cli.line.ignoring import ignore
from dnstrace.render.accepted import accepted_groups, because
from tests.checks.checking import walked
from tests.findings import finding


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lame-server", "no reason given (--ignore lame-server)"),
        ("lame-server until 2026-03-31", "until 2026-03-31 (--ignore lame-server)"),
        ("lame-server It is replaced.", "because: It is replaced."),
        ("lame-server until 2026-03-31 It is replaced.", "until 2026-03-31: It is replaced."),
        ("lame-server a\x1bb", "because: a\\027b"),
    ],
)
def test_why_and_until_when(text: str, said: str) -> None:
    assert because(ignore(text)) == said


def test_what_is_alike_and_accepted_for_one_reason_is_one() -> None:
    first = finding(message="ns1.example.com does not serve it")
    second = finding(
        message="ns2.example.com does not serve it",
        server="ns2.example.com.",
        cure="configure example.com on ns2.example.com",
    )
    trace = replace(walked("in-domain"), findings=(first, second))
    ((one, _),) = accepted_groups(accepting(trace, [ignore("lame-server")]))
    assert one.message.endswith("; the same goes for ns2.example.com")
    each = [ignore("lame-server@@ns1.example.com x"), ignore("lame-server y")]
    assert [why.reason for _, why in accepted_groups(accepting(trace, each))] == ["x", "y"]

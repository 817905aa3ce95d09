"""What an `--ignore` is about."""

from __future__ import annotations

from datetime import date

import pytest

from dnstrace.cli.line.ignoring import ignore
from tests.findings import finding


@pytest.mark.parametrize(
    ("text", "concerned"),
    [
        ("lame-server", True),
        ("lame-server@EXAMPLE.com.", True),
        ("lame-server@example.com@ns1.example.com", True),
        ("lame-server@@NS1.example.com", True),
        ("*@example.com", True),
        ("*", True),
        ("refuses", False),
        ("lame-server@com", False),
        ("lame-server@www.example.com", False),
        ("lame-server@ns1.example.com", False),
        ("lame-server@example.com@ns2.example.com", False),
    ],
)
def test_a_code_a_zone_and_a_server_have_to_be_the_same(text: str, concerned: bool) -> None:
    assert ignore(text).concerns(finding()) is concerned


def test_what_has_no_zone_or_server_is_meant_by_its_code_alone() -> None:
    bare = finding(zone=None, server=None)
    assert ignore("lame-server").concerns(bare)
    assert not ignore("lame-server@example.com").concerns(bare)
    assert not ignore("lame-server@@ns1.example.com").concerns(bare)


def test_the_last_day_belongs_to_it() -> None:
    until = ignore("lame-server until 2026-03-31")
    assert [until.has_expired(date(2026, month, day)) for month, day in ((1, 1), (3, 31), (4, 1))] == [
        False,
        False,
        True,
    ]
    assert not ignore("lame-server").has_expired(date.max)

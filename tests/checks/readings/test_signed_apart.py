"""Copies of a zone on servers of the zone above, signed or not unlike those on the zone's own servers."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.signed_apart import signed_above
from tests.checks.checking import checked
from tests.checks.copies import ABOVE, copied
from tests.replies import name

ROLLED: dict[str, Any] = {"broken": ["rolled"]}
APART: list[tuple[dict[str, Any] | None, dict[str, Any] | None, str]] = [
    (None, {}, "is signed on ns2.example.com, but not on its own servers"),
    ({}, None, "is signed, but not on ns2.example.com"),
    (ROLLED, {}, "is signed with other keys on ns2.example.com than on its own servers"),
]


@pytest.mark.parametrize(("own", "copy", "how"), APART)
def test_a_copy_that_is_signed_otherwise_differs(
    own: dict[str, Any] | None, copy: dict[str, Any] | None, how: str
) -> None:
    findings = checked(copied(own, copy)).findings or ()
    (found,) = (each for each in findings if each.code == "answers-differ")
    assert found.is_error and found.message.endswith(f"sub.example.com {how}")
    assert "unexplained" not in {each.code for each in findings}


def test_several_servers_with_a_copy_are_named_together() -> None:
    (found,) = checked(copied(None, {}, ABOVE[:2])).findings or ()
    assert found.code == "answers-differ"
    assert found.message.endswith("signed on ns1.example.com and ns2.example.com, but not on its own servers")


def test_a_copy_that_is_signed_alike_is_no_difference() -> None:
    assert not checked(copied({}, {})).findings


def test_in_a_zone_that_need_not_be_signed_signatures_are_no_difference() -> None:
    assert not checked(copied(None, {"ds": "none"})).findings


@pytest.mark.parametrize(("copy", "servers"), [({}, {ABOVE[1]}), (None, set())])
def test_the_copies_with_signatures_are_found(copy: dict[str, Any] | None, servers: set[str]) -> None:
    cut = Evidence(checked(copied(None, copy))).cut(name("sub.example.com."))
    assert cut is not None
    assert {str(reply.server) for reply in signed_above(cut)} == servers

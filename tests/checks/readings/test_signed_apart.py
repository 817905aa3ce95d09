"""Copies of a zone on servers of the zone above, signed or not unlike those on the zone's own servers."""

from __future__ import annotations

from typing import Any

import dns.message
import pytest
from dns.rrset import from_rdata

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.signed_apart import signed_above, signed_apart
from dnstrace.checks.readings.statements import heard_below
from dnstrace.model import Kind
from dnstrace.model.structs import replace
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


def test_a_copy_on_a_server_to_which_the_others_refer_is_the_zones_own() -> None:
    cut = Evidence(checked(copied(None, {}, listed=ABOVE[1]))).cut(name("sub.example.com."))
    assert cut is not None and any(reply.server == name(ABOVE[1]) for reply in cut.replies)
    assert not signed_above(cut)


@pytest.mark.parametrize(("key", "apart"), [(46936, False), (1, True)])
def test_signatures_with_another_key_that_the_zone_has_are_no_difference(key: int, apart: bool) -> None:
    evidence = Evidence(checked(copied({}, {})))
    above, child = (evidence.cut(name(zone)) for zone in ("example.com.", "sub.example.com."))
    assert above is not None and child is not None
    (reply,) = {r.server: r for r in above.replies if r.meaning.kind is Kind.ANSWER}.values()
    theirs = heard_below(above, reply, child.zone)
    message = dns.message.from_wire(reply.attempt.exchange.wire or b"")
    assert theirs and not signed_apart(child, reply, theirs)
    message.answer, message.authority = (
        [from_rdata(r.name, r.ttl, *(each.replace(key_tag=key) for each in r)) for r in section if r.covers]
        for section in (message.answer, message.authority)
    )
    exchange = replace(reply.attempt.exchange, message=message)
    other = replace(reply, attempt=replace(reply.attempt, exchange=exchange))
    assert signed_apart(child, other, theirs) is apart

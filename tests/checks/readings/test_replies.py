"""Replies by address, and together."""

from __future__ import annotations

import dns.name
import dns.rdatatype
import pytest

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.replies import (
    HeardReply,
    by_server,
    causes_in,
    lists_itself,
    only_server,
    replies_of,
    steps_of,
)
from dnstrace.model import ROOT, Cause, Kind
from tests.checks.checking import checked, made_of
from tests.checks.documented import checked_world
from tests.troubled import SERVERS, in_trouble, limits_rate

ZONE, WWW = dns.name.from_text("example.com."), dns.name.from_text("www.example.com.")


def replies_in(world: str) -> tuple[HeardReply, ...]:
    cut = Evidence(checked_world(world)).cut(ZONE)
    assert cut is not None
    return cut.replies


def test_the_last_attempt_at_an_address_counts() -> None:
    """The server truncates over UDP, and answers when asked again over TCP."""
    step = next(step for step in checked_world("truncated").steps if step.zone == ZONE)
    assert len(step.attempts) > len({attempt.address for attempt in step.attempts})
    assert {reply.meaning.kind for reply in replies_of(step)} == {Kind.ANSWER}


def test_an_rrset_is_found_by_owner_and_type() -> None:
    reply = replies_in("textbook")[0]
    rrset = reply.rrset(WWW, dns.rdatatype.A)
    assert rrset is not None and rrset[0].address == "192.0.2.44"
    assert reply.rrset(WWW, dns.rdatatype.AAAA) is None


def test_without_a_reply_there_is_no_rrset() -> None:
    silent = next(reply for reply in replies_in("silent") if reply.message is None)
    assert silent.rrset(WWW, dns.rdatatype.A) is None
    assert silent.meaning.kind is Kind.TIMEOUT


def test_replies_are_grouped_by_server() -> None:
    groups = by_server(replies_in("silent"))
    assert {server.to_text(): len(replies) for server, replies in groups.items()} == {
        "ns1.example.com.": 2,
        "ns2.example.com.": 2,
    }
    for server, replies in groups.items():
        assert only_server(replies) == server
    assert only_server(replies_in("silent")) is None and only_server([]) is None


def test_each_step_stands_once() -> None:
    cut = Evidence(checked_world("textbook")).cut(ROOT)
    assert cut is not None and len(cut.replies) > 1
    assert steps_of(cut.replies) == (1,)


def test_a_reply_truncated_by_a_limit_of_the_rate_was_not_too_large() -> None:
    limited = in_trouble("in-domain", limits_rate(5, "lost", 3, SERVERS)).steps
    assert any(a.cause is Cause.DROPS_LARGE_UDP for step in limited for a in step.attempts)
    assert not causes_in(limited)[Cause.DROPS_LARGE_UDP]
    assert causes_in(checked_world("drops-large-udp").steps)[Cause.DROPS_LARGE_UDP]


@pytest.mark.parametrize(("listed", "expected"), [("ns2", True), ("ns1", False)])
def test_a_server_that_refers_to_a_zone_of_its_own_does_not_serve_it(listed: str, expected: bool) -> None:
    """It is a server of the parent zone too, and shows what the parent has."""
    sub = dns.name.from_text("sub.example.com.")
    soa = "@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n"
    zones = {
        "example.com.": {"add": f"sub NS {listed}\n"},
        "sub.example.com.": {
            "text": f"{soa}@ NS {listed}.example.com.\nwww A 192.0.2.1\n",
            "servers": ["ns1.example.com."],
        },
    }
    found = checked(made_of("in-domain", question="www.sub.example.com. A", zones=zones))
    referring = [
        HeardReply(step, attempt)
        for step in found.steps
        for attempt in step.attempts
        if attempt.meaning.delegation is not None and attempt.meaning.delegation.zone == sub
    ]
    assert referring and {lists_itself(reply, sub) for reply in referring} == {expected}
    assert not any(lists_itself(reply, dns.name.root) for reply in referring)

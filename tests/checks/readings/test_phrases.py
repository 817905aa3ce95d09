"""Zones, servers and numbers in sentences."""

from __future__ import annotations

import dns.name
import dns.rdatatype
import pytest

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import (
    addresses,
    counted,
    listed,
    parent_text,
    question_text,
    server_names,
    where,
)
from dnstrace.model import Question
from tests.checks.documented import checked_world

ZONE = dns.name.from_text("example.com.")


def test_a_list_in_words() -> None:
    assert [listed(()), listed("a"), listed("ab"), listed("abcd", most=2)] == [
        "none", "a", "a and b", "a, b and 2 more",
    ]  # fmt: skip


def test_a_name_in_a_list_has_no_final_dot() -> None:
    assert listed([ZONE, dns.name.root, "192.0.2.1"]) == "example.com, . and 192.0.2.1"


def test_servers_stand_with_their_addresses() -> None:
    cut = Evidence(checked_world("textbook")).cut(ZONE)
    assert cut is not None
    replies = sorted(cut.replies, key=lambda reply: reply.address)[:3]
    assert where(replies) == (
        "ns-2048.awsdns-64.com (205.251.200.0), ns-2049.awsdns-65.net (205.251.200.1) and"
        " ns-2050.awsdns-66.org (205.251.200.2)"
    )
    assert server_names(replies[:2]) == "ns-2048.awsdns-64.com and ns-2049.awsdns-65.net"
    assert addresses(replies) == "205.251.200.0, 205.251.200.1 and 205.251.200.2"
    assert addresses(replies[:1]) == "205.251.200.0"


def test_a_parent_is_named_as_far_as_it_is_known() -> None:
    evidence = Evidence(checked_world("textbook"))
    texts = [parent_text(cut) for cut in evidence.cuts if cut.zone in (ZONE, dns.name.root, ZONE.parent())]
    assert texts == ["the parent zone", "the root zone", "com"]


def test_a_question_stands_by_name_and_type() -> None:
    assert question_text(Question(ZONE, dns.rdatatype.AAAA)) == "example.com AAAA"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 name servers"), (1, "1 name server"), (2, "2 name servers")]
)
def test_a_number_agrees_with_its_noun(count: int, text: str) -> None:
    assert counted(count, "name server") == text
    assert counted(count, "query", "queries").split()[1] == ("query" if count == 1 else "queries")

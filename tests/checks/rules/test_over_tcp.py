"""Rules on replies over TCP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace import trace
from dnstrace.checks import Level, findings
from dnstrace.lab.world import load
from dnstrace.model.limits import Limits
from tests.checks.checking import checked, made_of, walked, walked_in
from tests.checks.documented import assert_fires, found

RULES = [
    ("no-tcp", "loses-tcp", "truncated"),
    ("no-tcp", "tcp-refused", "servfail"),
    ("truncated-over-tcp", "truncated-over-tcp", "truncated"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_an_error_over_tcp_alone_is_not_a_zone_that_is_not_configured() -> None:
    (finding,) = found("no-tcp", "tcp-refused")
    assert finding.level is Level.ERROR and "answers REFUSED over TCP at 192.0.2.53" in finding.message
    assert finding.cure.startswith("have ns1.example.com, or a proxy in front of it")
    servers = {f"ns{number}.example.com.": {"does": ["no-tcp=SERVFAIL"]} for number in (1, 2)}
    said = checked(made_of("in-domain", servers=servers)).findings or ()
    assert {(each.code, each.level) for each in said} == {("no-tcp", Level.WARNING)}


def test_no_tcp_is_an_error_only_where_the_server_truncates() -> None:
    (needed,) = found("no-tcp", "loses-tcp")
    assert needed.level is Level.ERROR
    assert needed.message.endswith("although it truncates its replies over UDP")
    made = checked(made_of("in-domain", servers={"ns1.example.com.": {"does": ["no-tcp"]}}))
    (finding,) = [each for each in made.findings or () if each.code == "no-tcp"]
    assert finding.level is Level.WARNING
    assert finding.message == "ns1.example.com does not answer over TCP at 192.0.2.53 and 2001:db8:1::53"
    assert "TCP port 53 on ns1.example.com" in finding.cure and finding.remedy is not None


@pytest.mark.parametrize("does", ["no-tcp", "loses-tcp", "no-tcp=REFUSED"])
def test_without_a_check_too_servers_that_truncate_have_to_open_tcp(does: str) -> None:
    each = {"does": [does]}
    world = made_of("truncated", servers={"ns1.example.com.": each, "ns2.example.com.": each})
    question = replace(world, question=load("no-tcp").question)
    walk = walked_in(question, signed=False)
    assert walk.findings is None and walk.outcome == "failed"
    each_found = [finding for finding in findings(walk) if finding.is_error]
    assert {finding.code for finding in each_found} == {"no-tcp"} and len(each_found) == 2
    begins = "open TCP port 53 on ns" if does == "no-tcp" else "have ns"
    assert all(finding.cure.startswith(begins) for finding in each_found)


def test_where_the_connection_is_closed_without_a_reply_the_port_is_not_said_to_be_closed() -> None:
    (lost,) = found("no-tcp", "loses-tcp")
    assert lost.cure.startswith("have ns1.example.com answer queries over TCP: port 53 is open")


def test_keys_that_need_tcp_are_a_matter_of_tcp_for_who_only_validates() -> None:
    walk = walked("dnssec-keys-need-tcp")
    errors = {finding.code for finding in findings(walk) if finding.is_error}
    assert errors == {"no-tcp", "chain-broken"}


@pytest.mark.parametrize("milliseconds", range(130, 158, 3))
def test_a_query_that_the_deadline_ended_is_not_one_without_reply(milliseconds: int) -> None:
    limits = Limits(deadline=milliseconds / 1000, max_queries=1000, lookups=128)
    assert trace("www.example.com", lab="textbook", check=True, seed=1, limits=limits).findings == ()

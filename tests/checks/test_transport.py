"""Rules on how servers can be asked: TCP, EDNS, case; and on what they do for anybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.checks import Level, findings
from dnstrace.lab.world import load
from tests.checks.checking import checked, made_of, walked, walked_in
from tests.checks.documented import assert_fires, found

RULES = [
    ("no-tcp", "loses-tcp", "truncated"),
    ("truncated-over-tcp", "truncated-over-tcp", "truncated"),
    ("no-edns", "no-edns", "textbook"),
    ("drops-edns", "drops-edns", "no-edns"),
    ("drops-large-udp", "drops-large-udp", "truncated"),
    ("edns-version", "soa-missing", "textbook"),
    ("edns-option", "echoes-options", "textbook"),
    ("case-not-kept", "lowers-case", "textbook"),
    ("open-recursion", "open-recursion", "recursive"),
    ("open-transfer", "open-transfer", "textbook"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_no_tcp_is_an_error_only_where_the_server_truncates() -> None:
    (needed,) = found("no-tcp", "loses-tcp")
    assert needed.level is Level.ERROR
    assert needed.message.endswith("although it truncates its replies over UDP")
    made = checked(made_of("in-domain", servers={"ns1.example.com.": {"does": ["no-tcp"]}}))
    (finding,) = [each for each in made.findings or () if each.code == "no-tcp"]
    assert finding.level is Level.WARNING
    assert finding.message == "ns1.example.com does not answer over TCP at 192.0.2.53 and 2001:db8:1::53"
    assert "TCP port 53 on ns1.example.com" in finding.cure and finding.remedy is not None


@pytest.mark.parametrize("does", ["no-tcp", "loses-tcp"])
def test_without_a_check_too_servers_that_truncate_have_to_open_tcp(does: str) -> None:
    each = {"does": [does]}
    world = made_of("truncated", servers={"ns1.example.com.": each, "ns2.example.com.": each})
    question = replace(world, question=load("no-tcp").question)
    walk = walked_in(question, signed=False)
    assert walk.findings is None and walk.outcome == "failed"
    each_found = [finding for finding in findings(walk) if finding.is_error]
    assert {finding.code for finding in each_found} == {"no-tcp"} and len(each_found) == 2
    begins = {"no-tcp": "open TCP port 53 on ns", "loses-tcp": "have ns"}[does]
    assert all(finding.cure.startswith(begins) for finding in each_found)


def test_where_the_connection_is_closed_without_a_reply_the_port_is_not_said_to_be_closed() -> None:
    (lost,) = found("no-tcp", "loses-tcp")
    assert lost.cure.startswith("have ns1.example.com answer queries over TCP: port 53 is open")


def test_keys_that_need_tcp_are_a_matter_of_tcp_for_who_only_validates() -> None:
    walk = walked("dnssec-keys-need-tcp")
    errors = {finding.code for finding in findings(walk) if finding.is_error}
    assert errors == {"no-tcp", "chain-broken"}


@pytest.mark.parametrize(
    ("code", "world", "message"),
    [
        ("edns-version", "soa-missing", "replies NOERROR to EDNS version 1 at"),
        ("edns-option", "echoes-options", "sends the option back in its reply to a query with an unknown"),
        ("case-not-kept", "lowers-case", "changes the case of the name in the question at 192.0.2.53"),
        ("open-transfer", "open-transfer", "transfers the whole zone (AXFR) to anybody at 192.0.2.53"),
    ],
)
def test_a_message_says_what_the_server_does(code: str, world: str, message: str) -> None:
    assert message in found(code, world)[0].message


def test_servers_without_edns_have_no_findings_on_its_options_and_versions() -> None:
    assert not found("edns-version", "no-edns") and not found("edns-option", "no-edns")


def test_an_error_that_the_plain_query_gets_too_is_not_for_the_option_or_the_version() -> None:
    servers = {"ns2.example.com.": {"does": ["denies-name=example.com. example.com."]}}
    codes = {each.code for each in checked(made_of("in-domain", servers=servers)).findings or ()}
    assert codes and not codes & {"edns-option", "edns-version"}

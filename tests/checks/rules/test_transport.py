"""Rules on how servers can be asked: TCP, EDNS, case; and on what they do for anybody."""

from __future__ import annotations

import pytest

from dnstrace import trace
from dnstrace.lab.world import load
from dnstrace.model.limits import Limits
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found
from tests.cli.running import run

RULES = [
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


@pytest.mark.parametrize(
    ("code", "world", "message"),
    [
        ("edns-version", "soa-missing", "replies NOERROR to EDNS version 1 at"),
        ("edns-option", "echoes-options", "sends the option back in its reply to a query with an unknown"),
        ("case-not-kept", "lowers-case", "changes the case of the name in the question, at 192.0.2.53"),
        ("open-transfer", "open-transfer", "transfers the whole zone (AXFR) to anybody, at 192.0.2.53"),
    ],
)
def test_a_message_says_what_the_server_does(code: str, world: str, message: str) -> None:
    assert message in found(code, world)[0].message


@pytest.mark.parametrize("asked", ["www.example.com. A", "www.example.com. TXT", "none.example.com. A"])
def test_negative_answers_that_are_lost_with_edns_alone_are_no_riddle(asked: str) -> None:
    """Most queries with EDNS get a reply: these may be all of a zone whose data is asked for."""
    servers = {"ns1.example.com.": {"does": ["drops-denials"]}}
    found = checked(made_of("in-domain", question=asked, servers=servers)).findings or ()
    (one,) = (each for each in found if each.is_error or each.code == "unexplained")
    assert one.code == "drops-edns" and "answers them without EDNS, and others with it" in one.message


def test_servers_without_edns_have_no_findings_on_its_options_and_versions() -> None:
    assert not found("edns-version", "no-edns") and not found("edns-option", "no-edns")


def test_an_error_that_the_plain_query_gets_too_is_not_for_the_option_or_the_version() -> None:
    servers = {"ns2.example.com.": {"does": ["denies-name=example.com. example.com."]}}
    codes = {each.code for each in checked(made_of("in-domain", servers=servers)).findings or ()}
    assert codes and not codes & {"edns-option", "edns-version"}


@pytest.mark.parametrize(
    ("lacking", "says"),
    [
        ("AA", "answers without authority"),
        ("EDNS", "replies without EDNS"),
        ("answer", "gives another answer"),
    ],
)
def test_a_reply_to_an_unknown_option_is_as_without_it(lacking: str, says: str) -> None:
    servers = {"ns2.example.com.": {"does": [f"unlike-with-option={lacking}"]}}
    (finding,) = checked(made_of("in-domain", servers=servers)).findings or ()
    assert finding.code == "edns-option" and says in finding.message


def test_a_server_that_never_has_authority_does_not_lose_it_by_an_option() -> None:
    assert not found("edns-option", "no-aa")


@pytest.mark.parametrize("milliseconds", range(222, 240, 3))
def test_a_probe_that_the_deadline_ended_is_not_one_without_reply(milliseconds: int) -> None:
    limits = Limits(deadline=milliseconds / 1000, max_queries=1000, lookups=128)
    question = load("alias-chain").question
    found = trace(question.name, question.rdtype, lab="alias-chain", check=True, seed=1, limits=limits)
    assert found.findings == ()


def test_servers_that_were_sent_an_option_each_time_may_reject_just_that() -> None:
    """With --cookie and the like, no query with EDNS goes without it."""
    plainly, sent = (run("--lab", "no-edns", "--check", "--json", *more).out for more in ((), ("--cookie",)))
    assert "does not support EDNS at" in plainly
    assert "does not support EDNS, or not with the options that were sent" in sent

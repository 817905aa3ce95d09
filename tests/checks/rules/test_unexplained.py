"""The rule that speaks last."""

from __future__ import annotations

import pytest

from dnstrace.checks import findings
from dnstrace.lab.world import load
from tests.checks import checking
from tests.checks.documented import assert_documented, found

WITHOUT_RULES = [
    ("silent=DNSKEY", "ns1.example.com gives no reply when asked for example.com DNSKEY at 192.0.2.53"),
    ("silent=NS", "ns1.example.com gives no reply when asked for example.com NS at 192.0.2.53"),
]
"""What a server does, and what is said of that as long as no rule on it is applied."""


def test_the_rule_fires_where_nothing_else_does_and_only_there() -> None:
    assert_documented("unexplained")
    assert not found("unexplained", "caa-on-one") and not found("unexplained", "answers-agree")


def test_a_difference_says_who_says_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dnstrace.checks.applied", lambda _: without("answers-differ"))
    (finding,) = findings(checking.checked(load("caa-on-one")))
    assert finding.code == "unexplained" and finding.steps and finding.references
    assert "ns1.example.com: data; ns2.example.com: NODATA" in finding.message
    assert finding.message.endswith("; no rule explains this")
    assert finding.server is None and finding.level == "warning"


@pytest.mark.parametrize("world", ["servfail", "answers-differ", "parent-servers-differ", "ent-nxdomain"])
def test_what_a_rule_explains_is_unexplained_without_that_rule(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = checking.checked(load(world))
    (finding,) = (each for each in trace.findings or () if each.level != "notice")
    monkeypatch.setattr("dnstrace.checks.applied", lambda _: without(finding.code))
    left = findings(trace)
    assert left and {each.code for each in left} <= {"unexplained", "edns-version"}, left
    assert any(finding.server in (None, each.server) for each in left)


def without(code: str) -> tuple[object, ...]:
    from dnstrace.checks import CATALOGUE

    return tuple(rule for rule in CATALOGUE.values() if rule.code != code)


@pytest.mark.parametrize(("does", "said"), WITHOUT_RULES)
def test_a_server_that_drops_one_type_is_named(does: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = checking.made_of("in-domain", servers={"ns1.example.com.": {"does": [does]}})
    trace = checking.checked(world)
    monkeypatch.setattr("dnstrace.checks.applied", lambda _: without("type-fails"))
    assert any(said in each.message for each in findings(trace) if each.code == "unexplained")

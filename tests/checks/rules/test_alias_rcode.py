"""The rule on replies that deny a name and answer at the same time."""

from __future__ import annotations

from dnstrace.checks import Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

CODE = "nxdomain-with-answer"


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, "alias-nxdomain", "alias")
    (finding,) = found(CODE, "alias-nxdomain")
    assert finding.level is Level.WARNING and len(finding.steps) > 1
    assert "an alias of shop.cdn.example.net, which exists" in finding.message


def test_a_target_that_does_not_exist_may_be_denied() -> None:
    servers = {"ns1.example.com.": {"does": [f"{CODE}=shop.example.com."]}}
    world = made_of("alias-dangling", question="shop.example.com. A", servers=servers)
    findings = checked(world).findings or ()
    assert CODE not in {each.code for each in findings}


def test_data_with_nxdomain_is_named_too() -> None:
    servers = {"ns2.example.com.": {"does": [f"{CODE}=www.example.com."]}}
    findings = checked(made_of("in-domain", servers=servers)).findings or ()
    (finding,) = (each for each in findings if each.code == CODE)
    assert "www.example.com A with RCODE NXDOMAIN and the data that was asked for" in finding.message
    assert {each.code for each in findings} == {CODE}

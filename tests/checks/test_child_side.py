"""The rule on servers that answer for DS records from the wrong side of a zone cut."""

from __future__ import annotations

import pytest

from dnstrace.checks import Level
from dnstrace.checks.verdict import verdict
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, checked_world

CODE, WORLD = "ds-from-child", "dnssec-ds-from-child"


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, WORLD, "parent-and-child")


def test_signing_again_is_not_recommended_for_data_of_the_zone_below() -> None:
    trace = checked_world(WORLD)
    assert {each.code for each in trace.findings or ()} == {CODE}
    said = verdict(trace)
    assert said is not None and "sign " not in said.text and "DS records of dept.example.com" in said.text
    assert all(each.remedy is not None and each.remedy.servers for each in trace.findings or ())


@pytest.mark.parametrize(
    ("question", "ds", "level"),
    [("www.dept.example.com. A", "auto", Level.ERROR), ("dept.example.com. DS", "none", Level.NOTICE)],
)
def test_it_matters_where_there_is_a_chain_of_trust_to_the_upper_zone(
    question: str, ds: str, level: Level
) -> None:
    """One of the two servers does it, so that validators get a proof from the other."""
    content = {
        "question": question,
        "zones": {"example.com.": {"sign": {"algorithm": 13, "ds": ds}}},
        "servers": {"ns2.example.com.": {"does": []}},
        "expect": {"security": "insecure"},
    }
    findings = checked(made_of(WORLD, **content)).findings or ()
    assert {each.level for each in findings if each.code == CODE} == {level}
    assert any(each.is_error for each in findings) is (level is Level.ERROR)
    assert not any(each.code == "unexplained" for each in findings)

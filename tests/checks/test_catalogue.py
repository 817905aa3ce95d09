"""The catalogue: every rule is fully documented, has a world that fires it, and is in the README."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dnstrace.checks import CATALOGUE, Level, Rule, Trait, findings
from dnstrace.checks.catalogue import SECTIONS
from dnstrace.lab.world import load, names
from tests.checks.checking import checked
from tests.checks.levels import levels_in_source
from tests.checks.table import BEGIN, END, table

FIRED = {finding.split()[0]: name for name in names() for finding in load(name).expect.findings or ()}


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)
def test_a_rule_is_fully_documented(rule: Rule) -> None:
    assert tuple(rule.sections) == SECTIONS
    assert all(rule.sections.values())
    assert rule.title.endswith(".") and "\n" not in rule.title
    for reference in rule.references:
        assert re.fullmatch(r"(RFC|BCP) \d+( section \d+(\.\d+)*| appendix [A-Z])?", reference), reference


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)
def test_the_sections_are_sentences(rule: Rule) -> None:
    """Each continues its heading, as in "How to fix it: remove the alias."."""
    for head in SECTIONS[:-1]:
        text = rule.sections[head]
        first = text.split()[0]
        assert text.endswith((".", ")")) and "  " not in text
        assert first[0].islower() or first.isupper(), text


def test_traits_are_of_rules_that_the_verdict_needs_them_for() -> None:
    having = {trait: {code for code, rule in CATALOGUE.items() if trait in rule.traits} for trait in Trait}
    assert having[Trait.STANDS_ALONE] == {"intercepted"}
    assert having[Trait.NAMES_OPERATOR] == {"chain-broken", "possibly-intercepted"}
    assert "chain-broken" in having[Trait.BREAKS_TRUST]
    assert {"lame-server", "refuses", "unreachable"} < having[Trait.AT_SERVER]
    assert not having[Trait.AT_SERVER] & having[Trait.BREAKS_TRUST]


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code != "unexplained"])
def test_a_rule_has_a_world_that_fires_it(code: str) -> None:
    assert code in FIRED


def test_every_anomaly_of_every_world_is_explained() -> None:
    assert "unexplained" not in FIRED


def test_worlds_fire_nothing_that_is_not_in_the_catalogue() -> None:
    assert set(FIRED) <= set(CATALOGUE)


def test_at_least_twenty_healthy_worlds_have_no_finding() -> None:
    healthy = [name for name in names() if load(name).expect.findings == ()]
    assert len(healthy) >= 20
    assert {"textbook", "in-domain", "parent-and-child", "glueless", "alias-chain", "dname"} <= set(healthy)
    assert {f"dnssec-algorithm-{number}" for number in (8, 14, 15, 16)} <= set(healthy)


def test_the_rules_are_a_function_of_what_was_recorded() -> None:
    for name in ("parent-child-differ", "dnssec-strips-one", "drops-edns", "soa-stale"):
        found = checked(load(name))
        told = [replace(each, rehearsed="", unrehearsed="", rehearsal=None) for each in found.findings or ()]
        assert told and list(findings(found)) == told


def test_errors_come_first_and_each_finding_has_its_evidence() -> None:
    for name in ("parent-child-differ", "dnssec-strips-all", "cname-and-data"):
        trace = checked(load(name))
        levels = [list(Level).index(finding.level) for finding in trace.findings or ()]
        assert levels == sorted(levels)
        for finding in trace.findings or ():
            assert finding.steps and all(1 <= step <= len(trace.steps) for step in finding.steps)


def test_every_level_that_a_rule_can_give_is_declared_and_listed() -> None:
    for rule in CATALOGUE.values():
        assert {rule.level, *rule.also} == levels_in_source(rule), rule.code
    listed = [CATALOGUE[code].levels for code in ("no-tcp", "resolver-fails", "answers-differ", "ns-missing")]
    assert listed == ["warning or error", "warning or error", "warning, error or notice", "error"]


def test_the_readme_has_the_table() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert readme.partition(BEGIN)[2].partition(END)[0].strip() == table().strip()


@pytest.mark.parametrize("world", ["textbook", "in-domain", "parent-and-child", "glueless"])
def test_healthy_zones_have_no_findings(world: str) -> None:
    assert checked(load(world)).findings == ()

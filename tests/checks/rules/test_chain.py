"""The rule of last resort on DNSSEC."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dnstrace import Trace
from dnstrace.analysis.reached import breaks_at
from dnstrace.checks import CATALOGUE, Trait, findings
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.dnssec.anchors import parse_anchors, root_anchors
from dnstrace.lab.world import load
from dnstrace.model import ROOT, Purpose
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, checked_by_name, made_of, walked
from tests.checks.documented import assert_fires, checked_world

RULES = [
    ("chain-broken", "dnssec-keys-silent", "dnssec-expired"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_chain_that_another_rule_explains_is_not_reported_again() -> None:
    explained = {code for code, rule in CATALOGUE.items() if Trait.BREAKS_TRUST in rule.traits}
    for world in ("dnssec-missing-key", "dnssec-expired", "dnssec-bad-nsec"):
        codes = {finding.code for finding in checked_world(world).findings or ()}
        assert codes & explained and "chain-broken" not in codes


@pytest.mark.parametrize("world", ["dnssec-good", "dnssec-nsec-insecure-child", "textbook"])
def test_where_the_trust_anchor_is_of_other_keys_that_is_all_that_is_said(world: str) -> None:
    trace = checked(load(world), anchors=root_anchors())
    (found,) = (each for each in trace.findings or () if each.is_error)
    assert found.code == "chain-broken" and found.message.startswith("the trust anchor is for key")
    assert found.cure.startswith("compare the trust anchor") and found.zone == ROOT
    assert found.blame is Blame.NOBODY
    said = verdict(trace)
    assert said is not None and "has no signature" not in said.text and " . DNSKEY " in said.reproduce
    assert len(said.reproduce.splitlines()) == 1
    shown = [step for step in trace.steps if step.purpose is Purpose.WALK and step.id in said.steps]
    assert not shown and trace.judgement is not None
    bogus = [step for step in trace.steps if step.id in trace.judgement.steps and step.main]
    assert bogus and not any(breaks_at(trace, step) for step in bogus)


def test_a_trust_anchor_of_another_zone_is_compared_with_its_keys() -> None:
    text = f"com. IN DS 20326 8 2 {'E0' * 32}"
    trace = checked(load("dnssec-good"), anchors=parse_anchors(text, "a test"))
    (found,) = trace.findings or ()
    assert (
        found.cure.startswith("compare the trust anchor with the keys of com, ") and "IANA" not in found.cure
    )


@pytest.mark.parametrize("made", [checked_by_name, walked])
def test_below_an_alias_that_is_delegated_too_nothing_is_signed_again(made: Callable[[str], Trace]) -> None:
    trace = made("dnssec-cut-at-alias")
    found = {finding.code: finding for finding in trace.findings or findings(trace)}
    cause, effect = found["alias-beside-data"], found["chain-broken"]
    assert effect.cure == cause.cure and effect.zone == cause.zone and "sign" not in effect.cure
    assert cause.explains == ("chain-broken",)
    assert (said := verdict(trace)) is not None and said.text.startswith(
        f"validating resolvers give no answer: {cause.message}"
    )


def test_where_edns_is_refused_the_zone_is_not_signed_again() -> None:
    servers = {f"ns{number}.example.com.": {"does": ["no-edns"]} for number in (1, 2)}
    found = {finding.code: finding for finding in checked(made_of("_signed", servers=servers)).findings or ()}
    assert found["no-edns"].is_error and found["no-edns"].explains == ("chain-broken",)
    assert found["chain-broken"].cure == (
        "first do what no-edns recommends for ns1.example.com and ns2.example.com"
    )


def test_the_chain_breaks_at_the_highest_zone_whose_keys_are_not_had() -> None:
    """The servers of com take no EDNS, and one below does not either: only the first ones are the cause."""
    com = {f"{letter}.gtld-servers.net.": {"does": ["no-edns"]} for letter in "abcdefghijklm"}
    world = made_of("_signed", servers={**com, "ns1.example.com.": {"does": ["no-edns"]}})
    trace = checked(world)
    (broken,) = (each for each in trace.findings or () if each.code == "chain-broken")
    assert str(broken.zone) == "com." and "gtld-servers.net" in broken.cure
    said = verdict(trace)
    assert said is not None and "gtld-servers.net does not support EDNS" in said.text
    assert "ns1.example.com" not in said.cure and str(said.zone) == "com."

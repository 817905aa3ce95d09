"""The rule on servers that answer for DS records from the wrong side of a zone cut."""

from __future__ import annotations

from copy import copy

import dns.rdatatype
import dns.rrset
import pytest

from dnstrace import trace
from dnstrace.checks import Level
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Query
from dnstrace.model.structs import replace
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


class _Refers(LabNetwork):
    """A lab in which servers refer queries for DS as they do all others, as those from before DNSSEC do."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        asked = query.question
        if asked.rdtype != dns.rdatatype.DS or asked.name.to_text() != "example.com.":
            return await super().exchange(query, timeout)
        instead = replace(query, question=replace(asked, rdtype=dns.rdatatype.A))
        found = await super().exchange(instead, timeout)
        if found.message is None:
            return replace(found, query=query)
        message = copy(found.message)
        message.question = [dns.rrset.RRset(asked.name, asked.rdclass, asked.rdtype)]
        return replace(found, query=query, message=message, wire=message.to_wire())


def test_a_referral_in_reply_to_a_query_for_ds_is_called_one() -> None:
    """Such a server need not have the zone below: it cannot be told to serve it elsewhere."""
    world = load("dnssec-good")
    anchors = parse_anchors(world.anchors_text, world.name)
    network = _Refers(world, signed=True)
    found = trace("example.com", "DS", network=network, check=True, anchors=anchors, now=world.now, seed=1)
    said = [each for each in found.findings or () if each.code == CODE]
    assert said and all(
        "with a referral to example.com, not an answer from com" in each.message for each in said
    )
    assert not any("different servers" in each.cure for each in said)


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

"""Datagrams that the network loses, and how much silence that explains."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.analysis.losses import Losses, losses_in, without_chance
from dnstrace.model import Cause, Kind, Probe, Trace
from dnstrace.model.structs import replace
from tests.checks.checking import checked_by_name, made_of
from tests.troubled import dies, in_trouble, loses

LOSSY = ("in-domain", 0.2)


def lossy(seed: int) -> Trace:
    return in_trouble(LOSSY[0], loses(LOSSY[1], seed))


def test_what_is_lost_in_several_zones_is_the_networks() -> None:
    losses = losses_in(lossy(1).steps)
    assert losses.share == pytest.approx(LOSSY[1], abs=0.06)
    assert len(losses.addresses) > 10 and len(losses.zones) == 3 and losses.steps


def test_what_one_zone_loses_is_not_nor_is_silence_that_nobody_broke() -> None:
    assert not losses_in(checked_by_name("unreliable-silent").steps).sent
    assert not losses_in(checked_by_name("type-silent").steps).sent
    assert not losses_in(in_trouble("in-domain", dies(0.05, "lost")).steps).sent


def test_the_more_is_lost_the_more_silence_is_chance() -> None:
    few, many = Losses(6, 300), Losses(90, 300)
    assert few.may_explain(2) and not few.may_explain(4)
    assert many.may_explain(8) and not many.may_explain(16)
    assert not Losses().may_explain(0)


def test_chance_is_taken_out_and_what_it_does_not_explain_stays() -> None:
    found = lossy(1)
    read = without_chance(found, losses_in(found.steps))
    kinds = [[a.meaning.kind for step in each.steps for a in step.attempts] for each in (found, read)]
    assert Kind.TIMEOUT in kinds[0] and Kind.TIMEOUT not in kinds[1] and len(kinds[0]) == len(kinds[1])
    some = replace(found.steps[0], attempts=(replace(found.steps[0].attempts[0], cause=Cause.DROPS_EDNS),))
    assert without_chance(replace(found, steps=(some,)), Losses(9, 300)).steps[0].attempts[0].cause is None
    assert without_chance(found, Losses()) is found
    dead = in_trouble(made_of("in-domain", servers={"ns1.example.com.": {"does": ["silent"]}}), loses(0.1, 2))
    read = without_chance(dead, losses_in(dead.steps))
    silent = [a for s in read.steps if s.probe is Probe.SOA for a in s.attempts if "ns1" in str(a.server)]
    assert silent and {attempt.meaning.kind for attempt in silent} == {Kind.TIMEOUT}
    assert {attempt.exchange.query.question.rdtype for attempt in silent} == {dns.rdatatype.SOA}

"""Resolvers below the walk, as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace import Trace, trace
from dnstrace.analysis.resolvers import compared, heard, level_of
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Fault, Outcome, Purpose
from dnstrace.model.asked import Resolver
from dnstrace.render.resolver_words import reason_text
from dnstrace.render.tree import tree
from tests.checks.checking import checked_by_name
from tests.render.looks import look


def found(world: str) -> Trace:
    loaded = load(f"resolver-{world}")
    resolvers = [Resolver(address) for address in loaded.resolvers]
    question = loaded.question
    return trace(
        question.name,
        question.rdtype,
        network=LabNetwork(loaded, signed=loaded.expect.security is not None),
        now=loaded.now,
        seed=1,
        resolvers=resolvers,
    )


def block(shown: Trace, **how: bool) -> str:
    """The lines about resolvers."""
    (lines,) = [
        each for each in look(tree(report(shown), **how), 80).split("\n\n") if each.startswith("resolvers\n")
    ]
    return lines.removeprefix("resolvers\n")


def test_the_same() -> None:
    assert block(found("same")) == (
        "├─ 192.0.2.153 · 4 ms · 192.0.2.44 · the same · TTL 3m32s of 5m, 1m28s old\n"
        "└─ 2001:db8:9::53 · 11 ms · 192.0.2.44 · the same · AD\n"
        "       · TTL 3m32s of 5m, 1m28s old"
    )


def test_stale() -> None:
    assert block(found("stale")) == (
        "├─ 192.0.2.153 · 4 ms · 198.51.100.44 · TTL 3m32s of 5m, 1m28s old\n"
        "│  └─ stale: cached 1m28s ago, expires at 14:03:32 UTC; or one of the zone's\n"
        "│         servers still has it: --check asks them all\n"
        "└─ 198.51.100.153 · 11 ms · 198.51.100.44 · TTL 3m32s of 5m\n"
        "   ├─ stale: served past its TTL because the name servers did not answer\n"
        "   └─ EDE 3 Stale Answer: the name servers did not answer"
    )


def test_filtered() -> None:
    assert block(found("filtered")) == (
        "├─ 192.0.2.153 · 4 ms · NXDOMAIN\n"
        "│  ├─ filtered: the resolver withholds the answer from its clients\n"
        "│  └─ EDE 15 Blocked: on the list of the house\n"
        "└─ 198.51.100.153 · 11 ms · 0.0.0.0 · TTL 1m left\n"
        "   └─ filtered: the resolver withholds the answer from its clients"
    )


def test_without_an_answer() -> None:
    assert block(found("servfail")) == (
        "├─ ✗ 192.0.2.153 · 4 ms · SERVFAIL\n"
        "│  └─ validation: the resolver considers the answer bogus, but it returns an\n"
        "│         answer with checking disabled (CD)\n"
        "├─ ✗ 192.0.2.154 · 9 ms · SERVFAIL\n"
        "│  ├─ validation: the resolver considers the answer bogus\n"
        "│  └─ EDE 9 DNSKEY Missing: no key matches the DS record\n"
        "├─ ✗ 198.51.100.153 · 11 ms · SERVFAIL\n"
        "│  ├─ fails: the resolver itself gets no answer\n"
        "│  └─ EDE 22 No Reachable Authority: at delegation example.com.\n"
        "├─ ✗ 198.51.100.154 · 13 ms · REFUSED\n"
        "│  └─ refuses: the resolver does not serve this client\n"
        "└─ ✗ 203.0.113.153 · no answer in 2.0 s · asked 3 times"
    )


def test_split_horizon() -> None:
    assert block(found("split")) == (
        "└─ 10.0.0.53 · 4 ms · 10.0.0.44 · TTL 3m32s left\n"
        "   └─ split horizon: private addresses, for clients inside a network"
    )


def test_the_walk_is_drawn_as_without_them() -> None:
    asked, world = found("stale"), load("resolver-stale")
    alone = trace(
        asked.question.name, asked.question.rdtype, network=LabNetwork(world), now=world.now, seed=1
    )
    drawn, without = (look(tree(report(each)), 80).split("\n\n") for each in (asked, alone))
    assert drawn[:2] == without[:2]
    assert [len(drawn), len(without)] == [4, 3]


def test_the_records_are_shown_where_they_are_wanted() -> None:
    assert "www.example.com. 212 IN A 10.0.0.44" in block(found("split"), verbose=True)


@pytest.mark.parametrize(("interrupted", "words"), [(False, "asking ..."), (True, "not finished")])
def test_one_that_is_being_asked(interrupted: bool, words: str) -> None:
    asked = found("split")
    steps = tuple(
        replace(step, attempts=(), chosen=None, outcome=None) if step.purpose is Purpose.PROBE else step
        for step in asked.steps
    )
    asked = replace(asked, steps=steps, outcome=None, interrupted=interrupted)
    assert block(asked) == f"└─ 10.0.0.53 · {words}"


def test_a_rejected_certificate_is_reported() -> None:
    asked = found("split")
    (probe,) = [step for step in asked.steps if step.asks_resolver]
    exchange = replace(
        probe.attempts[0].exchange, message=None, wire=None, fault=Fault.CERTIFICATE, detail="it has expired"
    )
    attempt = replace(probe.attempts[0], exchange=exchange, meaning=heard(exchange))
    steps = tuple(replace(each, attempts=(attempt,)) if each is probe else each for each in asked.steps)
    asked = replace(asked, steps=steps)
    assert block(asked) == ("└─ ✗ 10.0.0.53 · no answer: certificate rejected, it has expired")
    assert reason_text(compared(asked)[0]) == "no answer: certificate, it has expired"


def test_nothing_to_compare_with() -> None:
    text = block(replace(found("same"), outcome=Outcome.FAILED))
    assert "192.0.2.44 · TTL 3m32s of 5m" in text and "not compared: the walk has no result" in text


def test_the_closing_sentence() -> None:
    ends = look(tree(report(found("public"))), 120).splitlines()[-1]
    said = "! 3 of 5 resolvers give no answer (2 validation, 1 outage); "
    assert ends == f"{said}1 holds the old address until 14:03:32 UTC"
    assert "resolvers" not in look(tree(report(found("same"))), 80).splitlines()[-1]


def test_a_public_resolver_is_shown_with_its_name() -> None:
    assert "├─ ! 1.1.1.1 (cloudflare) · 5 ms · SERVFAIL\n" in block(found("public"))


def test_in_full_further_questions_are_listed_with_their_replies() -> None:
    stale = found("keys-stale")
    further = [step for step in stale.steps if step.at_resolver and not step.asks_resolver]
    shown, brief = block(stale, verbose=True), block(stale)
    assert further and "asked further" not in brief
    for step in further:
        assert f"─ asked further · {step.question} · " in shown
    assert shown.count("asked further") == sum(len(step.attempts) for step in further)


def test_old_records_are_named_until_when() -> None:
    lines = look(tree(report(found("keys-stale"))), 120).splitlines()
    assert any(line.endswith("old records: DS records of example.com until 14:59:00 UTC") for line in lines)


def test_a_zone_of_its_own_is_told_by_the_soa_records() -> None:
    said = reason_text(compared(found("own-zone"))[0])
    assert said == (
        "split horizon: the resolver has a zone of its own: its SOA record of example.com is ns.corp.test"
        " (serial 1), that of the name servers ns1.example.com (serial 2026011501)"
    )


@pytest.mark.parametrize("world", ["stale", "filtered", "servfail", "split", "public", "keys-stale"])
def test_a_resolver_is_drawn_as_the_finding_about_it(world: str) -> None:
    """No finding without --check: the level is the same without it."""
    each = checked_by_name(f"resolver-{world}")
    levels = {
        step: finding.level
        for finding in each.findings or ()
        for step in finding.steps
        if finding.code.startswith("resolver-")
    }
    judged = report(each)
    drawn = {found.step.id: level_of(found, judged.resolvers) for found in judged.resolvers}
    assert {step: level for step, level in drawn.items() if level} == {
        step: level for step, level in levels.items() if step in drawn
    }

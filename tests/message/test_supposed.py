"""A change can be walked and judged before it is made: what is supposed is taken as the parent's word."""

from __future__ import annotations

from typing import Any

import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace import Trace, trace
from dnstrace.dnssec import Security, parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.message.meaning import classify
from dnstrace.message.supposed import Withdrawn
from dnstrace.model import Address, Delegation, Kind, NameServer, Outcome, Question, Settings, Source
from tests.checks.checking import checked, made_of

COM, MOVING = dns.name.from_text("com."), dns.name.from_text("moving.com.")
EXAMPLE = dns.name.from_text("example.com.")
GOOD = NameServer(dns.name.from_text("ns1.example.com."))
WRONG_DS = dns.rrset.from_text(EXAMPLE, 300, dns.rdataclass.IN, dns.rdatatype.DS, "1234 13 2 " + "7e0a" * 16)


def supposing(
    *supposed: Delegation, world: str = "undelegated", signed: bool = False, **settings: Any
) -> Trace:
    made = load(world)
    question = made.question
    return trace(
        question.name,
        question.rdtype,
        network=LabNetwork(made, signed=signed),
        anchors=parse_anchors(made.anchors_text, world) if signed else None,
        settings=Settings(**settings),
        supposed=supposed,
        now=made.now,
        seed=1,
    )


def rdata(found: Trace) -> list[str]:
    return [each.to_text() for rrset in found.answer for each in rrset if rrset.rdtype == dns.rdatatype.A]


def test_without_a_supposition_the_zone_is_not_there() -> None:
    assert supposing().outcome is Outcome.NXDOMAIN


def test_a_zone_is_walked_as_if_its_parent_delegated_it() -> None:
    found = supposing(Delegation(MOVING, (GOOD,)))
    assert found.outcome is Outcome.ANSWER
    assert rdata(found) == ["192.0.2.80"]
    zones = [step.zone for step in found.steps if step.referral is not None and step.referral.zone == MOVING]
    assert zones == [COM]


def test_every_server_of_the_parent_says_it() -> None:
    found = supposing(Delegation(MOVING, (GOOD,)), all_servers=True)
    step = next(step for step in found.steps if step.zone == COM)
    named = {
        attempt.meaning.delegation and attempt.meaning.delegation.servers[0].name for attempt in step.attempts
    }
    assert named == {GOOD.name}


def test_an_address_given_counts_though_the_parent_could_not_give_it() -> None:
    server = NameServer(dns.name.from_text("ns.fresh.example.net."), (Address("192.0.2.53", Source.GIVEN),))
    assert rdata(supposing(Delegation(MOVING, (server,)))) == ["192.0.2.80"]


def test_servers_that_do_not_have_the_zone_are_seen() -> None:
    server = NameServer(dns.name.from_text("ns-2048.awsdns-64.com."))
    assert supposing(Delegation(MOVING, (server,))).outcome is Outcome.FAILED


def test_a_zone_supposed_without_ds_is_insecure() -> None:
    found = supposing(Delegation(MOVING, (GOOD,)), signed=True)
    assert found.judgement is not None
    assert found.judgement.security is Security.INSECURE


def test_a_ds_record_that_matches_no_key_makes_the_zone_bogus_before_it_is_published() -> None:
    usual = supposing(world="dnssec-good", signed=True)
    found = supposing(Delegation(EXAMPLE, (), ds=WRONG_DS), world="dnssec-good", signed=True)
    assert usual.judgement is not None and usual.judgement.security is Security.SECURE
    assert found.judgement is not None and found.judgement.security is Security.BOGUS
    assert "a DS record for key 1234" in found.judgement.reason


def test_the_ds_record_stays_where_only_the_servers_change() -> None:
    made = load("dnssec-good")
    servers = tuple(
        NameServer(server.name, tuple(Address(text, Source.GIVEN) for text in server.rtt))
        for server in made.servers
        if server.name.is_subdomain(EXAMPLE)
    )
    found = supposing(Delegation(EXAMPLE, servers[:1]), world="dnssec-good", signed=True)
    assert found.judgement is not None and found.judgement.security is Security.SECURE
    step = next(step for step in found.steps if step.referral is not None and step.referral.zone == EXAMPLE)
    assert step.referral is not None and [server.name for server in step.referral.servers] == [
        servers[0].name
    ]


def test_what_is_above_or_beside_the_supposition_is_as_it_is() -> None:
    usual = supposing(world="in-domain")
    beside = supposing(Delegation(MOVING, (GOOD,)), world="in-domain")
    assert usual.answer == beside.answer
    assert usual.question == Question(dns.name.from_text("www.example.com."), dns.rdatatype.A)


def test_the_parent_asked_for_the_ds_record_has_the_one_supposed() -> None:
    made = load("dnssec-good")
    supposed = (Delegation(EXAMPLE, (), ds=WRONG_DS),)
    found = trace(EXAMPLE, "DS", network=LabNetwork(made, signed=True), supposed=supposed, seed=1)
    assert [rrset for rrset in found.answer if rrset.rdtype == dns.rdatatype.DS] == [WRONG_DS]


def test_an_empty_ds_rrset_supposes_that_there_is_none() -> None:
    """The zone is still signed, but nothing vouches for its keys any more."""
    none = dns.rrset.RRset(EXAMPLE, dns.rdataclass.IN, dns.rdatatype.DS)
    for world, before in (("dnssec-good", Security.SECURE), ("dnssec-missing-key", Security.BOGUS)):
        without = Delegation(EXAMPLE, (), ds=none)
        judged = [supposing(*cuts, world=world, signed=True).judgement for cuts in ((), (without,))]
        assert [each and each.security for each in judged] == [before, Security.INSECURE]


@pytest.mark.parametrize("rcode", ["REFUSED", "SERVFAIL", "NOTIMP"])
def test_a_server_that_fails_does_not_begin_to_refer(rcode: str) -> None:
    does = [f"fails-below=example.com. {rcode}"]
    world = made_of("in-domain", servers={"a.gtld-servers.net.": {"does": does}})
    found = checked(world, supposed=(Delegation(EXAMPLE, (GOOD,)),))
    step = next(each for each in found.steps if each.main and each.zone == COM)
    a = dns.name.from_text("a.gtld-servers.net.")
    kinds = {each.meaning.kind for each in step.attempts if each.server == a}
    assert Kind.REFERRAL not in kinds
    others = {each.meaning.kind for each in step.attempts if each.server != a}
    assert others == {Kind.REFERRAL}


def test_below_a_delegation_that_is_withdrawn_nothing_exists() -> None:
    (step,) = (each for each in checked(made_of("in-domain")).steps if each.main and each.zone == COM)
    exchange = step.attempts[0].exchange
    without = Withdrawn(COM, EXAMPLE).instead(exchange, COM)
    assert classify(without, COM).kind is Kind.NXDOMAIN
    assert Withdrawn(COM, MOVING).instead(exchange, COM) is exchange
    assert Withdrawn(COM, EXAMPLE).instead(exchange, EXAMPLE) is exchange

"""Which names are probed beyond the apex of the zone asked."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.model import Probe, Step, Trace
from tests.checks.checking import checked, made_of
from tests.checks.documented import checked_world
from tests.checks.own_root import own_root
from tests.replies import name
from tests.troubled import in_trouble, loses

BEYOND = {Probe.BETWEEN, Probe.WILDCARD, Probe.CUT}


def sent(found: Trace) -> list[Step]:
    return [step for step in found.steps if step.probe in BEYOND]


def asked(found: Trace) -> set[tuple[Probe | None, str]]:
    return {(step.probe, step.question.name.to_text(True)) for step in sent(found)}


def test_an_ordinary_trace_needs_none() -> None:
    for world in ("textbook", "in-domain", "sub-zone"):
        assert not sent(checked_world(world))


def test_a_referral_that_was_asked_for_without_dnssec_differs_in_nothing() -> None:
    """Where datagrams are lost, some servers are asked again without EDNS."""
    found = in_trouble("in-domain", loses(0.2, 7))
    plain = [a for step in found.steps if step.referral for a in step.attempts if a.meaning.delegation]
    assert not all(each.exchange.query.dnssec_ok for each in plain) and not sent(found)


def test_two_empty_names_above_a_delegation_are_enough() -> None:
    add = "sub.c.b.a NS ns1.sub.c.b.a\nns1.sub.c.b.a A 203.0.113.53\n"
    zone = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\nns1 A 203.0.113.53\nwww 300 A 192.0.2.9\n"
    world = made_of(
        "in-domain",
        question="www.sub.c.b.a.example.com. A",
        servers={"ns1.sub.c.b.a.example.com.": {"addresses": ["203.0.113.53"], "rtt": 10}},
        zones={"example.com.": {"add": add}, "sub.c.b.a.example.com.": {"text": zone}},
    )
    above = {"c.b.a.example.com", "a.example.com"}
    assert asked(checked(world)) == {(Probe.BETWEEN, each) for each in above}


def test_one_server_is_asked_for_the_wildcards_above_a_name_without_data() -> None:
    found = checked(made_of("in-domain", question="a.b.c.d.example.com. A"))
    wildcards = {each for probe, each in asked(found) if probe is Probe.WILDCARD}
    assert wildcards == {"*.b.c.d.example.com", "*.c.d.example.com", "*.example.com"}
    assert all(len(step.attempts) == 1 for step in sent(found) if step.probe is Probe.WILDCARD)


def test_one_server_is_asked_for_the_wildcards_above_an_alias_that_leads_nowhere() -> None:
    nowhere = {"*.a.x.example.com", "*.x.example.com", "*.example.com"}
    for target, wanted in (("gone", nowhere), ("www.unserved.net.", nowhere), ("www", set())):
        zones = {
            "example.com.": {"add": f"*.x 300 CNAME {target}\n"},
            "net.": {"add": "unserved NS ns1.example.com.\n"},
        }
        found = checked(made_of("in-domain", question="a.x.example.com. A", zones=zones))
        assert {each for probe, each in asked(found) if probe is Probe.WILDCARD} == wanted


def test_a_wildcard_is_not_asked_for_where_there_is_data() -> None:
    assert not asked(checked(made_of("in-domain", question="www.example.com. A")))
    assert not asked(checked(made_of("in-domain", question="example.com. TXT")))


def test_only_servers_that_did_not_refer_are_asked_about_the_cut() -> None:
    steps = sent(checked_world("not-delegated-at-one"))
    (step,) = (each for each in steps if each.question.name != each.zone)
    assert step.probe is Probe.CUT and step.question.name == name("sub.example.com.")
    assert {attempt.server for attempt in step.attempts} == {name("ns2.example.com.")}


def test_a_server_above_that_answers_like_a_resolver_is_asked_for_the_soa_record_of_its_zone() -> None:
    found = own_root(["recursive=example."], [], "ns1.root.")
    (step,) = (each for each in found.steps if each.probe is Probe.TYPE and each.zone == name("."))
    assert (step.question.name, dns.rdatatype.to_text(step.question.rdtype)) == (name("."), "SOA")
    assert {attempt.server for attempt in step.attempts} == {name("ns1.root.")}

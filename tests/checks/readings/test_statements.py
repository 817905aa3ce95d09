"""What the servers of a zone say about the names in it."""

from __future__ import annotations

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.statements import Statements, statements_of
from dnstrace.model import Kind, Probe
from tests.checks.checking import checked, made_of
from tests.checks.documented import checked_world
from tests.replies import name

EXAMPLE, SUB = name("example.com."), name("sub.example.com.")


def said(world: str) -> Statements:
    cut = Evidence(checked_world(world)).cut(EXAMPLE)
    assert cut is not None
    return statements_of(cut)


def test_queries_that_no_resolver_sends_say_nothing() -> None:
    """Every probe of textbook's zone is there but those that are unlike a resolver's queries."""
    shown = {each.reply.step.probe for each in said("textbook").all} - {None}
    assert shown == {Probe.SOA, Probe.NS, Probe.DNSKEY, Probe.CDS, Probe.CDNSKEY, Probe.TYPE}


def test_what_a_server_says_from_the_zone_below_is_not_of_the_zone_itself() -> None:
    found = said("serves-both")
    hosts = {each.address for each in found.everything if found.hosts(each.address, SUB)}
    assert hosts == {"198.51.100.53", "2001:db8:2::53"}
    assert not any(found.has_no_cut(address, SUB) for address in hosts)
    assert {each.cut for each in found.of_kind((Kind.REFERRAL,))} == {SUB}


def test_a_server_without_a_cut_is_known_by_its_reply_about_the_cut_itself() -> None:
    found = said("not-delegated-at-one")
    without = {each.address for each in found.all if found.has_no_cut(each.address, SUB)}
    assert without == {"198.51.100.53", "2001:db8:2::53"}


def test_a_compact_denial_does_not_show_that_a_name_exists() -> None:
    for world, compact in (("dnssec-compact-nodata", True), ("dnssec-nsec-nodata", False)):
        found = [each for each in said(world).of_kind((Kind.NODATA,)) if each.reply.step.main]
        assert found and all(each.is_compact is compact for each in found)


def test_a_server_may_serve_a_zone_beneath_the_one_that_it_refers_to() -> None:
    found, owner = said("grandparent-hosts"), name("www.lab.sub.example.com.")
    beneath = {each.address for each in found.everything if found.hosts_beneath(each.address, SUB, owner)}
    assert "192.0.2.53" in beneath and "203.0.113.53" not in beneath
    assert not found.hosts("192.0.2.53", SUB) and found.hosts_for("192.0.2.53", SUB, owner)
    assert not found.hosts_beneath("192.0.2.53", SUB, name("www.sub.example.com."))
    assert not any(said("serves-both").hosts_beneath("198.51.100.53", SUB, each) for each in (SUB, EXAMPLE))


def test_an_alias_to_itself_is_data_of_the_name() -> None:
    servers = {"ns1.example.com.": {"does": ["alias-for=www.example.com. AAAA www.example.com."]}}
    findings = checked(made_of("in-domain", servers=servers)).findings or ()
    assert {each.code for each in findings} >= {"alias-beside-data"}

"""Rules on the delegation: each has its documentation, a world that fires it, and one that does not."""

from __future__ import annotations

import dns.name
import dns.rrset
import pytest

from dnstrace import trace
from dnstrace.checks import CATALOGUE, Finding, Level
from dnstrace.checks.catalogue import SECTIONS
from dnstrace.checks.names import address_literal, host_name
from dnstrace.checks.phrases import listed
from dnstrace.checks.serials import newest_of
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, read
from dnstrace.model import Settings
from tests.checks.checking import checked, made_of

ZONE = dns.name.from_text("example.com.")
FIRES = {
    "ns-differs": "parent-child-differ",
    "ns-differs-between-servers": "ns-sets-differ",
    "parent-servers-differ": "parent-servers-differ",
    "too-few-servers": "one-address",
    "one-network": "one-network",
    "one-family": "ipv6-only",
    "referral-too-large": "nxns",
    "ns-ttl-differs": "short-ns-ttl",
    "cyclic-dependency": "address-cycle",
    "ns-name-unresolvable": "ns-names",
    "ns-name-alias": "ns-names",
    "ns-name-is-address": "ns-names",
    "ns-address-special": "ns-names",
    "ns-name-in-invalid-syntax": "ns-names",
    "glue-missing": "glue",
    "glue-differs": "glue",
    "glue-only-in-parent": "glue",
    "glue-superfluous": "glue",
    "soa-missing": "soa-missing",
    "soa-multiple": "soa-multiple",
    "soa-differs": "soa-stale",
    "soa-mname": "soa-fields",
    "soa-timers": "soa-fields",
}


def found_in(world: str, code: str) -> list[Finding]:
    """The findings of one code in a world of the lab."""
    return [finding for finding in checked(load(world)).findings or () if finding.code == code]


@pytest.mark.parametrize("code", FIRES)
def test_a_rule_has_all_sections(code: str) -> None:
    rule = CATALOGUE[code]
    assert rule.title.endswith(".")
    assert all(rule.sections.get(section) for section in SECTIONS)
    assert all(reference.startswith("RFC ") for reference in rule.references)


@pytest.mark.parametrize(("code", "world"), FIRES.items())
def test_a_rule_fires_with_its_evidence_and_a_cure(code: str, world: str) -> None:
    found = found_in(world, code)
    assert found and all(finding.steps and finding.cure for finding in found)


@pytest.mark.parametrize("world", ["textbook", "in-domain", "parent-and-child", "glueless"])
def test_the_healthy_have_nothing(world: str) -> None:
    assert checked(load(world)).findings == ()


@pytest.mark.parametrize("world", ["parent-child-differ", "glue"])
def test_the_records_to_publish_can_be_published(world: str) -> None:
    lines = [line for finding in checked(load(world)).findings or () for line in finding.records]
    assert lines
    for line in lines:
        owner, ttl, rdclass, rdtype, rdata = line.split()
        assert dns.rrset.from_text(owner, int(ttl), rdclass, rdtype, rdata)


def test_a_name_server_to_publish_comes_with_its_glue() -> None:
    (finding,) = found_in("parent-child-differ", "ns-differs")
    assert finding.records[-2:] == (
        "example.com. 172800 IN NS ns3.example.com.",
        "ns3.example.com. 172800 IN A 203.0.113.54",
    )


def test_glue_out_of_date_where_nobody_serves_is_an_error_and_a_missing_address_a_notice() -> None:
    (gone,) = found_in("parent-child-differ", "glue-differs")
    levels = {str(finding.server): finding.level for finding in found_in("glue", "glue-differs")}
    assert gone.level is Level.ERROR
    assert levels == {"ns5.example.com.": Level.WARNING, "ns2.example.com.": Level.NOTICE}


def test_missing_glue_is_an_error_only_where_no_other_server_is_found() -> None:
    assert {finding.level for finding in found_in("missing-glue", "glue-missing")} == {Level.ERROR}
    assert {finding.level for finding in found_in("glue", "glue-missing")} == {Level.WARNING}


def test_a_server_given_by_its_address_has_no_name_to_be_wrong() -> None:
    found = trace(
        "www.example.com", network=LabNetwork(load("textbook")), server="198.41.0.4",
        settings=Settings(all_servers=True, probe=True),
    )  # fmt: skip
    assert found.findings == ()


def test_names_that_all_fail_are_an_error_in_one_finding() -> None:
    (finding,) = found_in("nxns", "ns-name-unresolvable")
    assert finding.level is Level.ERROR
    assert "and 54 more" in finding.message


def test_nothing_is_said_of_ipv4_where_nobody_asked_for_its_addresses() -> None:
    world = load("ipv6-only")
    found = trace(
        world.question.name,
        world.question.rdtype,
        settings=Settings(all_servers=True, probe=True, families=frozenset({6})),
        network=LabNetwork(world),
        seed=0,
    )
    assert found.findings == ()


def test_a_cycle_is_told_zone_by_zone() -> None:
    (finding,) = found_in("address-cycle", "cyclic-dependency")
    assert "example.com. needs ns1.example.net., example.net. needs ns1.example.com." in finding.message


def test_a_look_up_that_fails_says_where() -> None:
    message = next(f.message for f in found_in("ns-names", "ns-name-unresolvable") if "org" in f.message)
    assert message == (
        "ns.example.org. cannot be looked up:"
        " no name server of example.org gave a usable answer: 1 did not answer"
    )


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("192.0.2.1.", "192.0.2.1"),
        ("192.0.2.1.example.com.", "192.0.2.1"),
        ("2001:db8::1.", "2001:db8::1"),
        ("192.0.2.1.example.net.", ""),
        ("192.0.2.1.2.", ""),
        ("example.com.", ""),
        (".", ""),
        ("\\200.example.com.", ""),
    ],
)
def test_names_that_spell_an_address(name: str, address: str) -> None:
    assert address_literal(dns.name.from_text(name), ZONE) == address


@pytest.mark.parametrize(
    ("name", "good"),
    [("ns-1.example.com.", True), ("1.a.", True), ("ns_1.a.", False), ("-a.b.", False), (".", False)],
)
def test_host_names(name: str, good: bool) -> None:
    assert host_name(dns.name.from_text(name)) is good


@pytest.mark.parametrize(
    ("serials", "newest"),
    [([1, 2], 2), ([4294967295, 1], 1), ([2026011501, 2026011400, 2026011500], 2026011501)],
)
def test_the_newest_serial_is_that_of_rfc_1982(serials: list[int], newest: int) -> None:
    assert newest_of(serials) == newest


def test_a_list_in_words() -> None:
    assert [listed(()), listed("a"), listed("ab"), listed("abcd", most=2)] == [
        "none", "a", "a and b", "a, b and 2 more",
    ]  # fmt: skip


def test_records_with_the_same_serial_that_differ_are_a_notice() -> None:
    text = read("in-domain")["zones"]["example.com."]["text"]
    other = {"text": text.replace("7200", "3600"), "servers": ["ns2.example.com."]}
    found = checked(made_of("in-domain", zones={"example.com. other": other})).findings or ()
    (finding,) = [finding for finding in found if finding.code == "soa-differs"]
    assert finding.level is Level.NOTICE and finding.steps
    assert finding.message == (
        "the SOA records of example.com. should be the same everywhere, but with the same serial 2026011501"
        " refresh of ns1.example.com. and of ns2.example.com. differ"
    )


def test_of_servers_that_differ_the_one_that_is_alone_is_named() -> None:
    text = read("textbook")["zones"]["example.com."]["text"]
    last = {
        "text": text.replace("@ NS ns-2050.awsdns-66.org.\n", ""),
        "servers": ["ns-2051.awsdns-67.co.uk."],
    }
    found = checked(made_of("textbook", zones={"example.com. last": last})).findings or ()
    (finding,) = [finding for finding in found if finding.code == "ns-differs-between-servers"]
    assert str(finding.server) == "ns-2051.awsdns-67.co.uk."


def test_a_cycle_that_only_one_family_has_is_none() -> None:
    glue = {
        zone: {"add": f"example NS ns2.example.{zone}\nns2.example AAAA 2001:db8::{number}\n"}
        for number, zone in enumerate(("com.", "net."), 1)
    }
    network, ipv4 = LabNetwork(made_of("address-cycle", zones=glue)), frozenset({4})
    found = trace("www.example.com.", network=network, settings=Settings(probe=True, families=ipv4), seed=1)
    assert (found.outcome, found.findings) == ("failed", ())
    assert "addresses of name servers depend on each other" in found.error

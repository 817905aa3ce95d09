"""Who needs to fix what was found, and which zone's operator or registrar that is."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.checks.advice.operators import acting, assigned, parent_of
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import World, load, names
from dnstrace.model.findings import Blame, Finding, Level, Remedy
from tests.checks.checking import checked, made_of


def who(world: World | str, code: str) -> set[tuple[str, str]]:
    found = checked(load(world) if isinstance(world, str) else world).findings or ()
    return {(finding.blame.value, str(finding.operator)) for finding in found if finding.code == code}


@pytest.mark.parametrize(
    ("world", "code", "expected"),
    [
        ("missing-glue", "glue-missing", {("registrar", "example.com.")}),
        ("parent-child-differ", "ns-differs", {("registrar", "example.com.")}),
        ("dnssec-unsigned-with-ds", "ds-without-dnskey", {("parent", "example.com.")}),
        ("parent-servers-differ", "parent-servers-differ", {("parent", "com.")}),
        ("ns-names", "ns-name-alias", {("server-operator", "example.net.")}),
        ("ns-names", "ns-address-special", {("host", "example.com.")}),
        ("glue", "glue-only-in-parent", {("host", "example.com.")}),
        ("intercepted", "intercepted", {("network", "None")}),
    ],
)
def test_the_one_who_acts_is_named(world: str, code: str, expected: set[tuple[str, str]]) -> None:
    assert who(world, code) == expected


SIBLING = {
    "servers": {
        "ns1.other.com.": {"addresses": ["203.0.113.61"]},
        "ns2.other.com.": {"addresses": ["203.0.113.62"]},
    },
    "zones": {
        "com.": {
            "add": "other NS ns1.other.com.\nother NS ns2.other.com.\nns1.other A 203.0.113.61\n"
            "ns2.other A 203.0.113.60\nexample NS ns1.other.com.\nexample NS ns2.other.com.\n"
        },
        "other.com.": {
            "text": "@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n"
            "ns1 A 203.0.113.61\nns2 A 203.0.113.62\n"
        },
        "example.com.": {
            "servers": ["ns1.other.com.", "ns2.other.com."],
            "text": "@ SOA ns1.other.com. hostmaster 1 7200 900 1209600 300\n@ NS ns1.other.com.\n"
            "@ NS ns2.other.com.\nwww 300 A 192.0.2.44\n",
        },
    },
}


def test_glue_is_changed_where_the_name_server_is_registered() -> None:
    world = made_of("_internet", **SIBLING)
    assert who(world, "glue-differs") == {("registrar", "other.com.")}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("example.com.", (Blame.REGISTRAR, "example.com.")),
        ("com.", (Blame.PARENT, ".")),
        ("sub.example.com.", (Blame.PARENT, "example.com.")),
        ("deep.sub.example.com.", (Blame.PARENT, "example.com.")),  # the deepest zone that the trace saw
        (".", (Blame.HOST, ".")),
    ],
)
def test_only_a_zone_below_a_registrys_has_a_registrar(zone: str, expected: tuple[Blame, str]) -> None:
    evidence = Evidence(checked(load("in-domain")))
    blame, operator = acting(evidence, Blame.REGISTRAR, dns.name.from_text(zone))
    assert (blame, str(operator)) == expected


def test_the_remedy_is_for_the_same_one() -> None:
    zone = dns.name.from_text("sub.example.com.")
    finding = Finding(
        "glue-missing", Level.ERROR, zone, None, "", (1,), (), Blame.REGISTRAR, remedy=Remedy(Blame.REGISTRAR)
    )
    found = assigned(Evidence(checked(load("in-domain"))), finding)
    assert found.remedy is not None and found.remedy.who is found.blame is Blame.PARENT


def test_without_a_zone_no_operator_is_named() -> None:
    assert acting(Evidence(checked(load("in-domain"))), Blame.REGISTRAR, None) == (Blame.REGISTRAR, None)


@pytest.mark.parametrize(
    ("zone", "above"),
    [("awsdns-67.co.uk.", "uk."), ("example.com.", "com."), ("com.", "."), ("zone.test.", ".")],
)
def test_the_parent_is_the_zone_whose_servers_referred(zone: str, above: str) -> None:
    evidence = Evidence(checked(load("textbook")))
    assert parent_of(evidence, dns.name.from_text(zone)) == dns.name.from_text(above)


@pytest.mark.share(4)
@pytest.mark.parametrize("world", [name for name in names() if load(name).expect.findings])
def test_every_error_is_for_somebody_by_name(world: str) -> None:
    for finding in checked(load(world)).findings or ():
        named = finding.operator is not None or finding.blame in (Blame.NETWORK, Blame.NOBODY, Blame.RESOLVER)
        assert named or finding.zone is None, finding

"""Which findings are there because of others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.checks import CATALOGUE, Blame, findings
from dnstrace.checks.conclusions.causes import TABLE, UNUSABLE, Causes
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import load, names
from tests.checks.checking import checked, checked_by_name, made_of
from tests.made_delegations import three, traced


def test_the_table_names_only_codes_that_exist() -> None:
    named = {code for row in TABLE for code in f"{row.causes} {row.effects}".split()}
    assert named | UNUSABLE <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("world", "cause", "effects"),
    [
        ("parent-child-differ", "glue-differs", ("refuses",)),
        ("dnssec-keys-need-tcp", "no-tcp", ("chain-broken",)),
        ("glue", "glue-differs", ()),
        ("not-delegated-at-one", "parent-servers-differ", ("answers-differ",)),
        ("moved-with-old-ns", "ns-differs", ("answers-differ", "soa-differs")),
        ("silent", "unreachable", ()),
    ],
)
def test_a_finding_lists_what_it_explains(world: str, cause: str, effects: tuple[str, ...]) -> None:
    found = [finding for finding in checked(load(world)).findings or () if finding.code == cause]
    assert found and {finding.explains for finding in found} == {effects}


@pytest.mark.share(4)
@pytest.mark.parametrize("name", names())
def test_what_explains_is_about_another_finding_of_the_trace(name: str) -> None:
    found = checked(load(name)).findings or ()
    codes = {finding.code for finding in found}
    assert all(set(finding.explains) <= codes - {finding.code} for finding in found)


@pytest.mark.share(4)
@pytest.mark.parametrize("name", names())
def test_no_finding_explains_itself_by_way_of_others(name: str) -> None:
    trace = checked(load(name))
    found = trace.findings or ()
    causes = Causes(Evidence(trace), found)
    for finding in found:
        assert finding not in causes.of(finding)
        assert causes.first_error(finding) in found


def test_the_first_cause_is_the_verdict() -> None:
    """The keys need TCP, which is closed: the broken chain follows from that."""
    found = verdict(checked(load("dnssec-keys-need-tcp")))
    assert found is not None and str(found.server) == "ns1.example.com."
    assert "ns1.example.com does not answer over TCP" in found.text
    assert "; the same goes for ns2.example.com" in found.text


def test_a_dead_server_does_not_explain_a_chain_that_another_server_breaks() -> None:
    world = made_of("dnssec-missing-key", servers={"ns2.example.com.": {"does": ["silent"]}})
    found = {finding.code: finding for finding in findings(checked(world))}
    assert found["unreachable"].explains == ()


def test_glue_is_not_asked_for_where_the_server_has_no_address_at_all() -> None:
    """What has to be done first is to give it one, or to list it no more."""
    world = made_of(
        "in-domain",
        zones={"com.": {"add": "example NS ns3.example.com.\n"}, "example.com.": {"add": "@ NS ns3\n"}},
        servers={"ns3.example.com.": {"addresses": ["203.0.113.53"]}},
    )
    findings = {each.code: each for each in checked(world).findings or ()}
    assert set(findings) == {"ns-name-unresolvable", "glue-missing"}
    cause, effect = findings["ns-name-unresolvable"], findings["glue-missing"]
    assert cause.explains == ("glue-missing",) and effect.explains == ()
    assert effect.cure == cause.cure and effect.blame is cause.blame is Blame.HOST


def test_servers_explain_what_a_resolver_lacks_and_not_what_it_refuses() -> None:
    world = load("resolver-servfail")
    dead = replace(
        next(each for each in world.servers if "ns1.example.com" in str(each.name)), does=("silent",)
    )
    servers = tuple(dead if each.name == dead.name else each for each in world.servers)
    for address, effects in (("198.51.100.153", ("resolver-fails",)), ("198.51.100.154", ())):
        trace = checked(replace(world, name="made", servers=servers, resolvers=(address,)))
        (cause,) = (each for each in trace.findings or () if each.code == "unreachable")
        assert "resolver-fails" in {each.code for each in trace.findings or ()}
        assert cause.explains == effects


@pytest.mark.parametrize(("broken", "same"), [(["unsigned=www A"], True), (["unsigned=mail A"], False)])
def test_types_that_fail_at_an_unsigned_name_need_its_signature(broken: list[str], same: bool) -> None:
    """BIND answers SERVFAIL for the other types of a name that was added to a signed zone."""
    few = {"does": ["knows-types=A,AAAA,NS,SOA,DNSKEY,DS"]}
    does = {"ns1.example.com.": few, "ns2.example.com.": few}
    sign = {"algorithm": 13, "broken": broken}
    world = made_of("_signed", servers=does, zones={"example.com.": {"sign": sign}})
    found = {finding.code: finding for finding in checked(world).findings or ()}
    unsigned = found.get("signature-missing")
    assert (unsigned is not None and found["type-fails"].cure == unsigned.cure) is same


def test_an_address_that_nobody_reaches_comes_before_the_lack_of_another() -> None:
    """The only name server has a special IPv6 address: that is what has to be corrected first."""
    zones = {"com.": {"add": "example NS ns1.example\nns1.example AAAA ::1\n"}}
    made = checked(made_of("_internet", question="example.com. A", zones=zones))
    (special,) = [each for each in made.findings or () if each.code == "ns-address-special"]
    found = verdict(made)
    assert special.explains == ("no-ipv4",) and found is not None and "reached from" in found.text


def test_a_denied_cut_is_no_reason_for_an_unsigned_apex() -> None:
    """One server has another delegation, and returns no signatures at all."""
    found = {each.code: each for each in traced(three(5145), 1).findings or ()}
    assert "signature-missing" not in found["cut-denied"].explains
    assert "signatures to queries with the DO flag" in found["signature-missing"].cure


def test_no_server_loads_a_zone_again_before_it_is_known_at_which_host_it_is_current() -> None:
    """They are those of two hosts, and neither can load what the other has."""
    found = {each.code: each.cure for each in checked_by_name("moved-with-old-ns").findings or ()}
    assert found["answers-differ"] == found["ns-differs"]
    assert found["ns-differs"].startswith("find out which of them have the current version of example.com")

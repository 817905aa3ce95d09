"""Rules on what servers say at and below a zone cut, and at the apex of their zone."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks import Finding, Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("answers-below-cut", "answers-below-cut", "serves-both"),
    ("referral-with-soa", "referral-with-soa", "sub-zone"),
    ("foreign-soa", "foreign-soa", "lame"),
    ("ns-missing", "ns-missing", "in-domain"),
]
"""Each with a world that fires it, and one that does not."""


def judged(included: str, **content: Any) -> dict[str, Finding]:
    """The findings of a world made of another, by their codes."""
    return {finding.code: finding for finding in checked(made_of(included, **content)).findings or ()}


def at(*servers: str, does: str) -> dict[str, Any]:
    return {f"{server}.": {"does": [does]} for server in servers}


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_left_over_records_are_named_for_removal() -> None:
    (finding,) = found("answers-below-cut", "answers-below-cut")
    assert finding.level is Level.ERROR and "(192.0.2.66), although it refers to sub" in finding.message
    assert finding.remedy is not None
    assert finding.remedy.remove == ("www.sub.example.com. 300 IN A 192.0.2.66",)


def test_left_over_records_that_agree_with_the_zone_below_are_only_fragile() -> None:
    servers = at("ns2.example.com", does="left-over=www.sub.example.com. 192.0.2.99")
    findings = judged("sub-zone", question="www.sub.example.com. A", servers=servers)
    assert {code: each.level for code, each in findings.items()} == {"answers-below-cut": Level.WARNING}


def test_records_left_over_on_every_server_are_found_by_what_is_asked_above_them() -> None:
    names = [f"ns{number}.example.com" for number in (1, 2, 3)]
    servers = at(*names, does="left-over=www.sub.example.com. 192.0.2.66")
    findings = judged("sub-zone", question="www.sub.example.com. A", servers=servers)
    assert set(findings) == {"answers-below-cut"}


def test_a_referral_with_an_soa_record_is_not_taken_for_a_server_without_the_delegation() -> None:
    assert {each.code for each in found("parent-servers-differ", "referral-with-soa")} == set()


@pytest.mark.parametrize("signed_below", [True, False])
@pytest.mark.parametrize("names", [("ns1.example.com", "ns2.example.com"), ("ns1.example.com",)])
def test_a_referral_with_an_soa_record_shows_nothing_of_signatures_and_keys(
    names: tuple[str, ...], signed_below: bool
) -> None:
    """The SOA record is out of place there, signed or not, and no key of the zone below was asked for."""
    zones = {"child.example.com.": {"sign": {"algorithm": 13}}} if signed_below else {}
    servers = at(*names, does="soa-in-referrals=example.com.")
    findings = judged("_signed", question="www.child.example.com. A", servers=servers, zones=zones)
    errors = {code for code, each in findings.items() if each.is_error}
    assert errors == {"referral-with-soa"} | ({"answers-differ"} if len(names) == 1 else set())


@pytest.mark.parametrize(
    ("owner", "said"), [("com.", "which is above example.com"), ("example.org.", "not of example.com")]
)
def test_a_foreign_soa_record_is_named_and_not_lame(owner: str, said: str) -> None:
    servers = at("ns2.example.com", does=f"foreign-soa={owner}")
    findings = judged("in-domain", servers=servers)
    assert set(findings) == {"foreign-soa"} and said in findings["foreign-soa"].message


def test_a_server_without_the_zone_is_removed_where_it_is_listed() -> None:
    """Removed from the zone alone, it would be asked by way of the parent as before."""
    findings = judged("in-domain", servers=at("ns2.example.com", does="foreign-soa=com."))
    assert findings["foreign-soa"].cure == (
        "load example.com on ns2.example.com, or remove ns2.example.com from the NS records of example.com in"
        " the zone and in com"
    )


def test_nxdomain_from_the_zone_above_is_a_foreign_soa_record() -> None:
    servers = at("ns2.example.com", does="denies-name=example.com. com.")
    findings = judged("in-domain", servers=servers)
    assert "foreign-soa" in findings and "negative-without-soa" not in findings
    assert "NXDOMAIN for www.example.com A" in findings["foreign-soa"].message


@pytest.mark.parametrize("rcode", ["NOERROR", "NXDOMAIN", "REFUSED"])
def test_ns_records_are_missed_however_they_are_denied(rcode: str) -> None:
    servers = at("ns1.example.com", "ns2.example.com", does=f"no-apex-ns={rcode} example.com.")
    found_here = judged("in-domain", servers=servers)
    assert "ns-missing" in found_here and found_here["ns-missing"].server is None
    assert bool(found_here["ns-missing"].records) is (rcode != "REFUSED")


def test_ns_records_are_missed_where_the_soa_record_is_missing_too() -> None:
    """Other data shows that the zone is there; where all of its apex is denied, that is the finding."""
    lacks_both = at("ns1.example.com", "ns2.example.com", does="no-apex-ns=NXDOMAIN example.com.")
    for server in lacks_both.values():
        server["does"].append("no-soa")
    findings = judged("in-domain", servers=lacks_both)
    assert findings["ns-missing"].level is Level.ERROR and findings["ns-missing"].records
    assert "answer with the NS records of example.com, and NODATA" in findings["nxdomain-beside-data"].cure
    denied = {
        "ns1.www.example.com.": {"addresses": ["203.0.113.71"], "does": ["only-type=www.example.com. A"]}
    }
    zone = "@ 30 SOA ns1 h 1 7200 900 1209600 30\n@ NS ns1\nns1 A 203.0.113.71\n@ 30 A 192.0.2.44\n"
    zones = {
        "example.com.": {
            "without": "www 300 A 192.0.2.44",
            "add": "www NS ns1.www\nns1.www A 203.0.113.71\n",
        },
        "www.example.com.": {"text": zone},
    }
    findings = judged("in-domain", servers=denied, zones=zones)
    assert "ns-missing" not in findings
    cure = findings["nxdomain-beside-data"].cure
    assert "answer with the SOA and NS records of www.example.com, and NODATA" in cure


def test_only_servers_that_serve_the_zone_are_recommended() -> None:
    """ns2 answers nothing: to publish it would be a wrong fix."""
    servers = at("ns1.example.com", does="no-apex-ns=NOERROR example.com.") | at(
        "ns2.example.com", does="refuses"
    )
    assert judged("in-domain", servers=servers)["ns-missing"].records == (
        "example.com. 86400 IN NS ns1.example.com.",
    )


def test_a_server_that_has_the_zone_is_not_to_load_it() -> None:
    """A load balancer that denies with the SOA record of the zone above (RFC 2308 section 2)."""
    servers = {"ns1.sub.example.com.": {"does": ["denies-as-apex=example.com."]}}
    world = made_of("sub-zone", servers=servers, question="www.sub.example.com. AAAA")
    (found,) = (each for each in checked(world).findings or () if each.code == "foreign-soa")
    assert "use the SOA record of sub.example.com" in found.cure and "load" not in found.cure


@pytest.mark.parametrize("servers", [["ns2"], ["ns1", "ns2", "ns3"]], ids=len)
def test_a_server_that_denies_names_below_its_delegation_has_nothing_to_remove(servers: list[str]) -> None:
    """It refers to the zone only when asked for its apex."""
    names = [f"{server}.example.com" for server in servers]
    denying = at(*names, does="denies-name=www.sub.example.com. example.com.")
    finding = judged("sub-zone", question="www.sub.example.com. A", servers=denying)["answers-below-cut"]
    assert finding.level is Level.ERROR and "(NXDOMAIN), although it refers to sub" in finding.message
    assert "refer queries for names below sub.example.com" in finding.cure and "remove" not in finding.cure


def test_ns_records_are_not_missing_in_a_zone_that_a_server_does_not_have() -> None:
    """The zone above has DS records for it on that server, and so denies its NS records as NODATA."""
    ds = f"sub 3600 DS 4711 13 2 {'AB' * 32}\n"
    head = "@ 900 SOA ns1 hostmaster 2026011501 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nns1 A 192.0.2.53\n"
    hosts = "ns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\nwww A 192.0.2.44\n"
    delegating = f"{head}{hosts}{ds}sub NS ns1\nsub NS ns2\n"
    signed = {"sign": {"algorithm": 13}}
    zones = {
        "example.com.": {"servers": ["ns1.example.com."], "text": f"{head}{hosts}{ds}", **signed},
        "example.com. other": {"servers": ["ns2.example.com."], "text": delegating, **signed},
    }
    trace = checked(made_of("in-domain", question="www.sub.example.com. A", zones=zones))
    codes = {(each.code, str(each.zone)) for each in trace.findings or ()}
    assert ("foreign-soa", "sub.example.com.") in codes
    assert ("ns-missing", "sub.example.com.") not in codes

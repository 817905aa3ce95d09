"""Rules on glue."""

from __future__ import annotations

import pytest

from dnstrace.checks import Level
from dnstrace.lab.world import read
from dnstrace.model.findings import Finding
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, checked_world, found

RULES = [
    ("glue-missing", "missing-glue", "in-domain"),
    ("glue-differs", "glue", "in-domain"),
    ("glue-only-in-parent", "glue", "in-domain"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_glue_out_of_date_where_nobody_serves_is_an_error_and_a_missing_address_a_notice() -> None:
    (gone,) = found("glue-differs", "parent-child-differ")
    levels = {str(finding.server): finding.level for finding in found("glue-differs", "glue")}
    assert gone.level is Level.ERROR
    assert levels == {"ns5.example.com.": Level.WARNING, "ns2.example.com.": Level.NOTICE}


def test_missing_glue_is_an_error_only_where_no_other_server_is_found() -> None:
    assert {finding.level for finding in found("glue-missing", "missing-glue")} == {Level.ERROR}
    assert {finding.level for finding in found("glue-missing", "glue")} == {Level.WARNING}


@pytest.mark.parametrize(
    ("code", "world", "message"),
    [
        (
            "glue-missing",
            "glue",
            "com has no address (glue) for ns3.example.com, a name server inside example.com",
        ),
        (
            "glue-differs",
            "parent-child-differ",
            "com has 192.0.2.53 as the glue for ns1.example.com, but its own zone has 203.0.113.53",
        ),
        (
            "glue-only-in-parent",
            "glue",
            "ns4.example.com has the address 203.0.113.54 in com, but none in its own zone",
        ),
    ],
)
def test_a_message_says_which_addresses_are_where(code: str, world: str, message: str) -> None:
    assert [finding.message for finding in found(code, world)] == [message]


def test_missing_glue_that_the_parent_gives_on_request_lets_some_resolvers_through() -> None:
    (finding,) = found("glue-missing", "glue-on-request")
    assert finding.message == (
        "the referral from example.com has no address (glue) for ns1.child.example.com, a name server inside"
        " child.example.com; only resolvers that ask example.com for that address explicitly, as Unbound"
        " does, get 198.51.100.53 and reach it"
    )
    assert finding.level is Level.ERROR
    assert finding.records == ("ns1.child.example.com. 3600 IN A 198.51.100.53",)
    asked = {str(checked_world("glue-on-request").steps[number - 1].question) for number in finding.steps}
    assert "ns1.child.example.com. A" in asked


def test_each_missing_address_comes_with_the_record_to_publish() -> None:
    (finding,) = found("glue-missing", "glue")
    assert finding.cure == "register 203.0.113.53 as the glue for ns3.example.com"
    assert finding.records == ("ns3.example.com. 172800 IN A 203.0.113.53",)


def test_a_server_that_has_only_the_zone_above_says_nothing_about_addresses_in_the_zone() -> None:
    above = read("_internet")["zones"]["com."]["text"]
    zones = {
        "example.com.": {"servers": []},
        "com. copy": {"servers": ["ns2.example.com."], "text": above},
    }
    found = checked(made_of("in-domain", zones=zones)).findings or ()
    assert sorted((each.code, str(each.server)) for each in found) == [
        ("foreign-soa", "ns2.example.com."),
        ("refuses", "ns1.example.com."),
    ]
    assert not any("from the NS records" in each.cure for each in found)


def _in_zone_below(served: bool, address: str = "192.0.2.53") -> dict[str, Finding]:
    """What is found where the name servers are in a zone below the one that they serve, with glue."""
    hosts = {"ns1.infra.example.com.": "192.0.2.53", "ns2.infra.example.com.": "198.51.100.53"}
    glue = "".join(f"{name} A {text}\n" for name, text in hosts.items())
    apex = "@ 900 SOA ns1.infra.example.com. h 1 7200 900 1209600 300\n"
    apex += "@ NS ns1.infra.example.com.\n@ NS ns2.infra.example.com.\n"
    cut = "infra NS ns1.infra\ninfra NS ns2.infra\n"
    zones = {
        "com.": {"add": f"example NS ns1.infra.example\nexample NS ns2.infra.example\n{glue}"},
        "example.com.": {"text": f"{apex}{cut}{glue}www A 192.0.2.44\n"},
    }
    if served:
        zones["infra.example.com."] = {"text": f"{apex}ns1 A {address}\nns2 A 198.51.100.53\n"}
    servers = {name: {"addresses": [text]} for name, text in hosts.items()}
    trace = checked(made_of("_internet", servers=servers, zones=zones))
    return {each.code: each for each in trace.findings or ()}


def test_name_servers_in_a_zone_below_that_nobody_serves_have_glue_alone() -> None:
    found = _in_zone_below(served=False)
    assert set(found) == {"glue-only-in-parent"}
    finding = found["glue-only-in-parent"]
    assert finding.message == (
        "ns1.infra.example.com and ns2.infra.example.com have addresses in com, but no server of"
        " infra.example.com gives them"
    )
    assert finding.cure.startswith("configure infra.example.com on its name servers")
    assert not finding.is_error and finding.actor == "the operator of example.com"


def test_name_servers_in_a_zone_below_are_looked_up_there() -> None:
    assert not _in_zone_below(served=True)
    assert "glue-differs" in _in_zone_below(served=True, address="192.0.2.99")


def test_name_servers_in_a_zone_elsewhere_that_nobody_serves_are_for_the_operator_of_that_one() -> None:
    """The operator of the zone that they serve has no NS records of that one to remove."""
    hosts = {"ns1": "192.0.2.53", "ns2": "198.51.100.53", "dead": "203.0.113.9"}
    glue = "".join(f"{label}.provider A {text}\n" for label, text in hosts.items())
    listed = "@ NS ns1.provider.com.\n@ NS ns2.provider.com.\n"
    zones = {
        "com.": {"add": f"{listed.replace('@', 'example')}provider NS dead.provider.com.\n{glue}"},
        "example.com.": {
            "text": f"@ SOA ns1.provider.com. h 1 7200 900 1209600 300\n{listed}www A 192.0.2.44\n"
        },
    }
    servers = {f"{label}.provider.com.": {"addresses": [text]} for label, text in hosts.items()}
    servers["dead.provider.com."]["does"] = ["silent"]
    trace = checked(made_of("_internet", servers=servers, zones=zones))
    (finding,) = trace.findings or ()
    assert finding.code == "glue-only-in-parent" and finding.message == (
        "ns1.provider.com and ns2.provider.com have addresses in com, but no server of provider.com gives"
        " them"
    )
    assert finding.cure == "configure provider.com on its name servers" and not finding.is_error
    assert finding.actor == "the operator of provider.com, the zone of the name server"

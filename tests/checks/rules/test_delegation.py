"""Rules on the delegation: what the parent and the zone itself list."""

from __future__ import annotations

import dns.rrset
import pytest

from dnstrace.lab.world import read
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_fires, checked_world, found

RULES = [
    ("ns-differs", "parent-child-differ", "in-domain"),
    ("ns-differs-between-servers", "ns-sets-differ", "in-domain"),
    ("ns-ttl-differs", "short-ns-ttl", "in-domain"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize("world", ["parent-child-differ", "glue"])
def test_the_records_to_publish_can_be_published(world: str) -> None:
    lines = [line for finding in checked_world(world).findings or () for line in finding.records]
    assert lines
    for line in lines:
        owner, ttl, rdclass, rdtype, rdata = line.split()
        assert dns.rrset.from_text(owner, int(ttl), rdclass, rdtype, rdata)


def test_a_name_server_to_publish_comes_with_its_glue() -> None:
    (finding,) = found("ns-differs", "parent-child-differ")
    assert finding.records[-2:] == (
        "example.com. 172800 IN NS ns3.example.com.",
        "ns3.example.com. 172800 IN A 203.0.113.54",
    )


def test_names_in_the_zone_for_the_servers_of_a_host_are_not_to_be_dropped() -> None:
    """The registrar has ns1.example.com with the address of the host's server, which the zone still lists."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    servers = ["ns1.example.com.", "ns2.example.com."]
    a = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
    head = "@ SOA ns1 h 1 7200 900 1209600 300\n"
    above = "example NS ns1.example\nexample NS ns2.example\n" + a.replace("ns1", "ns1.example").replace(
        "ns2", "ns2.example"
    )
    own = text.replace("@ NS ns1", "@ NS ns1.example.org.").replace("@ NS ns2", "@ NS ns2.example.org.")
    zones = {
        "org.": {"add": above},
        "example.org.": {"servers": servers, "text": f"{head}@ NS ns1\n@ NS ns2\n{a}"},
        "example.com.": {"servers": servers, "text": own},
    }
    found = checked(made_of("in-domain", zones=zones)).findings or ()
    (finding,) = [each for each in found if each.code == "ns-differs"]
    assert finding.blame is Blame.HOST and finding.rehearsed
    assert finding.cure.startswith(
        "list ns1.example.com and ns2.example.com in the NS records of example.com"
    )


def test_lists_that_differ_are_judged_without_a_serial() -> None:
    """The zone lists one of two servers that serve it, and neither gives its SOA record."""
    servers = {f"ns{number}.example.com.": {"does": ["no-soa"]} for number in (1, 2)}
    one = {"example.com.": {"without": "@ NS ns2"}}
    found = told(checked(made_of("in-domain", servers=servers, zones=one)).findings or ())
    assert "ns-differs example.com." in found


def test_of_servers_that_differ_the_one_that_is_alone_is_named() -> None:
    text = read("textbook")["zones"]["example.com."]["text"]
    last = {
        "text": text.replace("@ NS ns-2050.awsdns-66.org.\n", ""),
        "servers": ["ns-2051.awsdns-67.co.uk."],
    }
    found = checked(made_of("textbook", zones={"example.com. last": last})).findings or ()
    (finding,) = [finding for finding in found if finding.code == "ns-differs-between-servers"]
    assert str(finding.server) == "ns-2051.awsdns-67.co.uk."


@pytest.mark.parametrize(
    ("code", "world", "message"),
    [
        (
            "ns-differs",
            "parent-child-differ",
            "com and example.com list different name servers: only the zone itself lists ns3.example.com",
        ),
        (
            "ns-differs-between-servers",
            "ns-sets-differ",
            "the servers of example.com list different name servers: ns1.example.com lists ns1.example.com"
            " and ns2.example.com; ns2.example.com lists ns2.example.com",
        ),
        (
            "ns-ttl-differs",
            "short-ns-ttl",
            "the NS records of example.com have a TTL of 300 s in the zone itself, but 172800 s in com",
        ),
    ],
)
def test_a_message_says_who_lists_what(code: str, world: str, message: str) -> None:
    assert [finding.message for finding in found(code, world)] == [message]


@pytest.mark.parametrize(
    ("more", "who"), [("", Blame.HOST), ("@ NS ns3\nns3 A 203.0.113.77\n", Blame.REGISTRAR)]
)
def test_a_zone_that_lists_too_few_of_the_servers_that_serve_it_lists_them_all(more: str, who: Blame) -> None:
    text = read("in-domain")["zones"]["example.com."]["text"].replace("@ NS ns2\n", more)
    every = [f"ns{number}.example.com." for number in (1, 2, 3)]
    world = made_of(
        "in-domain",
        servers={"ns3.example.com.": {"addresses": ["203.0.113.77"]}},
        zones={
            "com.": {"add": "example NS ns3.example.com.\nns3.example A 203.0.113.77\n" if more else ""},
            "example.com.": {"servers": every if more else every[:2], "text": text},
        },
    )
    (finding,) = [each for each in checked(world).findings or () if each.code == "ns-differs"]
    assert finding.blame is who and finding.rehearsed and finding.remedy is not None
    assert ("or, if ns2.example.com is to stay, add it" in finding.cure) == bool(more)
    assert (every[1] in " ".join(finding.remedy.change)) != bool(more)


def test_a_name_server_may_have_any_characters_in_its_name() -> None:
    odd = "ns{0}.example.com."
    text = read("in-domain")["zones"]["example.com."]["text"].replace(
        "@ NS ns2\n", "@ NS ns3\nns3 A 203.0.113.77\n"
    )
    world = made_of(
        "in-domain",
        servers={"ns3.example.com.": {"addresses": ["203.0.113.77"]}, odd: {"addresses": ["203.0.113.78"]}},
        zones={
            "com.": {
                "add": "example NS ns3.example.com.\nns3.example A 203.0.113.77\n"
                f"example NS {odd}\n{odd} A 203.0.113.78\n"
            },
            "example.com.": {
                "servers": ["ns1.example.com.", "ns2.example.com.", "ns3.example.com.", odd],
                "text": f"{text}{odd} A 203.0.113.78\n",
            },
        },
    )
    (finding,) = [each for each in checked(world).findings or () if each.code == "ns-differs"]
    assert "or, if ns2.example.com and ns{0}.example.com are to stay, add them" in finding.cure

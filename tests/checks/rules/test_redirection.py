"""The rule on DNAME records whose result is too long."""

from __future__ import annotations

from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires("dname-too-long", "endless-dname", "dname")


def test_a_target_below_the_record_itself_is_named_as_the_cause() -> None:
    (finding,) = found("dname-too-long", "endless-dname")
    assert "the DNAME record of moved.example.com, whose target is below it," in finding.message
    assert (
        finding.cure
        == "point the DNAME record of moved.example.com at a name that is not below moved.example.com"
    )


def test_a_long_name_that_the_target_makes_too_long_needs_a_shorter_one() -> None:
    long = ".".join(["x" * 60] * 3)
    zone = {"add": f"moved DNAME {'y' * 60}.{'z' * 60}\n"}
    world = made_of("in-domain", question=f"{long}.moved.example.com. A", zones={"example.com.": zone})
    (finding,) = checked(world).findings or ()
    assert finding.code == "dname-too-long" and "below" not in finding.message
    assert finding.cure == "point the DNAME record of moved.example.com at a shorter name"


def test_an_alias_other_than_the_implied_one_is_named_with_both_names() -> None:
    assert_fires("cname-unlike-dname", "cname-unlike-dname", "dname")
    (finding,) = found("cname-unlike-dname", "cname-unlike-dname")
    assert finding.message == (
        "ns1.example.com (192.0.2.53, 2001:db8:1::53) sends an alias of www.old.example.com to"
        " new.example.net, but its DNAME record of old.example.com leads to www.new.example.net"
    )
    assert finding.is_error and "the name server software of ns1.example.com" in finding.cure


def test_a_signed_zone_with_the_implied_alias_is_well() -> None:
    assert not found("cname-unlike-dname", "dnssec-dname")


def test_aliases_of_another_zone_on_the_same_servers_are_not_this_zones() -> None:
    names = ["ns1.example.com.", "ns2.example.com."]
    ns = "@ NS ns1.example.com.\n@ NS ns2.example.com.\n"
    text = f"@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n{ns}old DNAME new\nwww.new A 192.0.2.1\n"
    world = made_of(
        "in-domain",
        question="here.example.com. A",
        servers={"ns1.example.com.": {"does": ["unlike-dname=new.example.com."]}},
        zones={
            "com.": {"add": "other NS ns1.example.com.\nother NS ns2.example.com.\n"},
            "example.com.": {"add": "here CNAME www.old.other.com.\nnew A 192.0.2.2\n"},
            "other.com.": {"servers": names, "text": text},
        },
    )
    assert "cname-unlike-dname" not in {each.code for each in checked(world).findings or ()}

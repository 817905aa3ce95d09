"""Rules on what resolvers answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dnstrace.checks import Blame, Finding, Level
from dnstrace.lab.world import load
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, checked_world, found

CACHE = "@ 212 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1.example.com.\nwww 212 A 192.0.2.44\n"

RULES = [
    ("resolver-stale", "resolver-stale", "resolver-same"),
    ("resolver-fails", "resolver-servfail", "resolver-same"),
    ("resolver-keys-stale", "resolver-keys-stale", "resolver-same"),
    ("resolver-differs", "resolver-split", "resolver-same"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("code", "world", "message"),
    [
        (
            "resolver-stale",
            "resolver-stale",
            "the resolver 192.0.2.153 keeps an old answer for 212 more seconds",
        ),
        ("resolver-fails", "resolver-servfail", "the resolver 192.0.2.153 finds the answer bogus"),
        (
            "resolver-differs",
            "resolver-split",
            "the resolver 10.0.0.53 returns private addresses (split horizon)",
        ),
        (
            "resolver-differs",
            "resolver-filtered",
            "the resolver 192.0.2.153 withholds the answer from its users (filtered)",
        ),
    ],
)
def test_a_message_says_what_the_resolver_does(code: str, world: str, message: str) -> None:
    assert message in [finding.message for finding in found(code, world)]


def test_an_answer_for_a_name_that_does_not_exist_need_not_be_an_old_one() -> None:
    """Providers redirect mistyped names to a page of theirs."""
    cache = "@ 212 SOA ns1 hostmaster 2026011501 7200 900 1209600 300\n@ NS ns1\n* 60 A 203.0.113.250\n"
    servers = {"res.example.org.": {"addresses": ["203.0.113.99"], "does": ["resolver"]}}
    zones = {"example.com. cache": {"servers": [*servers], "text": cache}}
    question, resolvers = "typo.example.com. A", ["203.0.113.99"]
    world = made_of("in-domain", question=question, servers=servers, zones=zones, resolvers=resolvers)
    (only,) = checked(world).findings or ()
    assert only.code == "resolver-stale"
    assert "typo.example.com, which does not exist: it keeps an old answer for 60 " in only.message
    assert only.cure.startswith("ask it for other names that do not exist: if it answers, it redirects")


def test_old_keys_are_to_be_flushed_or_waited_for_until_their_ttl_ends() -> None:
    (only,) = found("resolver-keys-stale", "resolver-keys-stale")
    assert "DS records of example.com" in only.message and "2026-01-15 15:00 UTC" in only.cure
    assert "flush" in only.cure and "wait" in only.cure and only.blame is Blame.RESOLVER
    assert not found("resolver-fails", "resolver-keys-stale")


def test_a_zone_of_its_own_is_named_by_its_soa_record() -> None:
    (only,) = found("resolver-differs", "resolver-own-zone")
    assert "ns.corp.test" in only.message and "ns1.example.com" in only.message


@pytest.mark.parametrize(
    "world", ["resolver-servfail", "resolver-filtered", "resolver-split", "resolver-stale"]
)
def test_each_says_what_to_do_about_it(world: str) -> None:
    said = [each for each in checked_world(world).findings or () if each.code.startswith("resolver-")]
    assert said and all(each.cure and each.remedy is not None for each in said)


def test_it_is_an_error_only_where_no_resolver_has_an_answer() -> None:
    assert {each.level for each in found("resolver-fails", "resolver-servfail")} == {Level.ERROR}
    world = load("resolver-servfail")
    one = replace(world, resolvers=(*world.resolvers, "192.0.2.53"))
    assert {each.level for each in checked(one).findings or ()} == {Level.WARNING}


def test_where_the_zone_itself_is_bogus_the_resolver_is_right() -> None:
    world = made_of(
        "dnssec-expired",
        resolvers=["192.0.2.153"],
        servers={"r.example.org.": {"addresses": ["192.0.2.153"], "does": ["resolver", "finds-bogus"]}},
        zones={"example.com. cache": {"servers": ["r.example.org."], "text": CACHE}},
    )
    said = [each for each in checked(world).findings or () if each.code.startswith("resolver-")]
    assert [(each.code, each.blame) for each in said] == [("resolver-fails", Blame.NOBODY)]
    assert "the resolver is right" in said[0].cure


def test_nobody_is_asked_to_fix_a_cache() -> None:
    assert {finding.blame for finding in found("resolver-stale", "resolver-stale")} == {Blame.NOBODY}


def _beside(question: str, add: str, does: list[str], cache: str = "", **servers: Any) -> list[Finding]:
    """What is found where a resolver is asked besides the servers of example.com, which are as `servers`."""
    resolver = {"res.example.org.": {"addresses": ["203.0.113.99"], "does": does}}
    zones = {
        "example.com. cache": {"servers": [*resolver], "text": CACHE + cache},
        "example.com.": {"add": add},
    }
    world = made_of(
        "in-domain",
        question=question,
        servers={**servers, **resolver},
        zones=zones,
        resolvers=["203.0.113.99"],
    )
    return [each for each in checked(world).findings or () if each.code.startswith("resolver-")]


@pytest.mark.parametrize("address", ["192.168.1.20", "127.0.0.1"])
@pytest.mark.parametrize("does", ["refuses", "blocks"])
def test_a_resolver_may_withhold_private_addresses(does: str, address: str) -> None:
    """As those do that guard against DNS rebinding."""
    (found,) = _beside("lan.example.com. A", f"lan A {address}\n", [does, "resolver"])
    assert found.cure.startswith(
        "exempt lan.example.com from the resolver's protection against DNS rebinding"
    )
    (other,) = _beside("www.example.com. A", f"lan A {address}\n", [does, "resolver"])
    assert "rebinding" not in other.cure


def test_the_last_answer_that_there_is_is_not_flushed() -> None:
    dead = {f"ns{n}.example.com.": {"does": ["silent"]} for n in (1, 2)}
    stale, old = ["explains=3 stale answer", "resolver"], "old 30 A 192.0.2.8\n"
    for servers, advised in ((dead, "leave old.example.com in"), ({}, "flush old.example.com from")):
        (found,) = _beside("old.example.com. A", "old A 192.0.2.9\n", stale, old, **servers)
        assert found.code == "resolver-stale" and found.cure.startswith(advised)

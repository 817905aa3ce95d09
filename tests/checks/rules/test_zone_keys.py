"""Rules on the keys of a zone by themselves."""

from __future__ import annotations

import pytest

from dnstrace.checks import Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("key-malformed", "dnssec-key-malformed", "dnssec-key-small"),
    ("key-malformed", "dnssec-key-without-modulus", "dnssec-good"),
    ("algorithm-not-recommended", "dnssec-algorithm-10", "dnssec-algorithm-8"),
    ("algorithm-unsupported", "dnssec-algorithm-unassigned", "dnssec-algorithm-16"),
    ("keys-not-signed", "dnssec-island-unsigned", "dnssec-island"),
    ("signature-algorithm-missing", "dnssec-algorithm-unsigned", "dnssec-good"),
]
"""Each with a world that fires it, and one that does not."""

ODD = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("world", "flaw"),
    [
        ("dnssec-key-malformed", "it has 32 octets, not 64"),
        ("dnssec-key-without-modulus", "it has no modulus"),
    ],
)
def test_a_malformed_key_is_said_to_be_that_and_not_to_be_small(world: str, flaw: str) -> None:
    (finding,) = found("key-malformed", world)
    assert finding.message.endswith(flaw) and finding.level is Level.WARNING
    assert not found("key-small", world)


@pytest.mark.parametrize(
    ("number", "standing"),
    [
        (0, "not for signing zones"),
        (2, "not for signing zones"),
        (4, "reserved"),
        (9, "reserved"),
        (11, "reserved"),
        (19, "unassigned"),
        (122, "unassigned"),
        (123, "reserved"),
        (251, "reserved"),
        (252, "not for signing zones"),
        (253, "for private use"),
        (254, "for private use"),
        (255, "reserved"),
    ],
)
def test_an_algorithm_that_zones_cannot_use_is_named_with_what_the_registry_says(
    number: int, standing: str
) -> None:
    key = f"@ DNSKEY 256 3 {number} {ODD}\n"
    made = made_of("_signed", zones={"example.com.": {"add": key}}, expect={"outcome": "answer"})
    (finding,) = [each for each in checked(made).findings or () if each.code == "algorithm-unsupported"]
    assert f"({standing})" in finding.message and finding.level is Level.WARNING


def test_an_algorithm_that_is_not_recommended_is_a_notice() -> None:
    (finding,) = found("algorithm-not-recommended", "dnssec-algorithm-10")
    assert finding.level is Level.NOTICE and "RSASHA512" in finding.message


def test_a_missing_signature_names_the_algorithm() -> None:
    (finding,) = found("signature-algorithm-missing", "dnssec-algorithm-unsigned")
    assert finding.level is Level.WARNING
    what = "www.example.com A (and 10 more RRsets)"
    assert finding.message.startswith(f"{what} has no signature with RSASHA256")
    assert finding.cure.startswith("sign every RRset of example.com with RSASHA256 as well")


def test_keys_that_come_without_edns_are_not_called_unsigned() -> None:
    zones = {"example.com.": {"sign": {"ds": "none"}}}
    servers = {f"ns{number}.example.com.": {"does": ["no-edns"]} for number in (1, 2)}
    made = made_of("_signed", zones=zones, servers=servers, expect={"outcome": "answer"})
    codes = {each.code for each in checked(made).findings or ()}
    assert "no-edns" in codes and "keys-not-signed" not in codes


def test_a_small_key_is_not_to_be_replaced_by_one_of_another_algorithm() -> None:
    """Each algorithm has to sign the whole zone (RFC 4035 section 2.2): a rollover is more than one key."""
    (finding,) = found("key-small", "dnssec-key-tiny")
    assert finding.cure == (
        "replace it with a key of 2048 bits, or roll example.com over to algorithm 13 (ECDSAP256SHA256)"
    )

"""Rules on the algorithms of keys and the digest types of DS records."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame, Level
from dnstrace.dnssec import Security
from dnstrace.lab.world import read
from dnstrace.model.anchors import NO_ANCHORS
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires

RULES = [
    ("algorithm-weak", "dnssec-sha1", "dnssec-algorithm-8"),
    ("digest-weak", "dnssec-digest-weak", "dnssec-digests"),
    ("algorithm-unsupported", "dnssec-unknown-algorithm", "dnssec-algorithm-16"),
    ("algorithm-unsupported", "dnssec-algorithm-18", "dnssec-algorithm-16"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(("number", "text"), [(17, "SM2SM3"), (18, "MLDSA44"), (23, "ECC-GOST12")])
def test_an_algorithm_that_others_know_is_named(number: int, text: str) -> None:
    signed = {"example.com.": {"sign": {"broken": [f"algorithm={number}"]}}}
    trace = checked(made_of("_signed", zones=signed, expect={"outcome": "answer"}))
    (finding,) = [each for each in trace.findings or () if each.code == "algorithm-unsupported"]
    assert finding.level is Level.WARNING and "most validators do not support" in finding.message
    for said in (finding.message, trace.judgement.reason if trace.judgement else ""):
        assert (
            f"{text} (algorithm {number}) with digest 2 (a validator that supports it can validate the zone)"
            in said
        )
    assert trace.judgement is not None and trace.judgement.security is Security.INSECURE


@pytest.mark.parametrize(("number", "code"), [(5, "algorithm-weak"), (253, "algorithm-unsupported")])
def test_what_keys_show_by_themselves_is_said_without_a_trust_anchor(number: int, code: str) -> None:
    """Below root servers of one's own without an anchor, nothing is secure or bogus."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    key = "AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2h"
    zones = {"example.com.": {"text": f"{text}@ DNSKEY 257 3 {number} {key}\n"}}
    world = made_of("in-domain", zones=zones)
    made = checked(world, anchors=NO_ANCHORS)
    assert made.judgement is None and made.unjudged
    assert code in {each.code for each in made.findings or ()}


def test_no_ds_record_is_replaced_before_a_key_that_validators_know_signs_the_keys() -> None:
    """With one of a key that signs nothing, a zone that is taken for unsigned becomes bogus."""
    key = "DcV6WMwl6YknXiBv8Ufc/YKtANGOzN/errbDBK0wWAU8xzvURkJrMp8ceyHuDN2UhftJdTS4BVXMUtl1QD8pkg=="
    zone = {"sign": {"broken": ["algorithm=100"]}, "add": f"@ DNSKEY 256 3 13 {key}\n"}
    trace = checked(made_of("_signed", zones={"example.com.": zone}))
    (finding,) = [each for each in trace.findings or () if each.code == "algorithm-unsupported"]
    assert finding.blame is Blame.HOST and not finding.records
    assert finding.cure == "sign example.com with algorithm 13 (ECDSAP256SHA256)"


_OTHER = "example DS 12345 13 1 0123456789ABCDEF0123456789ABCDEF01234567\n"


def test_the_ds_record_of_a_key_that_is_yet_to_come_stays() -> None:
    """It was published before its key, or the key is at a server that is silent."""
    own = read("dnssec-digest-weak")["zones"]["com."]["add"]
    (finding,) = [
        each
        for each in checked(made_of("_signed", zones={"com.": {"add": own + _OTHER}})).findings or ()
        if each.code == "digest-weak"
    ]
    assert [record.split()[4:7] for record in finding.records] == [["33677", "13", "2"], ["12345", "13", "1"]]
    assert finding.cure == (
        "replace the DS records of example.com; add one with SHA-256 too if key 12345 is yet to be introduced"
    )

"""What to do where servers have different keys, and before there is a DS record."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks import Blame
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.lab.world import read
from dnstrace.model import Trace
from tests.checks.checking import checked, made_of

TEXT = read("in-domain")["zones"]["example.com."]["text"]


def _with_copy(sign: dict[str, Any], copy: dict[str, Any], does: str = "") -> Trace:
    """A zone that is signed on ns1, and another copy of it on ns2."""
    ns2 = {"addresses": ["198.51.100.53", "2001:db8:2::53"], "does": [does] if does else []}
    zones = {
        "example.com.": {"servers": ["ns1.example.com."], "text": TEXT, "sign": {"algorithm": 13, **sign}},
        "example.com. copy": {"servers": ["ns2.example.com."], "text": TEXT, **copy},
    }
    return checked(made_of("in-domain", zones=zones, servers={"ns2.example.com.": ns2}))


@pytest.mark.parametrize(
    ("does", "fix"),
    [
        ("refuses", "bring ns2.example.com back before a DS record of example.com is published"),
        ("silent", "bring ns2.example.com back before a DS record of example.com is published"),
        ("", "have all servers of example.com serve the same keys before a DS record is published"),
    ],
)
def test_no_ds_record_is_published_before_all_servers_have_the_keys(does: str, fix: str) -> None:
    for copy in ({}, {"sign": {"algorithm": 15, "ds": "none"}}):
        found = {each.code: each for each in _with_copy({"ds": "none"}, copy, does).findings or ()}
        finding = found["dnskey-without-ds"]
        assert finding.cure.startswith(fix) and not finding.records
        assert finding.blame is Blame.HOST and finding.remedy is not None and not finding.remedy.add


def test_where_no_copy_validates_signing_comes_before_the_keys_of_one_server() -> None:
    trace = _with_copy({"valid": [-30, -1]}, {})
    found = {each.code: each for each in trace.findings or ()}
    assert found["dnskey-differs"].cure == found["signature-expired"].cure
    assert found["dnskey-differs"].cure == "sign example.com again, and load it on all its servers"
    said = verdict(trace)
    assert said is not None and "its signature expired at" in said.text
    assert "dnskey-differs" in found["signature-expired"].explains


def test_the_version_to_load_is_named_where_servers_have_several() -> None:
    old = {"text": TEXT.replace("2026011501", "2025010101")}
    (finding,) = (e for e in _with_copy({}, old).findings or () if e.code == "dnskey-differs")
    assert finding.cure == "load the same version of example.com, serial 2026011501, on all its servers"


@pytest.mark.parametrize(("algorithm", "alike"), [(13, ""), (15, "use the same algorithms, and ")])
def test_signers_with_other_algorithms_agree_on_these_too(algorithm: int, alike: str) -> None:
    """RFC 8901 section 4: who signs with one algorithm only cannot publish keys of another one."""
    copy = {"algorithm": algorithm, **({"broken": ["rolled"]} if algorithm == 13 else {})}
    text = TEXT.replace("SOA ns1 hostmaster", "SOA ns2 hostmaster")
    trace = _with_copy({}, {"sign": copy, "text": text})
    (finding,) = (each for each in trace.findings or () if each.code == "dnskey-differs")
    share = "publish the zone-signing keys of all of them in its DNSKEY records"
    assert finding.cure == f"have each provider that signs example.com {alike}{share}"


def test_keys_that_no_validator_knows_show_an_unsigned_copy_too() -> None:
    found = {each.code: each for each in _with_copy({"broken": ["algorithm=100"]}, {}).findings or ()}
    assert found.keys() == {"algorithm-unsupported", "dnskey-differs"}
    assert found["dnskey-differs"].cure == "load the same version of example.com on all its servers"
    assert not found["dnskey-differs"].is_error


@pytest.mark.parametrize("copy", [{}, {"sign": {"algorithm": 13, "broken": ["rolled"]}}])
def test_of_copies_with_one_serial_the_one_that_validates_is_loaded(copy: dict[str, Any]) -> None:
    """Nobody could tell from "the same version" which one that is: the unsigned one is bogus everywhere."""
    (finding,) = (each for each in _with_copy({}, copy).findings or () if each.code == "dnskey-differs")
    assert finding.cure.startswith("load example.com on ns2.example.com as ns1.example.com has it")
    other = _with_copy({"broken": ["rolled"]}, {"sign": {"algorithm": 13}}).findings or ()
    (finding,) = (each for each in other if each.code == "dnskey-differs")
    assert finding.cure.startswith("load example.com on ns1.example.com as ns2.example.com has it")


@pytest.mark.parametrize(
    ("serial", "fix"),
    [
        (1, "load version 2 of example.com on ns2.example.com"),
        (2, "load example.com on ns2.example.com as ns1.example.com has it"),
        (3, "load the same version of example.com on all its servers"),
    ],
)
def test_an_unsigned_copy_of_a_zone_above_is_replaced_if_that_is_not_newer(serial: int, fix: str) -> None:
    text = read("_signed")["zones"]["example.com."]["text"]
    zones = {
        "example.com.": {"text": text.replace("2026011501", "2"), "servers": ["ns1.example.com."]},
        "example.com. old": {
            "text": text.replace("2026011501", str(serial)),
            "servers": ["ns2.example.com."],
        },
    }
    zones["example.com."]["sign"] = {}
    trace = checked(made_of("_signed", question="www.child.example.com. A", zones=zones))
    (finding,) = (each for each in trace.findings or () if each.code == "dnskey-differs")
    assert finding.cure == fix

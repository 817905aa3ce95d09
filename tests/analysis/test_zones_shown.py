"""Which zone an answer is from, where the zone above is on the same servers and no reply says so."""

from __future__ import annotations

from typing import Any

import dns.rdatatype
import pytest

from dnstrace import report
from dnstrace.analysis.reached import zone_reached
from dnstrace.analysis.zones_shown import signers_in, with_zones_shown
from dnstrace.lab.world import World, load
from dnstrace.model import Probe, Question
from dnstrace.model.structs import replace
from tests.checks.checking import checked, made_of, told, walked_in
from tests.replies import name

SIGNED: dict[str, Any] = {"algorithm": 13}
DEPT = name("dept.example.com.")
ALIAS = Question(name("alias.example.com."), dns.rdatatype.A)
FAULTS: dict[str, dict[str, Any]] = {
    "algorithm-weak": {"algorithm": 7},
    "dnskey-without-ds": {"ds": "none"},
    "ds-digest-wrong": {"broken": ["ds-digest"]},
    "ds-without-dnskey": {"broken": ["rolled"]},
    "signature-bad": {"broken": ["garbled=A"]},
    "signature-expired": {"valid": [-30, -1]},
    "signature-missing": {"broken": ["unsigned=www A"]},
}
"""How the lower zone is signed, by the finding that it leads to."""


def world(sign: dict[str, Any], **zones: Any) -> World:
    """The upper zone signed as it should be, and the lower one like that."""
    signed = {"example.com.": {"sign": SIGNED}, "dept.example.com.": {"sign": SIGNED | sign}}
    return made_of("parent-and-child", question="www.dept.example.com. A", zones=signed | zones)


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_of_the_lower_zone_is_that_zones(code: str) -> None:
    found = checked(world(FAULTS[code]))
    assert told(found.findings or ()) == [f"{code} dept.example.com."]
    assert zone_reached(found) == DEPT


@pytest.mark.parametrize(
    "code", ["ds-digest-wrong", "ds-without-dnskey", "signature-bad", "signature-expired"]
)
def test_a_ds_record_shows_the_cut_where_nothing_is_probed(code: str) -> None:
    verdict = report(walked_in(world(FAULTS[code]))).verdict
    assert verdict is not None and (verdict.claims[0].code, verdict.zone) == (code, DEPT)
    assert "the parent zone has" not in verdict.text


def test_a_zone_without_keys_is_not_told_to_sign_the_zone_above() -> None:
    add = "dept DS 1 13 2 " + "ab" * 32
    unsigned = {"example.com.": {"sign": SIGNED, "add": add}}
    found = checked(made_of("parent-and-child", question="www.dept.example.com. A", zones=unsigned))
    (finding,) = found.findings or ()
    assert (finding.code, finding.zone, finding.operator) == ("ds-without-dnskey", DEPT, name("example.com."))
    assert finding.message.startswith("example.com has a DS record")


def test_only_a_zone_that_was_found_late_is_probed_twice() -> None:
    probed = checked(load("parent-and-child"))
    assert {step.zone for step in probed.steps if step.probe is Probe.SOA} == {name("example.com."), DEPT}
    assert probed.findings == ()


def test_what_the_zone_asked_has_signed_itself_is_its_own() -> None:
    """Records left below a delegation are not of the zone below it."""
    left = {"example.com.": {"sign": SIGNED, "servers": ["ns1.example.com."]}}
    world = made_of("parent-and-child", question="ns1.example.com. A", zones=left)
    found = walked_in(world)
    assert with_zones_shown(found) is found and zone_reached(found) == name("example.com.")


def test_a_signature_that_is_malformed_names_no_zone() -> None:
    """Any octets may stand in the place of a signature, and whoever asks for ANY gets them."""
    add = {"dept.example.com.": {"add": "www 300 RRSIG \\# 4 00010d02\n"}}
    odd = made_of("parent-and-child", question="www.dept.example.com. ANY", zones=add)
    found = walked_in(odd, signed=False)
    assert signers_in(found.answer) == set() and dns.rdatatype.RRSIG in {each.rdtype for each in found.answer}
    assert zone_reached(checked(odd)) == DEPT


def test_a_fault_of_a_zone_that_is_passed_on_the_way_is_that_zones() -> None:
    """The alias and its target, or the zone asked for and the one that answers, are apart."""
    alias = {"example.com.": {"sign": SIGNED, "add": "alias CNAME www.dept"}}
    world_of_alias = replace(world(FAULTS["ds-digest-wrong"], **alias), question=ALIAS)
    assert told(checked(world_of_alias).findings or ()) == ["ds-digest-wrong dept.example.com."]
    hosts = "@ NS ns1.example.com.\n@ NS ns2.example.com.\n"
    zones: dict[str, dict[str, Any]] = {
        "example.com.": {"sign": SIGNED},
        "dept.example.com.": {
            "add": hosts.replace("@", "lab"),
            "sign": SIGNED | FAULTS["ds-without-dnskey"],
        },
        "lab.dept.example.com.": {
            "text": f"@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n{hosts}www A 192.0.2.3\n",
            "sign": SIGNED,
        },
    }
    below = made_of("parent-and-child", question="www.lab.dept.example.com. A", zones=zones)
    assert told(checked(below).findings or ()) == ["ds-without-dnskey dept.example.com."]

"""Rules on signed denials that contradict what the same zone serves."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame, Finding, Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("denial-contradicts-data", "dnssec-denial-contradicts-nsec", "dnssec-nsec-nodata"),
    ("denial-contradicts-data", "dnssec-denial-contradicts-nsec3", "dnssec-nsec3-nodata"),
    ("denial-contradicts-data", "dnssec-type-list-short", "dnssec-denial-twice"),
    ("cut-denied", "dnssec-cut-denied", "dnssec-nsec-insecure-child"),
    ("nsec-outside-zone", "dnssec-nsec-outside-zone", "dnssec-nsec-nxdomain"),
]
"""Each with a world that fires it, and one that does not."""

WELL = ["dnssec-good", "dnssec-opt-out", "dnssec-compact-nodata", "dnssec-nsec-wildcard", "dnssec-dname"]
WELL += ["dnssec-nsec3-wildcard", "dnssec-nsec-empty", "dnssec-nsec3-empty", "dnssec-alias"]


def of(code: str, question: str, **zone: object) -> list[Finding]:
    """What the rule of that code finds of a question in the signed worlds, with example.com signed so."""
    world = made_of("_signed", question=question, zones={"example.com.": zone})
    return [finding for finding in checked(world).findings or () if finding.code == code]


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize("world", WELL)
def test_no_sound_zone_contradicts_itself(world: str) -> None:
    for code in ("denial-contradicts-data", "cut-denied", "nsec-outside-zone"):
        assert not found(code, world)


@pytest.mark.parametrize("denial", ["nsec", "nsec3", "opt-out", "compact"])
@pytest.mark.parametrize("rdtype", ["A", "AAAA"])
def test_it_is_found_whichever_type_is_asked_for(rdtype: str, denial: str) -> None:
    """The reply about one type has the record that denies the other."""
    sign = {"algorithm": 13, "denial": denial, "broken": ["hides=A"]}
    (finding,) = of("denial-contradicts-data", f"mail.example.com. {rdtype}", sign=sign)
    assert finding.message.startswith("mail.example.com A exists, but the signed NSEC")
    assert "shows that mail.example.com has no A records" in finding.message
    assert finding.blame is Blame.HOST and finding.server is None


@pytest.mark.parametrize("denial", ["nsec", "nsec3", "opt-out", "compact"])
@pytest.mark.parametrize(
    "question",
    ["www.example.com. A", "mail.example.com. AAAA", "a.b.wild.example.com. A", "none.example.com. A"],
)
def test_no_kind_of_denial_contradicts_a_sound_zone(question: str, denial: str) -> None:
    assert not of("denial-contradicts-data", question, sign={"algorithm": 13, "denial": denial})


def test_a_wildcard_whose_type_list_lacks_what_it_has_is_found_by_what_was_expanded_from_it() -> None:
    sign = {"algorithm": 13, "denial": "nsec", "broken": ["hides=A"]}
    (finding,) = of("denial-contradicts-data", "any.wild.example.com. A", sign=sign)
    assert "*.wild.example.com has no A records" in finding.message


def test_a_denied_delegation_is_for_the_operator_of_the_zone_that_refers() -> None:
    (finding,) = found("cut-denied", "dnssec-cut-denied")
    assert str(finding.zone) == "example.com." and finding.blame is Blame.HOST
    assert "sub.example.com does not exist: there is no zone cut" in finding.message


@pytest.mark.parametrize(("hidden", "level"), [("CDS", Level.NOTICE), ("A", Level.ERROR)])
def test_what_only_the_parent_asks_for_is_a_notice(hidden: str, level: Level) -> None:
    """As Knot DNS 3.5 does where it signs as it answers: its NSEC at the apex lacks CDS and CDNSKEY."""
    add = "@ CDS 33677 13 2 5f5e1f96af091f7d9c910ba5b789f2c1eaa1918e25e1374f7d0753ecb15ae559\n@ A 192.0.2.1\n"
    sign = {"algorithm": 13, "broken": [f"hides={hidden}"]}
    (finding,) = of("denial-contradicts-data", "example.com. A", sign=sign, add=add)
    assert finding.level is level and f"no {hidden} records" in finding.message


@pytest.mark.parametrize(
    ("denial", "hidden", "told"),
    [
        ("nsec", "RRSIG", Level.WARNING),
        ("nsec", "NSEC", Level.WARNING),
        ("nsec3", "RRSIG", Level.WARNING),
        ("compact", "RRSIG", Level.WARNING),
    ],
)
def test_a_type_list_has_the_types_that_signing_adds(denial: str, hidden: str, told: Level) -> None:
    sign = {"algorithm": 13, "denial": denial, "broken": [f"hides={hidden}"]}
    (finding,) = of("denial-contradicts-data", "www.example.com. TXT", sign=sign)
    assert finding.level is told and f"does not list {hidden} among the types" in finding.message


@pytest.mark.parametrize("question", ["child.example.com. DS", "empty.example.com. A"])
def test_an_nsec3_record_of_what_has_no_signature_lists_none(question: str) -> None:
    assert not of("denial-contradicts-data", question, sign={"algorithm": 13, "denial": "nsec3"})

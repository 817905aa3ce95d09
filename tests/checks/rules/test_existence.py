"""Rules on names that exist and are denied, or that hide a wildcard by existing."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame, Finding, Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("nxdomain-beside-data", "nxdomain-beside-data", "nodata"),
    ("nxdomain-beside-data", "nxdomain-at-apex", "nxdomain"),
    ("ent-nxdomain", "ent-nxdomain", "ent"),
    ("ent-nxdomain", "ent-above-delegation", "sub-zone"),
    ("wildcard-hidden", "wildcard-hidden", "wildcard"),
]
"""Each with a world that fires it, and one that does not."""


def codes(zone: str, question: str, does: list[str] | None = None) -> list[Finding]:
    """What is found of a name in example.com with these additional records, whose servers do this."""
    servers = {f"ns{number}.example.com.": {"does": does or []} for number in (1, 2)}
    world = made_of("in-domain", question=question, zones={"example.com.": {"add": zone}}, servers=servers)
    return list(checked(world).findings or ())


def of(code: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_name_denied_for_other_types_is_named_with_what_it_has() -> None:
    (finding,) = found("nxdomain-beside-data", "nxdomain-beside-data")
    assert "www.example.com does not exist (NXDOMAIN) when asked for AAAA, MX, CAA, HTTPS" in finding.message
    assert finding.message.endswith("but it has A records")
    assert finding.level is Level.ERROR and finding.blame is Blame.HOST
    assert finding.remedy is not None and finding.remedy.servers == (finding.server,)


def test_the_type_asked_may_be_the_one_that_is_denied() -> None:
    """The walk ends with NXDOMAIN, and the name has data of another type."""
    findings = codes("", "www.example.com. MX", ["only-type=www.example.com. A"])
    assert [finding.server for finding in of("nxdomain-beside-data", findings)] != []


def test_an_apex_is_known_by_its_soa_record() -> None:
    (finding,) = found("nxdomain-beside-data", "nxdomain-at-apex")
    assert finding.message.endswith("for DNSKEY, CDS and CDNSKEY, but it is the apex of the zone")


def test_a_name_that_does_not_exist_at_all_is_no_contradiction() -> None:
    assert not codes("", "none.example.com. A")


def test_a_name_that_exists_for_one_type_only_is_a_warning() -> None:
    """NODATA for one type says that the name exists; no data of it is seen."""
    (finding, *_) = of(
        "nxdomain-beside-data", codes("w 300 HINFO x y", "w.example.com. MX", ["only-type=w.example.com. MX"])
    )
    assert finding.level is Level.WARNING and "exists when asked for MX (NODATA)" in finding.message


def test_a_wildcard_that_a_server_does_not_apply_is_data_of_the_name() -> None:
    findings = of("nxdomain-beside-data", codes("* 300 A 192.0.2.66", "w.example.com. A", ["denies-empty=w"]))
    assert "it has a wildcard for it: *.example.com has A records" in findings[0].message
    assert findings[0].level is Level.ERROR


def test_every_empty_name_above_a_delegation_is_named() -> None:
    findings = found("ent-nxdomain", "ent-above-delegation")
    assert len(findings) == 2
    assert all("b.a.example.com and a.example.com do not exist" in finding.message for finding in findings)
    assert all("sub.b.a.example.com below is delegated" in finding.message for finding in findings)


def test_a_name_below_must_be_shown_by_the_same_address() -> None:
    """NXDOMAIN for a name above one that does not exist is right."""
    assert not codes("", "x.none.example.com. A")


@pytest.mark.parametrize(
    ("records", "question", "wildcard", "by"),
    [
        ("*.t 300 A 192.0.2.66\nbelow.w.t 300 TXT x", "w.t.example.com. A", "*.t.example.com", "w.t"),
        ("*.t 300 A 192.0.2.66\nw.t 300 TXT x", "a.w.t.example.com. A", "*.t.example.com", "w.t"),
        ("* 300 CNAME www\nw.t 300 TXT x", "w.t.example.com. A", "*.example.com", "t"),
    ],
)
def test_what_hides_a_wildcard_is_named(records: str, question: str, wildcard: str, by: str) -> None:
    (finding,) = codes(records, question)
    assert finding.code == "wildcard-hidden" and finding.level is Level.NOTICE
    assert f"{by}.example.com exists" in finding.message and f"the wildcard {wildcard}," in finding.message


@pytest.mark.parametrize(
    ("records", "question"),
    [
        ("* 300 TXT x\nw 300 TXT x", "w.example.com. A"),  # the wildcard has no such data either
        ("* 300 TXT x", "w.example.com. A"),  # it applies, and has no such data
        ("*.t 300 A 192.0.2.66", "w.example.com. A"),  # it stands elsewhere
    ],
)
def test_a_wildcard_without_such_data_is_not_hidden(records: str, question: str) -> None:
    assert not codes(records, question)


def test_a_name_is_not_denied_where_an_nsec_record_of_the_reply_names_one_below() -> None:
    denied = found("ent-nxdomain", "dnssec-ent-nxdomain")
    assert len(denied) == 2 and all(each.is_error for each in denied)
    assert "leaf.empty.example.com below is named in the NSEC record of that reply" in denied[0].message
    assert not found("ent-nxdomain", "dnssec-nsec-nxdomain") + found(
        "ent-nxdomain", "dnssec-compact-nxdomain"
    )

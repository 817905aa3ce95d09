"""Zones that the servers of the zone above serve too, although that zone does not delegate them."""

from __future__ import annotations

import pytest

from dnstrace.checks import Finding, Level
from dnstrace.model.security import Security
from tests.checks.checking import checked, made_of

SUB = "@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n@ NS ns1.example.com.\n@ NS ns2.example.com.\n"
"""A zone on the servers of example.com, without its data."""


def found(question: str, above: dict[str, str], **sub: object) -> tuple[Security | None, list[Finding]]:
    """The security of a question, and what is found."""
    zones = {
        "example.com.": {"sign": {"algorithm": 13, **above}} if above else {},
        "sub.example.com.": {"text": f"{SUB}www 300 A 192.0.2.88\n", **sub},
    }
    trace = checked(made_of("in-domain", question=question, zones=zones))
    return trace.judgement.security if trace.judgement else None, list(trace.findings or ())


@pytest.mark.parametrize(
    "question", ["www.sub.example.com. A", "sub.example.com. NS", "no.sub.example.com. A"]
)
@pytest.mark.parametrize("sub", [{}, {"sign": {"algorithm": 13, "ds": "none"}}])
@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
def test_a_signed_zone_has_to_delegate_what_its_servers_serve_too(
    question: str, sub: dict[str, object], denial: str
) -> None:
    security, findings = found(question, {"denial": denial}, **sub)
    assert security is Security.BOGUS
    (cut_denied,) = (each for each in findings if each.code == "cut-denied")
    assert "answer from sub.example.com" in cut_denied.message
    others = [each for each in findings if each.level is not Level.NOTICE]
    assert {each.cure for each in others} == {cut_denied.cure} and {str(e.zone) for e in others} == {
        "example.com."
    }
    assert cut_denied.cure.startswith("delegate sub.example.com in example.com")
    if question == "sub.example.com. NS":
        assert cut_denied.records[0] == "sub.example.com. 3600 IN NS ns1.example.com."


@pytest.mark.parametrize(
    ("question", "sign"), [("sub.example.com. DS", {}), ("www.sub.example.com. A", {"denial": "opt-out"})]
)
def test_where_nothing_breaks_it_is_a_warning(question: str, sign: dict[str, str]) -> None:
    security, findings = found(question, sign)
    assert security is Security.INSECURE
    assert [each.code for each in findings] == ["nxdomain-beside-data"] * 2
    assert all(each.level is Level.WARNING and each.cure.startswith("delegate sub") for each in findings)


def test_an_unsigned_zone_whose_ds_records_nobody_asks_for_is_left_alone() -> None:
    assert found("www.sub.example.com. A", {})[1] == []


@pytest.mark.parametrize("denial", ["nsec", "nsec3", "opt-out"])
@pytest.mark.parametrize("question", ["sub.example.com. NS", "sub.example.com. DS", "www.sub.example.com. A"])
def test_an_unsigned_zone_that_is_delegated_by_its_own_servers_is_well(question: str, denial: str) -> None:
    """The NSEC record at its name is signed, but by the zone above."""
    zones = {
        "example.com.": {"sign": {"algorithm": 13, "denial": denial}, "add": "sub NS ns1\nsub NS ns2\n"},
        "sub.example.com.": {"text": f"{SUB}www 300 A 192.0.2.88\n"},
    }
    assert checked(made_of("in-domain", question=question, zones=zones)).findings == ()


@pytest.mark.parametrize("middle", [{}, {"sign": {"algorithm": 13, "denial": "nsec3"}}])
@pytest.mark.parametrize("child", ["a", "f"])
def test_a_zone_below_a_zone_that_is_delegated_is_for_that_one_to_delegate(
    child: str, middle: dict[str, object]
) -> None:
    """NSEC3 records of the highest zone show that it has no such name, as they should."""
    above = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\ndept NS ns1\ndept NS ns2\n"
    hosts = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
    own = "".join(f"{child} NS {host}.example.com.\n" for host in ("ns1", "ns2"))
    nsec3 = {"sign": {"algorithm": 13, "denial": "nsec3"}}
    zones = {
        "example.com.": {"text": above + hosts, **nsec3},
        "dept.example.com.": {"text": SUB + own, **middle},
        f"{child}.dept.example.com.": {"text": f"{SUB}www A 192.0.2.3\n", **nsec3},
    }
    world = made_of("in-domain", question=f"www.{child}.dept.example.com. A", zones=zones)
    assert checked(world).findings == ()

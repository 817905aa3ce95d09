"""DS records of names that the zone does not delegate."""

from __future__ import annotations

import pytest

from dnstrace.model.findings import Blame, Finding
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires

CODE = "ds-without-delegation"
DS = f"DS 4711 13 2 {'AB' * 32}"


def test_a_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, "dnssec-ds-undelegated", "dnssec-good")
    assert_fires(CODE, "dnssec-ds-undelegated", "dnssec-nsec-insecure-child")


def found(question: str, zone: str = "example.com.", add: str = "", denial: str = "nsec") -> list[Finding]:
    """What is found where a zone has these records, too, and is signed with that kind of denial."""
    sign = {"algorithm": 13, "denial": "opt-out" if zone == "com." else denial}
    zones = {"example.com.": {"sign": sign}, zone: {"sign": sign, "add": add}}
    trace = checked(made_of("in-domain", question=question, zones=zones))
    return [each for each in trace.findings or () if each.code == CODE]


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
@pytest.mark.parametrize("name", ["sub", "www.sub", "a.b.sub"])
def test_it_is_found_at_the_name_asked_and_above_it(name: str, denial: str) -> None:
    (finding,) = found(f"{name}.example.com. A", add=f"sub {DS}\n", denial=denial)
    assert finding.message == (
        "example.com has DS records for sub.example.com, but no NS records: sub.example.com is not delegated"
    )


def test_it_is_found_beside_data_and_the_records_are_named() -> None:
    (finding,) = found("www.example.com. A", add=f"www 300 {DS}\n")
    assert finding.remedy is not None and finding.blame is Blame.HOST
    assert finding.remedy.remove == (f"www.example.com. 300 IN {DS[:-64]}{DS[-64:].lower()}",)
    assert finding.unrehearsed == "the zone has to be signed again first"


def test_the_registrar_removes_those_of_a_domain() -> None:
    (finding,) = found("gone.com. A", "com.", f"gone {DS}\n")
    assert (finding.blame, str(finding.zone), str(finding.operator)) == (
        Blame.REGISTRAR,
        "gone.com.",
        "gone.com.",
    )


def test_a_delegation_may_have_them() -> None:
    add = f"sub {DS}\nsub NS ns1.example.com.\n"
    assert found("sub.example.com. A", add=add) == []
    assert found("t.example.com. A", add=add) == []  # its NSEC record lists the types; no server refers to it

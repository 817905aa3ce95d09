"""Why the name of a name server has no address, and what makes it resolve."""

from __future__ import annotations

from dnstrace.model.findings import Finding
from tests.checks.checking import checked, checked_by_name
from tests.checks.listings import world


def found(child: str) -> Finding:
    findings = checked(world(child)).findings or ()
    (only,) = [each for each in findings if each.code == "ns-name-unresolvable"]
    return only


def test_a_name_in_a_domain_that_is_not_registered_is_to_be_replaced() -> None:
    only = found("ns1 ns2 ns1.gone.org.")
    assert only.message == (
        "ns1.gone.org is listed as a name server, but is in a domain that is not registered:"
        " whoever registers it can answer for example.com"
    )
    assert only.cure == "remove it from the NS records of example.com in the zone, or register gone.org"


def test_several_such_names_are_one_finding() -> None:
    only = found("ns1 ns2 ns1.gone.org. ns2.lost.net.")
    assert "whoever registers one of them" in only.message
    assert only.cure.endswith("or register lost.net and gone.org")


def test_no_address_can_be_published_below_a_top_level_domain_that_does_not_exist() -> None:
    only = found("ns1 ns2 ns1.nowhere.")
    assert "its top-level domain does not exist" in only.message
    assert only.cure == "remove it from the NS records of example.com in the zone"


def test_in_a_domain_that_exists_an_address_may_be_published() -> None:
    assert found("ns1 ns2 ns9").cure.startswith("publish an address for ns9.example.com, or remove it")
    (gone,) = [f for f in checked_by_name("ns-names").findings or () if "gone" in str(f.server)]
    assert "does not exist" in gone.message and gone.cure.startswith("publish an address for")

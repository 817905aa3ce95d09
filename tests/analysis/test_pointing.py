"""Names that records point to, and the ones that were meant."""

from __future__ import annotations

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest

from dnstrace.analysis.pointing import (
    absent_targets,
    is_denied,
    meant_by,
    names_above,
    pointed_at,
    stands_alone,
    targets,
)
from tests.checks.checking import checked, checked_by_name, made_of
from tests.replies import name

ZONE = name("example.com.")


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("mail.example.com.example.com.", "mail.example.com."),
        ("example.com.example.com.", "example.com."),
        ("mx.host.example.example.com.", "mx.host.example."),
        ("host.example.example.com.", None),
        ("mail.example.com.", None),
        ("example.com.", None),
        ("mail.example.net.", None),
    ],
)
def test_what_was_meant_is_the_name_before_that_of_the_zone(target: str, meant: str | None) -> None:
    assert meant_by(name(target), ZONE) == (None if meant is None else name(meant))
    assert meant_by(name(target), name(".")) is None


@pytest.mark.parametrize(
    ("rdtype", "text", "target"),
    [
        ("MX", "5 mail.test.", "mail.test."),
        ("SRV", "1 2 3 a.test.", "a.test."),
        ("A", "192.0.2.1", None),
    ],
)
def test_some_types_point_to_a_name(rdtype: str, text: str, target: str | None) -> None:
    rdata = dns.rdata.from_text("IN", rdtype, text)
    assert pointed_at(rdata) == (None if target is None else name(target))


def test_targets_are_those_of_data_of_the_zone() -> None:
    found = checked_by_name("mx-without-dot")
    last = [step for step in found.steps if step.main][-1]
    assert set(targets(last, ZONE)) == {name("mail.example.com.example.com.")}
    assert not set(targets(last, name("example.net.")))


@pytest.mark.parametrize(
    ("target", "above"),
    [
        ("mail.office.berlin.example.com.", ["berlin.example.com.", "office.berlin.example.com."]),
        ("a.b.c.d.example.com.", ["d.example.com.", "b.c.d.example.com."]),
        ("mail.example.com.example.com.", []),
        ("mail.example.com.", []),
    ],
)
def test_the_names_above_a_target_show_whose_it_is(target: str, above: list[str]) -> None:
    assert names_above(name(target), ZONE) == tuple(map(name, above))


def test_a_target_stands_alone_where_neither_it_nor_a_name_above_it_is_there() -> None:
    add = "www CNAME web.office.berlin\n"
    found = checked(
        made_of("in-domain", zones={"example.com.": {"without": "www 300 A 192.0.2.44", "add": add}})
    )
    target = name("web.office.berlin.example.com.")
    assert set(absent_targets(found.steps, ZONE)) == {target} and stands_alone(found.steps, target, ZONE)
    assert not is_denied(found.steps, name("www.example.com.")) and not is_denied([], target)
    unasked = [step for step in found.steps if step.question.name != target.parent()]
    assert not stands_alone(unasked, target, ZONE)


@pytest.mark.parametrize("rdtype", [dns.rdatatype.MX, dns.rdatatype.HTTPS])
def test_data_that_cannot_be_read_points_nowhere(rdtype: dns.rdatatype.RdataType) -> None:
    """A reply may have any octets in place of a name, which are kept as they are."""
    assert pointed_at(dns.rdata.GenericRdata(dns.rdataclass.IN, rdtype, b"\0")) is None

"""Names that records point to, and the ones that were meant."""

from __future__ import annotations

import dns.rdata
import pytest

from dnstrace.analysis.pointing import meant_by, pointed_at, targets
from tests.checks.checking import checked_by_name
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
    [("MX", "5 mail.test.", "mail.test."), ("SRV", "1 2 3 a.test.", "a.test."), ("A", "192.0.2.1", None)],
)
def test_some_types_point_to_a_name(rdtype: str, text: str, target: str | None) -> None:
    rdata = dns.rdata.from_text("IN", rdtype, text)
    assert pointed_at(rdata) == (None if target is None else name(target))


def test_targets_are_those_of_data_of_the_zone() -> None:
    found = checked_by_name("mx-without-dot")
    last = [step for step in found.steps if step.main][-1]
    assert set(targets(last, ZONE)) == {name("mail.example.com.example.com.")}
    assert not set(targets(last, name("example.net.")))

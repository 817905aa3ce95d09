"""Whether a trace with a remedy is better than the one without."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import pytest

from dnstrace.api.outcome import compared
from dnstrace.model.findings import Level
from tests.checks.checking import checked_by_name

SICK, WELL = checked_by_name("refuses"), checked_by_name("in-domain")
(REFUSES,) = SICK.findings or ()


def test_a_finding_that_is_gone_with_nothing_worse_is_good() -> None:
    found = compared(SICK, WELL, [REFUSES], [])
    assert found.good and found.text.startswith("4 of 4 paths give 192.0.2.44, insecure")


def test_a_finding_that_is_still_there_is_not() -> None:
    assert not compared(SICK, SICK, [REFUSES], []).good


@pytest.mark.parametrize("zone", ["com.", None])
def test_a_new_error_is_not(zone: str | None) -> None:
    new = replace(REFUSES, code="lame-server", zone=None if zone is None else dns.name.from_text(zone))
    assert not compared(SICK, replace(WELL, findings=(new,)), [REFUSES], []).good
    assert compared(SICK, replace(WELL, findings=(replace(new, level=Level.WARNING),)), [REFUSES], []).good


def test_an_error_in_a_zone_that_could_not_be_reached_before_is_no_fault_of_the_remedy() -> None:
    new = replace(REFUSES, zone=dns.name.from_text("new.example."), code="lame-server")
    assert compared(SICK, replace(WELL, findings=(new,)), [REFUSES], []).good


def test_fewer_paths_with_an_answer_are_not() -> None:
    assert not compared(WELL, replace(SICK, findings=()), [REFUSES], []).good


def test_less_security_is_not() -> None:
    secure, insecure = checked_by_name("dnssec-good"), checked_by_name("textbook")
    bogus = replace(checked_by_name("dnssec-expired"), findings=())
    for after in (insecure, bogus):
        assert not compared(secure, after, [REFUSES], []).good
    assert compared(bogus, secure, [REFUSES], []).good


def test_an_address_that_does_not_answer_is_not_and_one_that_was_not_asked_is_named() -> None:
    assert not compared(SICK, replace(SICK, findings=()), [REFUSES], ["192.0.2.53"]).good
    found = compared(SICK, WELL, [REFUSES], ["203.0.113.250"])
    assert found.good and found.text.endswith("203.0.113.250 was not asked from here")

"""Whether a trace with a remedy is better than the one without."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import pytest

from dnstrace import Trace
from dnstrace.api.outcome import compared
from dnstrace.model.findings import Finding, Level
from tests.checks.checking import checked_by_name


def sick() -> Trace:
    return checked_by_name("refuses")


def well() -> Trace:
    return checked_by_name("in-domain")


def refuses() -> Finding:
    (found,) = sick().findings or ()
    return found


def test_a_finding_that_is_gone_with_nothing_worse_is_good() -> None:
    found = compared(sick(), well(), [refuses()], [])
    assert found.good and found.text.startswith("4 of 4 paths give 192.0.2.44, insecure")


def test_a_finding_that_is_still_there_is_not() -> None:
    assert not compared(sick(), sick(), [refuses()], []).good


@pytest.mark.parametrize("zone", ["com.", None])
def test_a_new_error_is_not(zone: str | None) -> None:
    new = replace(refuses(), code="lame-server", zone=None if zone is None else dns.name.from_text(zone))
    assert not compared(sick(), replace(well(), findings=(new,)), [refuses()], []).good
    assert compared(
        sick(), replace(well(), findings=(replace(new, level=Level.WARNING),)), [refuses()], []
    ).good


def test_an_error_in_a_zone_that_could_not_be_reached_before_is_no_fault_of_the_remedy() -> None:
    new = replace(refuses(), zone=dns.name.from_text("new.example."), code="lame-server")
    assert compared(sick(), replace(well(), findings=(new,)), [refuses()], []).good


def test_fewer_paths_with_an_answer_are_not() -> None:
    assert not compared(well(), replace(sick(), findings=()), [refuses()], []).good


def test_less_security_is_not() -> None:
    secure, insecure = checked_by_name("dnssec-good"), checked_by_name("textbook")
    bogus = replace(checked_by_name("dnssec-expired"), findings=())
    for after in (insecure, bogus):
        assert not compared(secure, after, [refuses()], []).good
    assert compared(bogus, secure, [refuses()], []).good


def test_an_address_that_does_not_answer_is_not_and_one_that_was_not_asked_is_named() -> None:
    assert not compared(sick(), replace(sick(), findings=()), [refuses()], ["192.0.2.53"]).good
    found = compared(sick(), well(), [refuses()], ["203.0.113.250"])
    assert found.good and found.text.endswith("203.0.113.250 was not asked from here")

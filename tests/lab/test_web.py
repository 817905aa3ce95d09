"""The web servers of a world, on the virtual clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dnstrace import clock
from dnstrace.lab.web import LabWeb, Site
from dnstrace.model.pages import Request, Visit

NOW = datetime(2026, 1, 15, tzinfo=UTC)
SITE = Site(0.02, names=("www.example", "*.wild.example"))
PLAIN, SECURE = Request("www.example"), Request("www.example", "https", 443)


def visited(site: Site, request: Request = PLAIN, timeout: float = 5.0) -> Visit:
    found: Visit = clock.run(LabWeb({"192.0.2.44": site}, NOW).visit("192.0.2.44", request, timeout))
    return found


def test_a_page_takes_a_round_trip_to_connect_and_one_to_answer() -> None:
    found = visited(replace(SITE, status=301, reason="Moved", location="https://www.example/"))
    assert (found.connected, found.secured, found.answered) == (0.02, None, 0.04)
    assert (found.status, found.reason, found.location) == (301, "Moved", "https://www.example/")
    assert found.certificate is None


def test_tls_takes_one_round_trip_more_and_shows_a_certificate() -> None:
    found = visited(SITE, SECURE)
    assert (found.connected, found.secured) == (0.02, 0.04)
    assert found.answered == pytest.approx(0.06)
    assert found.certificate is not None
    assert found.certificate.expires == NOW + timedelta(days=60)


@pytest.mark.parametrize(
    ("site", "host", "fault"),
    [
        (SITE, "other.example", "mismatch"),
        (SITE, "a.b.wild.example", "mismatch"),
        (replace(SITE, days=-1), "www.example", "expired"),
    ],
)
def test_a_certificate_that_is_wrong_ends_the_visit(site: Site, host: str, fault: str) -> None:
    found = visited(site, replace(SECURE, host=host))
    assert fault in found.fault
    assert (found.secured, found.status) == (None, None)
    assert found.certificate is not None


def test_a_wildcard_is_for_one_label() -> None:
    assert not visited(SITE, replace(SECURE, host="a.wild.example")).fault


def test_what_a_site_does_wrong() -> None:
    assert "refused" in visited(replace(SITE, does="refuses")).fault
    garbage = visited(replace(SITE, does="garbage"))
    assert "not HTTP" in garbage.fault and garbage.answered == 0.04
    silent = visited(replace(SITE, does="silent"), timeout=3.0)
    assert "3 s" in silent.fault and silent.connected is None


def test_where_no_site_is_there_is_silence() -> None:
    found: Visit = clock.run(LabWeb({}, NOW).visit("192.0.2.1", PLAIN, 2.0))
    assert "2 s" in found.fault

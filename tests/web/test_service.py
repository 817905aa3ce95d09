"""What HTTPS records change of the page to be fetched (RFC 9460)."""

from __future__ import annotations

import pytest

from dnstrace.model.pages import Request
from dnstrace.web.service import by_service, unmatched_hints
from tests.replies import name, rrset

WWW = name("www.example.")
PLAIN = Request("www.example")


def service(*rdata: str) -> list[object]:
    return [rrset(f"www.example. 300 HTTPS {' | '.join(rdata)}")]


def test_without_records_nothing_changes() -> None:
    assert by_service(PLAIN, WWW, []) == (PLAIN, WWW, ())


def test_a_record_turns_http_into_https() -> None:
    request, target, notes = by_service(PLAIN, WWW, service("1 ."))  # type: ignore[arg-type]
    assert (request.scheme, request.port, target) == ("https", 443, WWW)
    assert len(notes) == 1 and "9460" in notes[0]


def test_a_port_of_the_users_own_is_kept_when_the_scheme_changes() -> None:
    request, _, _ = by_service(Request("www.example", port=8080), WWW, service("1 ."))  # type: ignore[arg-type]
    assert (request.scheme, request.port) == ("https", 8080)


def test_a_record_names_another_port() -> None:
    request, _, notes = by_service(
        Request("www.example", "https", 443),
        WWW,
        service("1 . port=8443"),  # type: ignore[arg-type]
    )
    assert request.port == 8443
    assert len(notes) == 1 and "8443" in notes[0]


@pytest.mark.parametrize(("rdata", "words"), [("0 cdn.example.", "alias"), ("1 cdn.example.", "served")])
def test_the_name_whose_addresses_count_is_the_target(rdata: str, words: str) -> None:
    request, target, notes = by_service(Request("www.example", "https", 443), WWW, service(rdata))  # type: ignore[arg-type]
    assert target == name("cdn.example.")
    assert request.scheme == "https"
    assert words in notes[0]


def test_an_alias_says_nothing_of_scheme_and_port() -> None:
    request, _, _ = by_service(PLAIN, WWW, service("0 cdn.example."))  # type: ignore[arg-type]
    assert (request.scheme, request.port) == ("http", 80)


def test_the_record_of_the_lowest_priority_counts() -> None:
    records = service("2 second.example.", "1 first.example.")
    assert by_service(PLAIN, WWW, records)[1] == name("first.example.")  # type: ignore[arg-type]


def test_hints_that_the_name_does_not_have() -> None:
    records = service("1 . ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1")
    found = list(unmatched_hints(records, ["192.0.2.1"]))  # type: ignore[arg-type]
    assert len(found) == 2
    assert "192.0.2.2" in found[0] and "2001:db8::1" in found[1]

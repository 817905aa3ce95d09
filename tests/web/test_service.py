"""What HTTPS records change of the page to be fetched (RFC 9460)."""

from __future__ import annotations

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dnstrace.model.pages import BAD_PORTS, Request
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


NOTHING = (PLAIN, WWW)


def test_a_record_that_needs_an_unknown_key_is_ignored_whole() -> None:
    for key in ("key666", "ech", "key7"):
        value = "AAT+DQAA" if key == "ech" else "x"
        records = service(f"1 cdn.example. mandatory={key} {key}={value} port=8443 ipv4hint=192.0.2.1")
        request, target, notes = by_service(PLAIN, WWW, records)  # type: ignore[arg-type]
        assert (request, target) == NOTHING and len(notes) == 1 and "section 8" in notes[0]
        assert not list(unmatched_hints(records, []))  # type: ignore[arg-type]
    both = service("1 cdn.example. mandatory=key666 key666=x", "2 pool.example. mandatory=port port=8443")
    request, target, _ = by_service(PLAIN, WWW, both)  # type: ignore[arg-type]
    assert (request.port, target) == (8443, name("pool.example."))


def generic(*data: bytes) -> list[dns.rrset.RRset]:
    found = dns.rrset.RRset(WWW, dns.rdataclass.IN, dns.rdatatype.HTTPS)
    for each in data:
        found.add(dns.rdata.GenericRdata(dns.rdataclass.IN, dns.rdatatype.HTTPS, each), 300)
    return [found]


@given(st.binary(max_size=20))
def test_a_malformed_record_rejects_its_whole_rrset(octets: bytes) -> None:
    """Whatever the octets are, and an alias with parameters is none that is malformed (section 2.4.2)."""
    assume(octets != b"\0\0\0")  # an alias to the root is well-formed: there is no service (section 2.5.1)
    good = rrset("www.example. 300 HTTPS 1 cdn.example. port=8443 ipv4hint=192.0.2.1")
    records = [good, *generic(octets)]
    request, target, notes = by_service(PLAIN, WWW, records)
    if octets[:2] == b"\0\0" and len(notes) and "2.2" not in notes[-1]:
        assert request == PLAIN
        return
    assert (request, target) == NOTHING and len(notes) == 1 and "section 2.2" in notes[0]
    assert not list(unmatched_hints(records, []))


def test_parameters_of_an_alias_are_ignored() -> None:
    records = generic(b"\0\0" + name("cdn.example.").to_wire() + b"\0\3\0\2\0\x19")  # type: ignore[operator]
    request, target, notes = by_service(PLAIN, WWW, records)
    assert (request, target, len(notes)) == (PLAIN, name("cdn.example."), 1)


def test_a_record_with_a_port_that_browsers_refuse_is_ignored() -> None:
    for port in sorted(BAD_PORTS):
        records = service(f"1 cdn.example. port={port}", "2 pool.example. port=8443")
        request, target, notes = by_service(PLAIN, WWW, records)  # type: ignore[arg-type]
        assert (request.port, target) == (8443, name("pool.example."))
        assert f"port {port} " in notes[0]

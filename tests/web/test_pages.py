"""Heads of HTTP responses, good and bad."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model.pages import Visit
from dnstrace.web.pages import read_head, with_head


def test_status_reason_and_location_of_a_head() -> None:
    octets = (
        b"HTTP/1.1 301 Moved Permanently\r\nServer: x\r\nLOCATION:  https://www.example.com/ \r\n\r\nbody: y"
    )
    assert read_head(octets) == (301, "Moved Permanently", "https://www.example.com/")


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"HTTP/1.1 200\r\n\r\n", (200, "", "")),
        (b"HTTP/2 204 \r\nlocation", (204, "", "")),  # cut off within a field
        (b"HTTP/1.1 200 OK\r\n\r\nLocation: /in-the-body", (200, "OK", "")),
        (b"HTTP/1.1 200 \xe4\r\n\r\n", (200, "\xe4", "")),
    ],
)
def test_heads_at_the_edge(octets: bytes, expected: tuple[int, str, str]) -> None:
    assert read_head(octets) == expected


@pytest.mark.parametrize(
    "octets", [b"", b"220 mail.example ESMTP\r\n", b"HTTP/1.1 2000 OK\r\n", b"HTTP/1.1 2\xb20 OK\r\n"]
)
def test_what_is_not_a_head(octets: bytes) -> None:
    assert read_head(octets) is None


def test_text_from_the_network_is_kept_to_a_length() -> None:
    found = read_head(b"HTTP/1.1 302 " + b"r" * 1000 + b"\r\nLocation: /" + b"l" * 1000 + b"\r\n\r\n")
    assert found is not None
    assert (len(found[1]), len(found[2])) == (80, 500)


def test_a_visit_takes_the_head_or_says_what_is_wrong() -> None:
    visit = Visit("192.0.2.44", connected=0.02)
    read = with_head(visit, b"HTTP/1.1 404 Not Found\r\n\r\n")
    assert (read.status, read.reason, read.fault, read.connected) == (404, "Not Found", "", 0.02)
    assert with_head(visit, b"").fault == "the connection was closed without a response"
    assert with_head(visit, b"SSH-2.0-OpenSSH\r\n").fault == "the response is not HTTP"


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda octets: b"HTTP/1.1 " + octets))
def test_any_octets_can_be_read(octets: bytes) -> None:
    assert with_head(Visit("192.0.2.44"), octets).address == "192.0.2.44"

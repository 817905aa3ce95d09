"""The request for a page, and which visits were of use."""

from __future__ import annotations

import pytest

from dnstrace.model.pages import Request, Visit


@pytest.mark.parametrize(
    ("request_", "url", "host"),
    [
        (Request("www.example.com"), "http://www.example.com/", "www.example.com"),
        (Request("x.test", "https", 443, "/a?b=c"), "https://x.test/a?b=c", "x.test"),
        (Request("x.test", "https", 8443), "https://x.test:8443/", "x.test:8443"),
        (Request("x.test", "http", 443), "http://x.test:443/", "x.test:443"),
    ],
)
def test_a_port_is_named_where_it_is_not_that_of_the_scheme(request_: Request, url: str, host: str) -> None:
    assert request_.url == url
    lines = request_.wire.decode("ascii").split("\r\n")
    assert f"Host: {host}" in lines and lines[-2:] == ["", ""]
    assert lines[0] == f"GET {request_.path} HTTP/1.1"


@pytest.mark.parametrize(
    ("visit", "served"),
    [
        (Visit("192.0.2.1", status=200), True),
        (Visit("192.0.2.1", status=301, location="https://x.test/"), True),
        (Visit("192.0.2.1", status=404), False),
        (Visit("192.0.2.1", status=200, fault="certificate: it has expired"), False),
        (Visit("192.0.2.1"), False),
    ],
)
def test_a_page_is_served_below_400_and_without_a_fault(visit: Visit, served: bool) -> None:
    assert visit.served is served

"""`--http`: the page at every address of a name, in the lab, exact on its clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.running import run
from tests.render.validating import VALIDATOR


def fetched(*arguments: str) -> tuple[int, Any]:
    found = run("--http", "--json", *arguments)
    document = json.loads(found.out)
    VALIDATOR.validate(document)
    return found.status, document["http"]


def test_the_textbooks_page() -> None:
    status, http = fetched("--lab", "--seed", "1")
    assert status == 0
    assert http["url"] == "http://www.example.com/"
    assert [(each["question"]["type"], each["outcome"]) for each in http["beside"]] == [
        ("HTTPS", "nodata"),
        ("AAAA", "nodata"),
    ]
    (visit,) = http["visits"]
    assert (visit["address"], visit["status"], visit["fault"]) == ("192.0.2.44", 200, None)
    assert (visit["connected_ms"], visit["secured_ms"], visit["answered_ms"]) == (20, None, 40)


def test_a_url_says_scheme_port_and_path() -> None:
    status, http = fetched("--lab", "textbook", "https://www.example.com/a%20b?c=d")
    assert (status, http["url"]) == (0, "https://www.example.com/a%20b?c=d")
    (visit,) = http["visits"]
    assert (visit["connected_ms"], visit["secured_ms"], visit["answered_ms"]) == (20, 40, 60)
    assert visit["certificate"] == {
        "names": ["www.example.com", "example.com"],
        "issuer": "the certificate authority of the lab",
        "expires": "2026-03-16T14:00:00Z",
    }
    assert (
        fetched("--lab", "textbook", "http://www.example.com:8080/")[1]["url"]
        == "http://www.example.com:8080/"
    )


@pytest.mark.parametrize(
    ("world", "status", "fault"),
    [
        ("http-expired", 5, "certificate: certificate has expired"),
        (
            "http-wrong-name",
            5,
            "certificate: Hostname mismatch, certificate is not valid for 'www.example.com'.",
        ),
        ("http-refused", 5, "nothing is listening there (connection refused)"),
        ("http-redirect", 0, None),
    ],
)
def test_what_is_wrong_is_said(world: str, status: int, fault: str | None) -> None:
    ended, http = fetched("--lab", world)
    assert (ended, http["visits"][0]["fault"]) == (status, fault)


def test_one_family_that_is_dead_is_told_beside_the_other() -> None:
    status, http = fetched("--lab", "http-one-family")
    assert status == 0
    assert [(each["address"], each["status"], each["fault"]) for each in http["visits"]] == [
        ("192.0.2.44", 200, None),
        ("2001:db8::44", None, "no answer within 10 s"),
    ]


def test_an_https_record_says_where_and_how() -> None:
    status, http = fetched("--lab", "http-elsewhere")
    assert (status, http["url"]) == (0, "https://www.example.com:8443/")
    assert [each["address"] for each in http["visits"]] == ["192.0.2.60"]
    assert http["notes"] == [
        "according to its HTTPS record, it is served by pool.example.com",
        "https instead of http, because there is an HTTPS record (RFC 9460 section 9.5)",
        "port 8443, according to the HTTPS record",
        "the HTTPS record has the hint 192.0.2.61, which is not an address of the name",
    ]


def test_it_is_drawn() -> None:
    out = run("--lab", "http-redirect", "--http").out
    assert "http://www.example.com/ ─ page requested from 1 address\n" in out
    assert "192.0.2.44 · connected 20 ms · first byte 40 ms · 301 Moved Permanently" in out
    assert "redirects to https://www.example.com/" in out


def test_without_an_address_there_is_no_page() -> None:
    assert fetched("--lab", "nxdomain") == (1, None)
    assert fetched("--lab", "textbook", "example.com", "SOA") == (0, None)


def test_wrong_ways_to_fetch() -> None:
    assert (
        "fetches http:// and https://, not 'ftp'://"
        in run("--lab", "textbook", "--http", "ftp://www.example.com/").err
    )
    assert "--parent-only exclude each other" in run("--lab", "--http", "--parent-only").err
    assert run("--lab", "textbook", "--http", "http://www.example.com:99999/").status == 2


@pytest.mark.parametrize("port", [0, 22, 25, 6667, 10080])
def test_a_port_that_browsers_refuse_is_refused(port: int) -> None:
    found = run("--lab", "textbook", "--http", f"http://www.example.com:{port}/")
    assert found.status == 2 and f"browsers refuse port {port}" in found.err


REFUSED = "not connected to: a private address"


@pytest.mark.parametrize(
    ("name", "address", "fault"),
    [
        ("own", "10.0.0.60", None),
        ("near", "10.0.0.60", None),
        ("far", "192.168.0.60", REFUSED),
        ("served", "192.168.0.60", REFUSED),
    ],
)
def test_a_private_address_is_visited_where_the_zone_of_the_name_gave_it(
    name: str, address: str, fault: str | None
) -> None:
    _, http = fetched("--lab", "http-private", f"{name}.example.com")
    assert [(each["address"], each["fault"]) for each in http["visits"]] == [(address, fault)]
    variable = run("--json", "--lab", "http-private", f"{name}.example.com", DNSTRACE_HTTP="1").out
    assert [each["fault"] for each in json.loads(variable)["http"]["visits"]] == [REFUSED]

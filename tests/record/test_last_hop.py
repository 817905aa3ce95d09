"""The page in a record: what a replay shows of it, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dnstrace.model.pages import Request, Visit
from dnstrace.model.taken import Fetched
from dnstrace.record.fields import Fields
from dnstrace.record.last_hop import last_hop
from dnstrace.render.document.judged import fetched_of
from dnstrace.web.pages import with_head
from tests.cli.running import run

PAGE: dict[str, Any] = {
    "url": "https://www.example.com:8443/a?b=c",
    "notes": [],
    "services": [{"name": "www.example.com.", "type": "HTTPS", "ttl": 60, "rdata": ["1 . alpn=h2"]}],
    "visits": [
        {
            "address": "192.0.2.44",
            "connected_ms": 20,
            "status": 200,
            "certificate": {"names": ["a"], "issuer": "b", "expires": "2026-01-01T00:00:00Z"},
        }
    ],
}


def read(page: object) -> Fetched | None:
    return last_hop(Fields({"http": page}, "it"))


WITHOUT_ZONE = {"names": [], "issuer": "", "expires": "2026-01-01"}


@pytest.mark.parametrize("world", ["textbook", "http-expired", "http-one-family", "http-refused"])
def test_a_replay_shows_the_page_that_was_fetched(world: str, tmp_path: Path) -> None:
    path = str(tmp_path / "record.json")
    live = run("--lab", world, "https://www.example.com/", "--http", "--save", path, "--json", "--seed=1")
    again = run("--replay", path, "--json")
    first, second = (json.loads(each.out) for each in (live, again))
    assert first["http"]["visits"] and second["http"] == first["http"] | {"beside": []}
    assert (again.status, second["journey"]) == (live.status, first["journey"])
    assert json.loads(run("--replay", path, "--json", "-t", "MX").out)["http"] is None


def test_a_page_is_read_whole() -> None:
    found = read(PAGE)
    assert found is not None and found.request.url == PAGE["url"] and found.services[0].ttl == 60
    (visit,) = found.visits
    assert (visit.connected, visit.status, visit.fault) == (0.02, 200, "")
    assert visit.certificate is not None and visit.certificate.expires is not None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "ftp://x/"),
        ("url", "https:///x"),
        ("url", "https://x:99999/"),
        ("visits", [{"address": "x"}]),
        ("visits", [{"address": "192.0.2.1", "reason": "\x1b[2J"}]),
        ("visits", [PAGE["visits"][0] | {"certificate": WITHOUT_ZONE}]),
        ("services", [{"name": "a.", "type": "A", "ttl": 60, "rdata": ["x"]}]),
        ("notes", None),
    ],
)
def test_a_page_that_cannot_be_read_is_left_out(key: str, value: Any) -> None:
    assert read(PAGE) is not None and read(PAGE | {key: value}) is None and read([]) is None


def test_the_longest_text_of_a_server_is_read_again() -> None:
    longest = with_head(Visit("192.0.2.1"), b"HTTP/1.1 302 \x80\r\nLocation: /" + b"\x80" * 600 + b"\r\n\r\n")
    page = fetched_of(Fetched(Request("www.example.com"), (longest,)))
    assert len(page["visits"][0]["location"]) > 1000
    assert read(page) is not None


def test_a_record_with_a_damaged_page_is_replayed_without_it(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    run("--lab", "textbook", "https://www.example.com/", "--http", "--save", str(path), "--seed=1")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"http": {"visits": "?"}}))
    again = run("--replay", str(path), "--json")
    assert again.status == 0 and json.loads(again.out)["http"] is None

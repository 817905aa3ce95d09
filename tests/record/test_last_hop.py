"""The page in a record: what a replay shows of it, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dnstrace.record import RecordError
from dnstrace.record.fields import Fields
from dnstrace.record.last_hop import last_hop
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
    found = last_hop(Fields(PAGE, "it"))
    assert found.request.url == PAGE["url"] and found.services[0].ttl == 60
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
def test_what_is_damaged_is_refused(key: str, value: Any) -> None:
    with pytest.raises(RecordError, match="is damaged"):
        last_hop(Fields(PAGE | {key: value}, "it"))

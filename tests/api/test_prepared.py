"""What a caller of the library says of how to trace."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import dns.rdatatype
import pytest

from dnstrace import Question, Settings, Tracing, report, to_json, trace, trace_async, trace_many
from dnstrace.api.prepared import prepared, resolvers_of, world_of
from dnstrace.bulk import Asked
from dnstrace.dnssec import parse_anchors, root_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, new
from dnstrace.model.anchors import NO_ANCHORS
from dnstrace.model.asked import Resolver
from tests.cli.running import run
from tests.replies import name
from tests.scripted import roots

ANCHORS = parse_anchors(load("dnssec-good").anchors_text, "the lab")


@pytest.mark.parametrize(
    ("tracing", "how", "anchors"),
    [
        (Tracing(), {}, None),
        (Tracing(), {"dnssec": True}, root_anchors()),
        (Tracing(), {"check": True}, root_anchors()),
        (Tracing(), {"check": True, "dnssec": False}, None),
        (Tracing(anchors=ANCHORS), {"check": True}, ANCHORS),
        (Tracing(roots=roots("10.0.0.1")), {"dnssec": True}, NO_ANCHORS),
        (Tracing(settings=Settings(edns=None)), {"check": True}, None),
        (Tracing(), {"lab": "textbook"}, None),
        (Tracing(), {"lab": "dnssec-good"}, ANCHORS),
        (Tracing(), {"lab": "dnssec-good", "dnssec": False}, None),
        (Tracing(), {"lab": "textbook", "dnssec": True}, ANCHORS),
    ],
)
def test_what_is_trusted(tracing: Tracing, how: dict[str, Any], anchors: object) -> None:
    found = prepared(tracing, **how).tracing
    assert found.anchors == anchors
    assert found.settings.probe == found.settings.all_servers == bool(how.get("check"))


@pytest.mark.parametrize(
    ("tracing", "how", "why"),
    [
        (Tracing(parent_only=True), {"check": True}, "leave out `parent_only`"),
        (Tracing(parent_only=True), {"dnssec": True}, "leave out `parent_only`"),
        (Tracing(settings=Settings(edns=None)), {"dnssec": True}, "leave out `dnssec`"),
        (Tracing(anchors=ANCHORS), {"dnssec": False}, "leave them out"),
        (Tracing(), {"lab": "textbook", "network": LabNetwork(load())}, "either `lab` or `network`"),
        (Tracing(), {"lab": "textbok"}, "did you mean textbook"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_value(tracing: Tracing, how: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        prepared(tracing, **how)


def test_lists_are_not_asked_over_tls_because_a_world_says_so() -> None:
    async def encrypted() -> list[object]:
        return [found.encrypted async for found in trace_many(["www.example.com"], lab="adot")]

    assert prepared(Tracing(), lab="adot").tracing.settings.adot
    assert asyncio.run(encrypted()) == [None]


def test_resolvers_are_values_or_texts() -> None:
    assert resolvers_of(["192.0.2.1", Resolver("192.0.2.2")]) == (
        Resolver("192.0.2.1"),
        Resolver("192.0.2.2"),
    )
    assert resolvers_of(["quad9"]) == (Resolver("9.9.9.9"),)
    assert {each.address for each in resolvers_of(["public"])} >= {"9.9.9.9", "1.1.1.1"}
    with pytest.raises(
        ValueError, match=r"'quad' is not a resolver: give an address, .*, or a name: .* or public;"
    ):
        resolvers_of(["quad"])
    with pytest.raises(ValueError, match="is a list"):
        resolvers_of("192.0.2.1")
    found = trace("www.example.com", lab="resolver-stale", resolvers=["192.0.2.153"])
    assert [step.servers[0].addresses[0].text for step in found.steps if step.asks_resolver] == [
        "192.0.2.153"
    ]


def test_a_world_is_a_name_a_file_or_a_value(tmp_path: Path) -> None:
    path = tmp_path / "own"
    path.write_text(new())
    assert world_of(path).title == world_of(world_of(path)).title != world_of("textbook").title


@pytest.mark.parametrize("lab", ["lame", "dnssec-expired", "textbook"])
def test_the_library_finds_what_the_command_finds(lab: str) -> None:
    printed = json.loads(run("--lab", lab, "--check", "--json", "--seed=1").out)
    found = trace("https://www.example.com/", "A", check=True, lab=lab, seed=1)
    assert json.loads(to_json(found)) == json.loads(to_json(report(found))) == printed


def test_within_a_loop_the_lab_is_the_same() -> None:
    waited = asyncio.run(trace_async("www.example.com", lab="silent", check=True, seed=1))
    assert waited == trace("www.example.com", lab="silent", check=True, seed=1)


def test_many_names_in_any_form() -> None:
    asked: list[Asked] = ["www.example.com", ("example.com", "NS"), Question(name("a"), dns.rdatatype.A)]

    async def traced(**how: Any) -> list[str]:
        return [str(each.question) async for each in trace_many(asked, lab="textbook", ordered=True, **how)]

    expected = ["www.example.com. A", "example.com. NS", "a. A"]
    assert asyncio.run(traced()) == asyncio.run(traced(check=True)) == expected
    with pytest.raises(ValueError, match="cannot be asked for"):
        asked.append("a..b")
        asyncio.run(traced())


def test_a_path_is_not_taken_for_what_is_read_from_it() -> None:
    for given, reader in (("roots", "read_hints"), ("anchors", "read_anchors")):
        with pytest.raises(ValueError, match=rf"`{given}` takes no path: give what `{reader}"):
            trace("www.example.com", lab="textbook", **{given: "a.file"})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="are known to the command only"):
        trace("www.example.com", lab="textbook", resolvers=["system"])

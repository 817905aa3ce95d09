"""Servers of the lab that say the version of a zone, and whom to report errors to."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.running import run


def last_edns(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words, "--json").out)["steps"][-1]["attempts"][-1]["edns"]
    return found


def test_the_version_is_said_to_those_who_ask() -> None:
    assert last_edns("--lab", "zone-version")["zone_version"] is None
    asked = last_edns("--lab", "zone-version", "--zoneversion")["zone_version"]
    assert asked["zone"] == "example.com." and asked["type"] == 0
    assert asked["serial"] in (2026011501, 2026011401)


def test_a_server_with_an_old_version_is_seen_in_the_answer_itself() -> None:
    shown = " ".join(run("--lab", "zone-version", "-a", "+zoneversion").out.replace("│", " ").split())
    agree = "2 of 4 addresses (1 of 2 servers) agree on the answer below"
    assert f"{agree} · 15 ms · version 2026011501 of example.com" in shown
    assert "different answer: 192.0.2.66" in shown and "· version 2026011401 of example.com" in shown


def test_the_agent_for_reports_is_shown() -> None:
    assert last_edns("--lab", "report-channel")["report_channel"] == "reports.example.net."
    assert "report channel reports.example.net" in run("--lab", "report-channel", "-v").out


def test_a_replay_asks_for_the_version_again(tmp_path: Any) -> None:
    file = str(tmp_path / "kept.json")
    before = json.loads(run("--lab", "zone-version", "--zoneversion", "--seed", "1", "--json").out)
    run("--lab", "zone-version", "--zoneversion", "--seed", "1", "--save", file, "--force")
    assert json.loads(run("--replay", file, "--json").out)["steps"] == before["steps"]

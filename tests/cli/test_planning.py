from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import run


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        ("", "has no root server"),
        ("www.example.com. A 192.0.2.1\n", "has no root server"),
        (". NS a.root.example.\n", "no address"),
        ("<html>\n", "line 1"),
        ("\udcff\x1b[2J\n", ""),
    ],
)
def test_wrong_hints(asked: list[Any], tmp_path: Path, content: str | None, why: str) -> None:
    hints = tmp_path / "hints\x1b[2J\n"
    if content is not None:
        hints.write_bytes(content.encode(errors="surrogateescape"))
    ran = run("x", "--root-hints", str(hints))
    assert ran.status == 2
    assert ran.err.startswith("dnstrace: --root-hints: ")
    assert why in ran.err
    assert ran.err.count("\n") == 1
    assert ran.err.rstrip("\n").isprintable()
    assert asked == []


def test_a_directory_is_no_hints_file(asked: list[Any], tmp_path: Path) -> None:
    ran = run("x", "--root-hints", str(tmp_path))
    assert (ran.status, asked) == (2, [])
    assert "Is a directory" in ran.err


def test_a_source_address_that_this_machine_lacks(asked: list[Any]) -> None:
    ran = run("x", "-b", "192.0.2.9")
    assert (ran.status, asked) == (2, [])
    assert ran.err.startswith("dnstrace: -b 192.0.2.9: this machine cannot send from it (")


@pytest.mark.parametrize("arguments", [["x", "--dnssec"], ["--lab", "--dnssec"], ["--lab", "dnssec-good"]])
def test_validation_needs_cryptography(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    ran = run(*arguments)
    assert (ran.status, asked) == (2, [])
    assert "needs the Python package cryptography: pip install" in ran.err and ran.err.count("\n") == 1


def test_what_a_world_says_of_tls_is_neither_for_lists_nor_for_those_who_refuse_it(tmp_path: Path) -> None:
    (tmp_path / "names").write_text("www.example.com\n")
    asked = [
        json.loads(run("--lab", "adot", "--seed=1", *how, "--jsonl").out)["adot"]
        for how in ([], ["--no-adot"], ["-f", str(tmp_path / "names")])
    ]
    assert [each is None for each in asked] == [False, True, True]


def test_only_the_parent_is_heard() -> None:
    ran = run("--lab", "--parent-only", "--seed=1", "example.com", "--json", "--expect", "outcome=referral")
    found = json.loads(ran.out)
    assert (ran.status, found["question"]["type"], found["outcome"]) == (0, "NS", "referral")
    assert found["delegation"]["zone"] == "example.com." and len(found["delegation"]["ns"]) == 4
    assert run("--lab", "+parent-only", "example.com", "--short").out.count("\n") == 4
    assert run("--lab", "--parent-only", "nosuch.com").status == 1


def test_what_is_said_to_ask_the_parent_only_replaces_the_environment() -> None:
    assert run("--lab", "--parent-only", "example.com", DNSTRACE_DNSSEC="1").status == 0
    assert "delegated to" not in run("--lab", "--dnssec", "example.com", DNSTRACE_PARENT_ONLY="1").out

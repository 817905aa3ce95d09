"""Verdicts on what was only supposed, or is not in the record: nobody is blamed for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dnstrace.checks.conclusions.supposing import supposed_verdict
from tests.checks.checking import walked
from tests.cli.running import run


def kept(path: Path, *arguments: str) -> Path:
    run("--lab", *arguments, "--seed=1", "--force", "--save", str(path))
    return path


def replayed(tmp_path: Path, how: list[str], *words: str) -> tuple[str, str, str, int]:
    """Outcome, text and blame of the verdict, and number of findings, of a record made in that way."""
    saved = kept(tmp_path / "x.json", "in-domain", *how)
    found = json.loads(run("--replay", str(saved), *words, "--json").out)
    verdict = found["verdict"] or {"text": "", "blame": ""}
    errors = [each for each in found["findings"] if each["level"] == "error"]
    return found["outcome"], verdict["text"], verdict["blame"], len(errors)


def asked_first(tmp_path: Path) -> str:
    saved = kept(tmp_path / "first.json", "in-domain")
    last = json.loads(run("--replay", str(saved), "--json").out)["steps"][-1]
    server: str = last["attempts"][last["chosen"]]["server"]
    return server


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_a_record_without_the_others_replies_says_that_it_does_not_show_it(
    tmp_path: Path, check: list[str]
) -> None:
    server = asked_first(tmp_path)
    other = "ns2.example.com" if server.startswith("ns1") else "ns1.example.com"
    outcome, text, blame, errors = replayed(tmp_path, [], *check, "--drop", server)
    assert (outcome, blame, errors) == ("failed", "nobody", 0)
    assert f"no reply from {other}" in text and "(--drop)" in text and "-a or --check" in text
    assert "operator" not in text


@pytest.mark.parametrize("how", [["-a"], ["--check"]])
def test_a_record_of_every_server_shows_it(tmp_path: Path, how: list[str]) -> None:
    assert replayed(tmp_path, how, "--drop", "ns1.example.com") == ("answer", "", "", 0)
    both = ("--drop", "ns1.example.com", "--drop", "ns2.example.com")
    outcome, text, blame, errors = replayed(tmp_path, how, *both)
    assert (outcome, blame, errors) == ("failed", "nobody", 0)
    assert text.startswith("no answer: with ns") and "no name server of example.com is left" in text


def test_another_question_is_not_in_the_record(tmp_path: Path) -> None:
    outcome, text, blame, _ = replayed(tmp_path, [], "MX")
    assert (outcome, blame) == ("failed", "nobody") and "the record does not show" in text


@pytest.mark.parametrize("world", ["all-silent", "all-refuse", "in-domain"])
def test_what_the_network_did_is_not_supposed(world: str) -> None:
    assert supposed_verdict(walked(world)) is None

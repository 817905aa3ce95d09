from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from dnstrace import __version__
from dnstrace.checks import CATALOGUE
from dnstrace.checks.catalogue import SECTIONS
from dnstrace.cli.about.instead import ABOUT
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.options import OPTIONS
from dnstrace.render.formats.entries import EXPLAINED
from tests.cli.running import run


def test_every_option_of_the_group_is_done() -> None:
    assert set(ABOUT) == {option.name for option in OPTIONS if option.is_instead}


def test_version_and_schema() -> None:
    assert run("--version").out == f"dnstrace {__version__}\n"
    assert json.loads(run("--schema").out)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("word", ["glue", "lame-server", "exit"])
def test_an_explanation_fits_a_narrow_terminal_and_is_no_wider_than_80(word: str) -> None:
    for columns, most in ((60, 60), (200, 80)):
        lines = run("--explain", word, COLUMNS=str(columns)).out.splitlines()
        assert most - 15 < max(map(len, lines)) <= most


def test_a_finding_is_explained_and_all_are_listed() -> None:
    listed = run("--explain", "list").out.splitlines()
    assert [line.split()[0] for line in listed] == list(CATALOGUE) and run(
        "--explain"
    ).out.splitlines() == listed
    for code, rule in CATALOGUE.items():
        said = run("--explain", code).out
        assert said.startswith(f"{code} ({rule.levels})\n") and max(map(len, said.splitlines())) <= 80
        assert [line for line in said.splitlines() if line in SECTIONS] == list(SECTIONS)
        assert " ".join(rule.title.split()) in " ".join(said.split())


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("--explain glue", "glue, glue record, in-domain"),
        ("--explain NXDOMAIN", "NXDOMAIN, name error"),
        ("--explain lame delegation", "lame delegation, lame, lame server"),
        ("--explain 'Zone Cuts'", "cut, zone cut"),
        ("--explain=opt-out", "opt-out"),
        ("--explain lame-server example.com --json", "lame-server (error or warning)"),
        ("--explain Lame-Server", "lame-server (error or warning)"),
    ],
)
def test_a_word_is_explained_however_it_is_typed(line: str, heading: str) -> None:
    ran = run(*shlex.split(line))
    assert (ran.status, ran.out.splitlines()[0], ran.err) == (0, heading, "")
    assert "\nReferences\nRFC " in ran.out and max(map(len, ran.out.splitlines())) <= 80


def test_a_word_leads_to_the_findings_that_are_named_after_it() -> None:
    assert "glue-missing, glue-differs" in run("--explain", "glue").out
    assert "lame-server, refuses, unreachable, upward-referral" in run("--explain", "lame").out
    assert "Findings" not in run("--explain", "priming").out


def test_what_reports_say_of_the_end_of_a_trace_is_explained() -> None:
    for code, meaning in EXPLAINED.items():
        ran = run("--explain", code)
        assert ran.status == 0 and ran.out.startswith(f"{code} (in reports)\n{meaning}\n")
        assert "junit" in ran.out and max(map(len, ran.out.splitlines())) <= 80
    assert "only a notice" in " ".join(run("--explain", "negative-answer").out.split())
    assert run("--explain", "negative", "answer").out.startswith("negative caching")


def test_all_words_are_listed() -> None:
    listed = run("--explain", "words").out.splitlines()
    assert len(listed) >= 40 and all(run("--explain", line.split(",")[0]).status == 0 for line in listed)


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        (["refferal"], "did you mean referral?"),
        (["LAME-SEVER"], "did you mean lame-server?"),
        (["frob", "nicate"], "'frob nicate' is neither a finding nor a word that dnstrace explains; `"),
        (["www.example.com"], "`dnstrace --explain list` lists findings"),
    ],
)
def test_an_unknown_word_is_wrong_usage_and_nothing_is_listed(words: list[str], suggested: str) -> None:
    ran = run("--explain", *words)
    assert (ran.status, ran.out) == (2, "") and suggested in ran.err


def test_the_completion_of_the_users_own_shell() -> None:
    assert run("--show-completion", SHELL="/usr/bin/fish").out == run("--show-completion=fish").out != ""
    assert "give one of bash" in run("--show-completion", SHELL="/bin/tcsh").err


def test_a_completion_is_installed(tmp_path: Path) -> None:
    ran = run("--install-completion", SHELL="/usr/bin/fish", HOME=str(tmp_path))
    assert (ran.status, ran.out) == (0, "")
    assert str(tmp_path / ".config/fish/completions/dnstrace.fish") in ran.err


@pytest.mark.parametrize("word", ["exit", "exit-status", "Exit statuses", "status"])
def test_exit_statuses_are_explained(word: str) -> None:
    out = run("--explain", word).out
    assert all(f"{each.value}: " in out for each in Exit)

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from dnstrace.cli.about.completion import FILES, TYPES, plus_words, script, write
from dnstrace.cli.line.options import OPTIONS, SHELLS
from dnstrace.cli.line.rdtypes import types
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from tests.cli.running import InTerminal

DIRECTORY = Path(__file__).parents[3] / "completions"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_scripts_are_made_from_the_table(shell: str) -> None:
    kept = (DIRECTORY / FILES[shell]).read_text(encoding="utf-8")
    assert kept == script(shell), "make them anew: python -m dnstrace.cli.about.completion completions"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_is_offered(shell: str) -> None:
    for option in OPTIONS:
        assert (f"-l {option.name} " if shell == "fish" else f"--{option.name}") in script(shell)


def test_the_types_that_are_offered_are_types() -> None:
    assert set(TYPES) <= set(types())


def test_they_are_written_all(tmp_path: Path) -> None:
    write(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == set(FILES.values())


def test_every_plus_word_that_is_offered_is_understood() -> None:
    assert {"+short", "+noshort", "+vc", "+novc", "+noedns", "+edns", "+time", "+trace"} <= set(plus_words())
    for word in plus_words():
        try:
            parse([word, "x."])
        except Usage as error:
            assert "needs a value" in str(error)


# How each shell is started, and what makes it ready: a prompt of ours, and the script of completions/.
START = {
    "bash": (["bash", "--norc", "--noprofile"], "PS1='ready> '; source {script}"),
    "zsh": (["zsh", "-f"], "PS1='ready> '; autoload -Uz compinit; compinit -u -D; source {script}"),
    "fish": (
        ["fish", "--no-config"],
        "function fish_prompt; echo -n 'ready> '; end; set fish_autosuggestion_enabled 0; source {script}",
    ),
}


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("--ro", "--root-hints"),
        ("example.com CNA", "CNAME"),
        ("-t DNSK", "DNSKEY"),
        ("--type=DNSK", "DNSKEY"),
        ("--lab ali", "alias"),
        ("--lab=ali", "alias"),
        ("example.com +shor", "+short"),
        ("--color al", "always"),
        ("--root-hints named.ro", "named.root"),
        ("--no-tc", "--no-tcp"),
    ],
)
@pytest.mark.parametrize("shell", START)
def test_a_tab_completes(
    shell: str, typed: str, completed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, prepare = START[shell]
    if shutil.which(words[0]) is None:
        assert not os.environ.get("CI"), f"{shell} is not installed"
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "named.root").touch()
    monkeypatch.chdir(tmp_path)
    there = InTerminal(*words, HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))
    try:
        there.send(prepare.format(script=DIRECTORY / FILES[shell]) + "\n")
        there.read_until_shown("\nready> ")
        there.send(f"dnstrace {typed}\t")
        there.read_until_shown(completed)
    finally:
        there.kill()

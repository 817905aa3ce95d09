from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dnstrace.cli.about.completion import FILES, TYPES, plus_words, script, shut_out, words
from dnstrace.cli.line.options import BY_NAME, OPTIONS, SHELLS, excluded
from dnstrace.cli.line.rdtypes import types
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from tests.cli.running import InTerminal

DIRECTORY = Path(__file__).parents[3] / "completions"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_scripts_are_made_from_the_table(shell: str) -> None:
    kept = (DIRECTORY / FILES[shell]).read_text(encoding="utf-8")
    assert kept == script(shell), "make them again: python -m dnstrace.cli.about.generate completions"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_is_offered(shell: str) -> None:
    text = script(shell)
    for option in OPTIONS:
        assert (f"-l {option.name} " if shell == "fish" else f"--{option.name}") in text


def test_the_types_that_are_offered_are_types() -> None:
    assert set(TYPES) <= set(types())


def test_every_word_that_is_offered_can_be_the_value() -> None:
    for option in OPTIONS:
        for word in words(option):
            option.convert(word)
    assert {"glue", "lame-delegation", "lame-server"} <= set(words(BY_NAME["explain"]))
    assert {"system", "public", "quad9"} <= set(words(BY_NAME["resolver"]))


def test_what_an_option_excludes_is_shut_out_by_it() -> None:
    assert shut_out("ipv4") == ["-6", "--ipv6"]
    assert "--check" in shut_out("no-edns") and "--no-edns" in shut_out("check")
    assert shut_out("no-dnssec") == ["--trust-anchor", "--at"]
    assert shut_out("tcp") == []
    for option in OPTIONS:
        for other in excluded(option.name):
            assert option.name in excluded(other)


@pytest.mark.parametrize(
    ("shell", "part"),
    [
        ("zsh", "'(-4 --ipv4 -6 --ipv6)'{-4,--ipv4}"),
        ("zsh", "'(-f --file)*'{-q+,--name=}"),
        ("zsh", "'(--dnssec --trust-anchor --at)--no-dnssec[Not --dnssec]'"),
        ("bash", "-4|--ipv4) out+='-6 --ipv6 ' ;;"),
        ("fish", "-n 'not __fish_contains_opt -s 6 ipv6' -s 4 -l ipv4"),
        ("powershell", "'-4' = @('-6', '--ipv6')"),
    ],
)
def test_each_script_knows_what_excludes_what(shell: str, part: str) -> None:
    assert part in script(shell)


def test_every_plus_word_that_is_offered_is_understood() -> None:
    assert {"+short", "+noshort", "+vc", "+novc", "+noedns", "+edns", "+time", "+trace"} <= set(plus_words())
    for word in plus_words():
        try:
            parse([word, "x."])
        except Usage as error:
            assert " needs " in str(error)


# How each shell is started, and what makes it ready: a prompt of ours, and the script of completions/.
START = {
    "bash": (["bash", "--norc", "--noprofile"], "PS1='ready> '; source {script}"),
    "zsh": (["zsh", "-f"], "PS1='ready> '; autoload -Uz compinit; compinit -u -D; source {script}"),
    "fish": (
        ["fish", "--no-config"],
        "function fish_prompt; echo -n 'ready> '; end; set fish_autosuggestion_enabled 0; source {script}",
    ),
}


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, InTerminal]]:
    """Each shell that was started, in a directory with one file; starting one costs more than a test."""
    begun: dict[str, InTerminal] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("shells"))
        Path("named.root").touch()
        yield begun
    for each in begun.values():
        each.kill()


def at_prompt(shell: str, shells: dict[str, InTerminal]) -> InTerminal:
    """The shell at its prompt on an empty screen, with the script loaded; skips where it is not installed."""
    if shell not in shells:
        words, prepare = START[shell]
        if shutil.which(words[0]) is None:
            assert not os.environ.get("CI"), f"{shell} is not installed"
            pytest.skip(f"{shell} is not installed")
        home = str(Path.cwd())
        shells[shell] = InTerminal(*words, HOME=home, XDG_CONFIG_HOME=home)
        shells[shell].send(prepare.format(script=DIRECTORY / FILES[shell]) + "\n")
        shells[shell].read_until_shown("\nready> ")
    there = shells[shell]
    there.send("\x15printf '\\033[2J\\033[Hem''pty\\n'\n")
    there.read_until_shown("\nempty ")
    there.read_until_shown("\nready> ")
    return there


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
def test_a_tab_completes(shell: str, typed: str, completed: str, shells: dict[str, InTerminal]) -> None:
    there = at_prompt(shell, shells)
    there.send(f"dnstrace {typed}\t")
    there.read_until_shown(completed)


@pytest.mark.parametrize(
    ("typed", "offered", "left_out"),
    [
        ("--parent-only --d", "--deadline", "--dnssec"),
        ("--lab alias --re", "--resolver", "--replay"),
        ("-f names --s", "--short", "--save"),
        ("--no-edns --d", "--deadline", "--dnssec"),
    ],
)
@pytest.mark.parametrize("shell", START)
def test_a_tab_offers_nothing_that_is_excluded(
    shell: str, typed: str, offered: str, left_out: str, shells: dict[str, InTerminal]
) -> None:
    there = at_prompt(shell, shells)
    there.send(f"dnstrace {typed}\t\t")
    there.read_until_shown(offered)
    there.send("\x15echo 'do''ne'\n")  # after the line is cleared, so that all that is offered is shown
    there.read_until_shown("\ndone")
    assert left_out not in there.shown

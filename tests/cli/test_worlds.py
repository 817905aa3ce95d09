"""`--lab` with a file, and what it prints instead of a trace."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dnstrace.lab.world import names
from tests.cli.running import run


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a world of one's own, as it is printed to begin with."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own.toml"
    path.write_text(run("--lab", "new").out)
    return path


def test_the_worlds_are_listed_one_a_line() -> None:
    ran = run("--lab", "list")
    assert [line.split()[0] for line in ran.out.splitlines()] == list(names())


def test_a_world_to_begin_with_is_printed_and_runs_as_it_is(own: Path) -> None:
    assert "title" in tomllib.loads(own.read_text())
    assert max(map(len, own.read_text().splitlines())) <= 80
    for words in (["--lab", "own.toml"], ["--lab=./own.toml"], ["--lab", str(own), "www.example.org"]):
        assert run(*words, "--short").out == "192.0.2.44\n"
    assert run("--short", "mail.example.org", DNSTRACE_LAB="own.toml").out == "192.0.2.25\n"
    checked = run("--lab", "own.toml", "--check")
    assert checked.status == 0 and "rules found nothing wrong" in checked.out


def test_the_resolver_in_its_comments_answers_from_its_cache(own: Path) -> None:
    above, servers, below = own.read_text().partition("[servers]\n")
    start = below.index('# resolvers = ["203.0.113.53"]')
    first, second, _, *zone = below[start:].partition("\n\n")[0].splitlines()
    text = "\n".join(line.removeprefix("#").strip() for line in zone)
    lines = (line.removeprefix("# ") for line in (first, second))
    own.write_text(f"{above}{next(lines)}\n{servers}{next(lines)}\n{below}\n{text}\n")
    shown = run("--lab", "own.toml").out
    assert "203.0.113.53 · 20 ms · 192.0.2.99 · TTL 3m32s of 5m" in shown and "stale" in shown


@pytest.mark.parametrize("words", [["--lab", "own.toml"], ["--lab=./own.toml", "-f", "names"], ["x"]])
def test_what_is_wrong_with_a_file_is_one_line_and_wrong_usage(
    words: list[str], own: Path, asked: list[Any]
) -> None:
    Path("names").write_text("www.example.org\n")
    own.write_text(own.read_text().replace("title =", '"\\u001b" = 1 #'))
    ran = run(*words, **({} if "lab" in words[0] else {"DNSTRACE_LAB": "own.toml"}))
    assert (ran.status, ran.out, asked) == (2, "", [])
    assert "own.toml:10: unknown key" in ran.err and ran.err.count("\n") == 1
    assert ran.err.rstrip("\n").isprintable()


def test_a_url_is_a_name_and_not_the_path_of_a_world(own: Path) -> None:
    assert run("--lab", "https://www.example.com/own.toml", "--short").out == "192.0.2.44\n"


def test_root_servers_elsewhere_are_those_of_the_world(own: Path) -> None:
    own.write_text(
        """
        question = "www.here. A"
        [servers]
        "ns.here." = { addresses = ["10.1.2.3"] }
        [zones."."]
        text = '''
@ SOA ns.here. hostmaster.here. 1 7200 900 1209600 300
@ NS ns.here.
ns.here. A 10.1.2.3
www.here. A 192.0.2.7
'''
        """
    )
    assert run("--lab", "own.toml", "--short").out == "192.0.2.7\n"
    assert run("--lab", "own.toml", "--dnssec", "--short").out == "192.0.2.7\n"

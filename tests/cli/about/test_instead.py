from __future__ import annotations

import json
from pathlib import Path

from dnstrace import __version__
from dnstrace.checks import CATALOGUE
from dnstrace.checks.catalogue import SECTIONS
from dnstrace.cli.about.instead import ABOUT
from dnstrace.cli.line.options import OPTIONS, Group
from tests.cli.running import run


def test_every_option_of_the_group_is_done() -> None:
    assert set(ABOUT) == {option.name for option in OPTIONS if option.group is Group.ABOUT}


def test_version_and_schema() -> None:
    assert run("--version").out == f"dnstrace {__version__}\n"
    assert json.loads(run("--schema").out)["$schema"].endswith("2020-12/schema")


def test_a_finding_is_explained_and_all_are_listed() -> None:
    listed = run("--explain", "list").out.splitlines()
    assert [line.split()[0] for line in listed] == list(CATALOGUE) and run(
        "--explain"
    ).out.splitlines() == listed
    said = run("--explain", "lame-server").out
    assert said.startswith("lame-server (error)\n") and max(map(len, said.splitlines())) <= 80
    assert [line for line in said.splitlines() if line in SECTIONS] == list(SECTIONS)


def test_the_completion_of_the_users_own_shell() -> None:
    assert run("--show-completion", SHELL="/usr/bin/fish").out == run("--show-completion=fish").out != ""
    assert "give one of bash" in run("--show-completion", SHELL="/bin/tcsh").err


def test_a_completion_is_installed(tmp_path: Path) -> None:
    ran = run("--install-completion", SHELL="/usr/bin/fish", HOME=str(tmp_path))
    assert (ran.status, ran.out) == (0, "")
    assert str(tmp_path / ".config/fish/completions/dnstrace.fish") in ran.err

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.cli.configured import configure
from tests.cli.running import run


def test_what_is_set_and_where(tmp_path: Path) -> None:
    home = configure(tmp_path, 'timeout = "5s"\ntype = ["A", "MX"]\n\n[resolvers]\noffice = "192.0.2.53"\n')
    ran = run("--show-config", XDG_CONFIG_HOME=home, DNSTRACE_TIMEOUT="3", DNSTRACE_TCP="1")
    assert (ran.status, ran.err) == (0, "")
    first, *others = ran.out.splitlines()
    assert first == f"# {Path(home) / 'dnstrace' / 'config.toml'}"
    assert [[part.strip() for part in line.split("#")] for line in others] == [
        ['tcp = "1"', "DNSTRACE_TCP"],
        ['timeout = "3"', "DNSTRACE_TIMEOUT"],
        ['timeout = "5s"', "line 1, not used: DNSTRACE_TIMEOUT is set"],
        ['type = ["A", "MX"]', "line 2"],
        ['resolvers.office = ["192.0.2.53"]', "line 5"],
    ]


def test_each_line_is_toml(tmp_path: Path) -> None:
    home = configure(tmp_path, "expect = ['a=192.0.2.1', 'txt=\"x\\y\"']\ncheck = true\ndeadline = 1.5\n")
    lines = run("--show-config", XDG_CONFIG_HOME=home).out
    assert tomllib.loads(lines) == {"expect": ["a=192.0.2.1", 'txt="x\\y"'], "check": True, "deadline": 1.5}


def test_nothing_is_set(tmp_path: Path) -> None:
    assert run("--show-config", HOME=str(tmp_path)).out == (
        f"# {tmp_path / '.config' / 'dnstrace' / 'config.toml'} (there is no such file)\n"
    )
    assert run("--show-config").out.startswith("# no configuration file: ")


def test_a_file_that_is_left_out_is_shown_as_such(tmp_path: Path) -> None:
    home = configure(tmp_path, "check = true\n")
    shown = run("--show-config", XDG_CONFIG_HOME=home, DNSTRACE_NO_CONFIG="1").out
    assert "# line 1, not used: DNSTRACE_NO_CONFIG is set\n" in shown
    shown = run("--no-config", "--show-config", XDG_CONFIG_HOME=home).out
    assert "# line 1, not used: --no-config is set\n" in shown
    assert "line 1\n" in run("--show-config", XDG_CONFIG_HOME=home, DNSTRACE_NO_CONFIG="0").out


def test_what_is_wrong_with_the_file_is_said(tmp_path: Path) -> None:
    home = configure(tmp_path, "chek = true\n")
    ran = run("--show-config", XDG_CONFIG_HOME=home)
    assert (ran.status, ran.out) == (
        2,
        "",
    ) and "config.toml:1: unknown option 'chek'; did you mean check?" in ran.err

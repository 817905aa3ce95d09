"""With `--format nagios`, whatever happens is a plugin's line and status."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from dnstrace.cli.environment import Environment, Unwritable
from dnstrace.cli.plugin import guarded_plugin, is_plugin
from dnstrace.cli.usage import Usage
from tests.cli.configured import configure
from tests.cli.running import run

NAGIOS = "--format=nagios"


@pytest.mark.parametrize(
    ("line", "variable", "plugin"),
    [
        ("x --format nagios", "", True),
        ("x --format=nagios -4", "", True),
        ("x +format=nagios", "", True),
        ("x", "nagios", True),
        ("x --format=sarif", "nagios", False),
        ("nagios.example", "", False),
        ("nagios.example --format sarif", "", False),
    ],
)
def test_whether_a_plugin_is_wanted_is_seen_before_the_words_are_read(
    line: str, variable: str, plugin: bool
) -> None:
    assert is_plugin(line.split(), {"DNSTRACE_FORMAT": variable}) is plugin


@pytest.mark.parametrize(
    ("words", "variable", "text", "status"),
    [
        (("--expct=a=1",), "", 'format = "nagios"\n', 3),
        (("--expct=a=1",), "", "timeout = [\nformat='nagios'\n", 3),
        (("--lab",), "", "timeout = [\nformat='nagios'\n", 3),
        (("--lab",), "", 'format = "nagios"\n', 0),
        (("--lab", "--short", "-4", "-6"), "", 'format = "nagios"\n', 2),
        (("--expct=a=1", "--no-config"), "", 'format = "nagios"\n', 2),
        (("--expct=a=1",), "sarif", 'format = "nagios"\n', 2),
        (("--expct=a=1",), "", '# format = "nagios"\n', 2),
    ],
)
def test_the_configuration_file_alone_makes_it_a_plugin(
    words: tuple[str, ...], variable: str, text: str, status: int, tmp_path: Path
) -> None:
    ran = run(*words, XDG_CONFIG_HOME=configure(tmp_path, text), DNSTRACE_FORMAT=variable)
    assert ran.status == status and ran.out.startswith("DNSTRACE ") is (status in (0, 3))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Usage("no name to trace"), "DNSTRACE UNKNOWN: no name to trace\n"),
        (KeyboardInterrupt(), "DNSTRACE UNKNOWN: stopped by the user\n"),
        (ValueError("a\n|b"), "DNSTRACE UNKNOWN: a bug in dnstrace: ValueError: a\\x0a\\124b\n"),
        (Unwritable("disk full"), ""),
        (BrokenPipeError(), ""),
    ],
)
def test_what_ends_it_is_unknown(error: BaseException, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    def part() -> int:
        raise error

    out = io.StringIO()
    assert (guarded_plugin(Environment(out, io.StringIO(), {}), part), out.getvalue()) == (3, said)
    assert ("Traceback" in capsys.readouterr().err) is isinstance(error, ValueError)


@pytest.mark.parametrize(
    ("arguments", "status", "begins"),
    [
        (("--lab",), 0, "DNSTRACE OK: www.example.com A: 192.0.2.44 | time="),
        (
            ("--lab", "--expect=a=192.0.2.45"),
            2,
            "DNSTRACE CRITICAL: www.example.com A: not as expected: a=192.0.2.45: found 192.0.2.44 |",
        ),
        (
            ("--lab", "nowhere.example.com"),
            2,
            "DNSTRACE CRITICAL: nowhere.example.com A: the name does not exist",
        ),
        (
            ("--lab", "nowhere.example.com", "--expect=outcome=nxdomain"),
            0,
            "DNSTRACE OK: nowhere.example.com A: nxdomain",
        ),
        (("--lab", "all-refuse"), 2, "DNSTRACE CRITICAL: www.example.com A: no answer: "),
        (
            ("--lab", "lame", "--check"),
            2,
            "DNSTRACE CRITICAL: www.example.com A: ns1.example.com does not serve",
        ),
        (("--lab", "lame", "--check", "--fail-on=never"), 0, "DNSTRACE OK: "),
        (("--lab", "lame", "--check", "--ignore=lame-server"), 0, "DNSTRACE OK: "),
        (("--lab", "open-recursion", "--check"), 1, "DNSTRACE WARNING: "),
        (("--lab", "open-recursion", "--check", "--fail-on=warning"), 2, "DNSTRACE CRITICAL: "),
        (("--lab", "nowhere"), 3, "DNSTRACE UNKNOWN: --lab: 'nowhere' is not a world of the lab"),
        (("--lab", "--expct=a=1"), 3, "DNSTRACE UNKNOWN: unknown option '--expct'; did you mean --expect?"),
        (("--lab", "A", "MX"), 0, "DNSTRACE OK: 2 names without faults | names=2;;;0 ok=2;;;0 "),
    ],
)
def test_a_plugin_from_the_command_line(arguments: tuple[str, ...], status: int, begins: str) -> None:
    ran = run(*arguments, "--seed=1", NAGIOS)
    assert (ran.status, ran.out.count("\n")) == (status, 1) and ran.out.startswith(begins)
    assert run(*arguments, "--seed=1", DNSTRACE_FORMAT="nagios").out.startswith(begins)


def test_a_list_with_lines_that_cannot_be_traced_is_not_known_to_be_well(tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("www.example.com\na..b\n")
    ran = run("--lab", "-f", str(names), NAGIOS)
    assert ran.status == 3 and ran.out.startswith(
        "DNSTRACE UNKNOWN: 1 of 2 names: line 2 (not-traced) | names=2;;;0 ok=1;;;0 "
    )
    names.write_text("www.example.com\n")
    ran = run("--lab", "-f", str(names), NAGIOS, "--expect=aaaa=2001:db8::1")
    assert ran.status == 3 and ran.out.startswith(
        "DNSTRACE UNKNOWN: --expect 'aaaa=2001:db8::1' was not checked;"
    )
    names.write_text("")
    assert run("--lab", "-f", str(names), NAGIOS).out.startswith(
        "DNSTRACE UNKNOWN: no name was traced | names=0;"
    )

"""The Typer application: it runs, is mounted in others, and reads every line as the command does."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from dnstrace.cli import app
from dnstrace.cli.line.choices import Choices
from dnstrace.cli.line.options import BY_PLUS, OPTIONS
from dnstrace.cli.typer_app import application
from tests.cli.line.values_of_options import VALUES
from tests.cli.running import Ran, run


def invoked(*words: str, program: typer.Typer = app, **variables: str) -> Ran:
    """The application run by Typer's own runner."""
    found = CliRunner().invoke(program, [*words], env=variables)
    assert found.exception is None or isinstance(found.exception, SystemExit)
    return Ran(found.exit_code, found.stdout, found.stderr)


def test_it_is_a_typer_application_that_runs() -> None:
    assert isinstance(app, typer.Typer)
    ran = invoked("--lab", "--short")
    assert (ran.status, ran.out) == (0, "192.0.2.44\n")


@pytest.mark.parametrize(
    "line",
    [
        "--lab --short",
        "--lab +short",
        "+noedns www.example.com --lab @192.5.6.30 A +short",
        "--lab dnssec-expired --no-dnssec --short",
        "--lab dnssec-expired --seed 1",
        "--lab nxdomain --json --seed 1",
        "--lab list",
        "--version",
        "--explain lame-server",
        "--help",
        "-h",
        "",
        "--nonsense",
        "x --tcp=1",
        "x -4 -6",
        "--replay /nonexistent",
        "--lab --watch 0.1",
    ],
)
def test_it_does_what_the_command_does(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DNSTRACE_LAB", raising=False)
    assert invoked(*line.split()) == run(*line.split())


def test_the_environment_counts() -> None:
    assert invoked("--lab", DNSTRACE_SHORT="1").out == "192.0.2.44\n"
    assert invoked("--lab", "--short", DNSTRACE_CONCURRENCY="50").status == 0


# --- in another application -----------------------------------------------------------------------------


@pytest.fixture
def other() -> typer.Typer:
    """Somebody's application, with a command of its own."""
    program = typer.Typer(add_completion=False)

    @program.command()
    def hello() -> None:
        """Say hello."""
        print("hello")

    return program


def test_it_is_mounted_as_a_command(other: typer.Typer) -> None:
    other.add_typer(app)
    assert invoked("hello", program=other).out == "hello\n"
    assert invoked("dnstrace", "--lab", "+short", program=other).out == "192.0.2.44\n"
    assert invoked("dnstrace", "--lab", "nxdomain", program=other).status == 1
    wrong = invoked("dnstrace", "--nonsense", program=other)
    assert (wrong.status, wrong.out) == (2, "") and wrong.err.startswith(
        "dnstrace: unknown option '--nonsense'"
    )
    assert "Walk the DNS from the root servers down" in invoked("--help", program=other).out
    assert invoked("dnstrace", "--help", program=other).out.startswith(
        " Usage: root dnstrace [OPTIONS] [@SERVER]"
    )


def test_it_is_mounted_under_a_name(other: typer.Typer) -> None:
    other.add_typer(app, name="dns")
    assert invoked("dns", "dnstrace", "--lab", "--short", program=other).out == "192.0.2.44\n"


def test_its_command_is_given_another_name(other: typer.Typer) -> None:
    command = app.registered_commands[0]
    assert command.callback is not None
    other.command("trace", cls=command.cls, context_settings=command.context_settings)(command.callback)
    assert invoked("trace", "--lab", "+short", program=other).out == "192.0.2.44\n"
    assert invoked("trace", "-h", program=other).out.startswith(" Usage: root trace [OPTIONS]")


def test_its_status_is_returned_where_the_process_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    command = typer.main.get_command(app)
    assert command.main(["--lab", "nxdomain", "--short"], standalone_mode=False) == 1
    assert command.main(["--nonsense"], standalone_mode=False) == 2
    assert "unknown option" in capsys.readouterr().err


# --- what Typer sees of it ------------------------------------------------------------------------------


def test_typer_sees_every_option_of_the_table() -> None:
    parameters = {each.name: each for each in typer.main.get_command(app).params}
    assert [name.replace("_", "-") for name in parameters if name] == [each.name for each in OPTIONS]
    for option in OPTIONS:
        made: Any = parameters[option.name.replace("-", "_")]
        assert tuple(made.opts) == option.typed and made.rich_help_panel == option.group
        assert made.help and option.help.partition("{")[0] in made.help


def test_a_line_that_is_being_completed_is_not_judged() -> None:
    with typer.main.get_command(app).make_context(
        "dnstrace", ["--nonsense"], resilient_parsing=True
    ) as context:
        assert context.args == []


def test_it_is_made_when_it_is_asked_for() -> None:
    code = (
        "import sys, dnstrace.cli; assert 'typer' not in sys.modules and 'rich' not in sys.modules;"
        "from dnstrace.cli import app; assert 'typer' in sys.modules;"
        "import dnstrace.cli as again; assert again.app is app and type(app).__name__ == 'Typer'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})
    assert application() is not app


# --- both readings --------------------------------------------------------------------------------------


def words_of_options() -> st.SearchStrategy[str]:
    """Words that are options, with a right value, a wrong one, or none, wherever one is taken."""
    spellings = [spelt for option in OPTIONS for spelt in (*option.typed, f"+{option.name}")]
    for option in (each for each in OPTIONS if each.opposite):
        spellings += [f"--{option.opposite}", f"+no{option.name}"]
    spellings += [f"+{word}" for word in BY_PLUS]
    texts = st.sampled_from([*VALUES.values(), "", "x"])
    right = [f"--{name}={value}" for name, value in VALUES.items() if name != "name"]
    spelt = st.sampled_from(spellings)
    return spelt | st.sampled_from(right) | st.builds("{}={}".format, spelt, texts)


OTHERS = ["www.example.com", "MX", "@192.0.2.53", "@", "--", "-", "+", "mx.", "192.0.2.1", "AXFR", "list", ""]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
ANY_WORDS = st.lists(words_of_options() | st.sampled_from(OTHERS) | TEXTS, max_size=7)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=ANY_WORDS)
def test_both_readings_are_the_same(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of any line, right or wrong: the same choices, or the same message and status; nothing is traced."""
    seen: list[Choices] = []

    def kept(chosen: Choices, environment: object) -> int:
        seen.append(chosen)
        return 0

    monkeypatch.setattr("dnstrace.cli.command.run_choices", kept)
    monkeypatch.setattr("dnstrace.cli.about.install.install", lambda shell, variables: (shell,))
    monkeypatch.setattr("os.urandom", bytes)  # the cookies
    ours = run(*words, SHELL="/bin/bash")
    theirs = invoked(*words, SHELL="/bin/bash")
    assert theirs == ours
    assert len(seen) in (0, 2) and seen[:1] == seen[1:]

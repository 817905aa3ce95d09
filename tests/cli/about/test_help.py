from __future__ import annotations

import pytest

from dnstrace.cli.about.help import EXAMPLES, TOGETHER, WORDS, help_text
from dnstrace.cli.environment import Environment
from dnstrace.cli.line.options import OPTIONS, Group
from tests.cli.running import run, run_on_terminal


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_every_option_is_in_its_group_on_one_line(columns: int) -> None:
    page = run("--help", COLUMNS=str(columns)).out
    assert max(map(len, page.splitlines())) <= columns
    for group, after in zip(Group, [*list(Group)[1:], WORDS], strict=True):
        panel = page.partition(f"─ {group} ─")[2].partition(f"{after}")[0]
        lines = [line for line in panel.splitlines() if " --" in line]
        assert len(lines) == sum(option.group is group for option in OPTIONS)
        for option in (each for each in OPTIONS if each.group is group):
            start = option.help.partition("{")[0]
            assert any(f"--{option.name} " in line and start in line for line in lines), option.name


def test_each_group_of_the_help_fits_a_screen() -> None:
    panels = [each.partition("╰")[0] for each in run("--help", COLUMNS="80").out.split("╭─")]
    *_, together = panels
    assert TOGETHER in together
    assert len(panels) > len(Group)
    assert max(len(panel.splitlines()) for panel in panels if panel is not together) <= 24
    assert len(together.splitlines()) <= 38


def test_defaults_are_those_of_the_program() -> None:
    page = run("--help", COLUMNS="100").out
    for said in ("(53)", "(2)", "(15)", "(200)", "(1232)"):
        assert said in page
    assert "{" not in page


def test_the_examples_do_what_they_say() -> None:
    page = run("--help", COLUMNS="80").out
    for line, what in EXAMPLES:
        assert line in page
        assert what in page
        words = line.split()[1:]
        if "--lab" not in words:
            words.append("--lab")
        assert run(*words).status in (0, 1)


def test_colours_and_characters_are_those_of_the_environment() -> None:
    assert "\x1b[" not in run("--help").out
    assert "\x1b[" in run("--help", FORCE_COLOR="1").out
    assert "\x1b[" in run_on_terminal("--help").out
    assert "\x1b[" not in run_on_terminal("--help", NO_COLOR="1").out
    assert run("--help", TERM="dumb").out.isascii()


def test_what_goes_with_what_is_said_in_a_group_of_its_own() -> None:
    lines = [
        line.strip("│ ") for line in run("--help", COLUMNS="100").out.partition(TOGETHER)[2].splitlines()
    ]
    assert any(line.split() == ["-4", "not", "with", "-6"] for line in lines)
    assert any(line.startswith("--resume") and line.endswith("; only with --jsonl") for line in lines)


def test_the_help_is_that_of_the_program_that_it_is_called_by() -> None:
    assert help_text(Environment(None, None, {}, program="net dns")).startswith(" Usage: net dns [OPTIONS]")
    assert "typer" not in help_text.__globals__

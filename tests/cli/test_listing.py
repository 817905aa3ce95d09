"""Lines that are folded between words on a terminal, and are one line each elsewhere."""

from __future__ import annotations

import io

import pytest

from dnstrace.cli.environment import Environment
from tests.cli.running import Terminal, run, run_on_terminal


@pytest.mark.parametrize("words", [("--lab", "list"), ("--explain", "list")])
@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_a_list_is_folded_between_words_on_a_terminal_only(words: tuple[str, str], width: int) -> None:
    whole, shown = run(*words).out, run_on_terminal(*words, COLUMNS=str(width)).out
    assert max(map(len, shown.splitlines())) <= width
    assert whole.split() == shown.split()
    begun = [line.split()[0] for line in shown.splitlines() if not line.startswith(" ")]
    assert begun == [line.split()[0] for line in whole.splitlines()]


def test_a_remark_is_folded_between_words_on_a_terminal_only() -> None:
    text = "what is wrong, and what to type instead: " + "`dnstrace --lab list` lists them " * 3
    terminal, file = Terminal(), io.StringIO()
    Environment(stderr=terminal, variables={}).remark(text)
    Environment(stderr=file, variables={}).remark(text)
    lines = terminal.getvalue().splitlines()
    assert file.getvalue().count("\n") == 1 < len(lines) and max(map(len, lines)) <= 80
    assert file.getvalue().split() == terminal.getvalue().split()

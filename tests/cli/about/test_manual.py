from __future__ import annotations

import os
import shlex
import shutil
import subprocess

import pytest

from dnstrace.cli.about.manual import MORE_EXAMPLES, kept, page
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.options import OPTIONS
from tests.cli.running import run


def shown(*words: str, **variables: str) -> str:
    """What a program prints that need not be there; with it, what it says on stderr."""
    if shutil.which(words[0]) is None:
        assert not os.environ.get("CI"), f"{words[0]} is not installed"
        pytest.skip(f"{words[0]} is not installed")
    ran = subprocess.run(
        words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **variables}
    )
    return ran.stdout


def as_printed() -> str:
    """The page at 80 columns."""
    words = ("man", "--warnings", "--no-hyphenation", "--local-file", str(kept()))
    return shown(*words, MANWIDTH="80", LC_ALL="C.UTF-8", MAN_KEEP_FORMATTING="")


def test_the_page_is_made_from_the_tables() -> None:
    assert kept().read_text(encoding="utf-8") == page(), (
        "make it again: python -m dnstrace.cli.about.generate completions"
    )


def test_nothing_is_wrong_with_the_page() -> None:
    assert shown("mandoc", "-T", "lint", str(kept())) == ""


def test_nothing_is_set_in_that_roff_would_not_set_in() -> None:
    assert not [line for line in page().splitlines() if line != " ".join(line.split()) or not line]


def test_the_page_holds_every_option_and_every_exit_status() -> None:
    printed = as_printed()
    assert "warning:" not in printed
    assert max(map(len, printed.splitlines())) <= 80
    for option in OPTIONS:
        assert any(
            line.startswith("       -") and f"--{option.name}" in line for line in printed.splitlines()
        )
    statuses = printed.partition("EXIT STATUS\n")[2].partition("ENVIRONMENT\n")[0]
    items = statuses.partition("\n       With ")[0]
    begun = [line.split()[0] for line in items.splitlines() if line[7:8].strip()]
    assert begun == [str(each.value) for each in Exit]


def test_what_roff_would_take_for_its_own_is_printed_as_it_is() -> None:
    printed = " ".join(as_printed().split())
    for said in ("or 'list' them", "(--edns undoes --no-edns)", "As dig's +vc."):
        assert said in printed


@pytest.mark.parametrize(("line", "what"), MORE_EXAMPLES)
def test_the_examples_do_what_they_say(line: str, what: str) -> None:
    words = [word.replace("system", "192.0.2.153") for word in shlex.split(line)[1:]]
    world = "resolver-stale" if "--resolver" in words else "textbook"
    world = "resolver-public" if "public" in words else world
    ran = run(*words, *(() if "--lab" in words else ("--lab", world)))
    assert ran.status in ((5,) if what.startswith("a broken") else (0, 1)), ran.err


def test_the_page_says_what_goes_with_what() -> None:
    printed = " ".join(as_printed().split())
    assert "Ask over IPv4 only. Not with -6." in printed
    resume = "Continue the FILE of -o: trace what it lacks."
    assert f"{resume} Not with --html or --only-bad. Only with -f, -o and --jsonl." in printed
    assert "Two options that exclude each other are an error" in printed
    assert "of --short, --json, --jsonl, --mermaid, --dot and --format, one can be given" in printed
    assert 'with --lab, also those for "How to ask", --trust-anchor' in printed

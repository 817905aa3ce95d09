"""What the README says is so: its commands run, and what it shows is what the program prints.

Every command is run, in a directory of its own for each block. Where it would ask the Internet, the variable
`DNSTRACE_LAB` has it ask the lab, as it would for a user who sets it; those that would not end, or would ask
the resolver of this machine, are read to the end by the parser alone. `jq` runs where it is installed.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

import dnstrace
from dnstrace.cli.choosing import choose
from dnstrace.cli.line.forms import FORMATS
from dnstrace.cli.line.syntax import parse
from dnstrace.testing import served
from tests.cli.running import run
from tests.picture import LARGEST, PAGE, PICTURES, TREES, digest_in, draw, recorded

HOME = Path(__file__).parent.parent
README = (HOME / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SCRIPTS = [block for language, block in BLOCKS if language == "sh"]
SESSIONS = [block for language, block in BLOCKS if language == "console"]
IN_TABLES = re.findall(r"`(dnstrace [^`]+)`", "".join(re.findall(r"^\| `.*\|$", README, re.MULTILINE)))
ELSEWHERE = {"yaml", "crontab", "conf"}
"""The languages of files of other programs, which run the command."""

IN_FILES = [
    line
    for language, block in BLOCKS
    if language in ELSEWHERE
    for line in re.findall(r"\bdnstrace (-[^;>\n]*)", block)
]
WORLDS = {
    "192.0.2.153": "resolver-stale"
}  # where the lab is another than the textbook, by a word of the command
ONLY_READ = ("--watch", "system", "--serve")
NOT_OURS = {("pip", "install", "."), ("tests/run",)}  # the first is tests/cli/test_install.py's
USAGE, FAULT = 2, 70


def commands(line: str) -> list[tuple[str, list[str]]]:
    """The commands of a line of shell, each after the operator that joins it to the one before."""
    words = shlex.shlex(line, posix=True, punctuation_chars="|&")
    words.whitespace_split = True
    found, operator = [], ""
    for joins, group in groupby(words, lambda word: word in ("|", "&&")):
        if joins:
            operator = "".join(group)
        else:
            found.append((operator, list(group)))
    return found


def printed(line: str) -> str | None:
    """What a line of shell prints in the lab; None where it was only read, or jq is not there."""
    text: str | None = None
    for operator, words in commands(line):
        if words[0] == "jq":
            assert operator == "|"
            text = filtered(words, text) if text is not None else None
        elif words[0] == "dnstrace" and words[-2] == ">":
            Path(words[-1]).write_text(traced(words[1:-2]) or "")
        elif words[0] == "dnstrace":
            text = traced(words[1:])
        else:
            assert tuple(words) in NOT_OURS
    return text


def traced(arguments: list[str]) -> str | None:
    if any(word in arguments for word in ONLY_READ):
        choose(parse(arguments), {})
        return None
    world = next((world for word, world in WORLDS.items() if word in arguments), "textbook")
    ran = run(*arguments, DNSTRACE_LAB=world)
    assert ran.status not in (USAGE, FAULT), ran.err
    assert ran.out or ran.err
    return ran.out


def filtered(words: list[str], text: str) -> str | None:
    if shutil.which("jq") is None:
        return None
    return subprocess.run(words, input=text, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lay_out(block: str) -> None:
    """The files that a block takes for granted."""
    Path("names.txt").write_text("www.example.com\nexample.com NS SOA  # two types\n")
    Path("accepted.txt").write_text("lame-server@example.com until 2026-03-31 The host replaces it.\n")
    for name in {"monday.json", "tuesday.json", "kept.json.gz"}:
        if name in block and f"--save {name}" not in block:
            run("--lab", "--save", name)


@pytest.mark.parametrize("block", SCRIPTS, ids=lambda block: block.partition("\n")[0][:40])
def test_the_commands_run(block: str, desk: Path) -> None:
    lay_out(block)
    for line in block.splitlines():
        printed(line)


@pytest.mark.parametrize("line", IN_TABLES)
def test_what_one_types_here_runs(line: str, desk: Path) -> None:
    lay_out(line)
    printed(line)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.partition("\n")[0][:40])
def test_what_a_session_shows_is_printed(session: str) -> None:
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        line, _, shown = part.partition("\n")
        if (text := printed(line)) is not None:
            pattern = "".join(
                r"(?:.*\n)*?" if each == "..." else re.escape(f"{each}\n") for each in shown.splitlines()
            )
            assert re.fullmatch(pattern, text), text


def test_what_other_programs_run_is_understood(desk: Path) -> None:
    lay_out("")
    for line in IN_FILES:
        chosen = choose(parse(shlex.split(line.replace("$ARG1$", "www.example.com"))), {})
        assert chosen.settings.probe and chosen.shown.output in FORMATS


def test_the_commands_are_found() -> None:
    everything = re.findall(r"^(?:\$ )?(?:dnstrace|pip|tests/run)\b.*$", README, re.MULTILINE)
    in_blocks = [line for block in SCRIPTS for line in block.splitlines()]
    in_sessions = [line for block in SESSIONS for line in block.splitlines() if line.startswith("$ ")]
    assert everything == [line for line in everything if line in in_blocks or line in in_sessions]
    assert {language for language, _ in BLOCKS} - ELSEWHERE == {"sh", "console", "python", "toml"}
    assert len(in_blocks) > 30 and len(IN_TABLES) > 10
    assert os.access(HOME / "tests" / "run", os.X_OK)


def test_a_session_that_shows_something_else_is_found_out() -> None:
    with pytest.raises(AssertionError):
        test_what_a_session_shows_is_printed("$ dnstrace --lab --short\n192.0.2.45\n")


def test_the_library_does_what_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program, test = (block for language, block in BLOCKS if language == "python")
    for name in ("trace", "trace_many"):
        in_the_lab: Any = functools.partial(getattr(dnstrace, name), lab="lame")
        monkeypatch.setattr(dnstrace, name, in_the_lab, raising=False)
    exec(program, {})
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "answer ('192.0.2.44',)"
    assert others.pop(0) == "['www.example.com. 300 IN A 192.0.2.44']"
    assert ". referral" in others
    assert others[-4].startswith("error lame-server ns1.example.com does not serve example.com")
    assert others[-3].startswith("ns1.example.com does not serve example.com at 192.0.2.53")
    assert others[-2:] == ["www.example.com. A answer", "example.com. NS answer"]

    names: dict[str, Any] = {}
    exec(test, names)
    with ExitStack() as stack:
        names["test_refusal"](lambda lab: stack.enter_context(served(lab)))


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.name)
def test_the_pictures_are_what_the_program_prints(path: Path) -> None:
    assert path.read_text("utf-8") == draw(TREES[path]), "draw it anew: python -m tests.picture"


def test_the_picture_of_the_page_shows_what_the_page_says() -> None:
    """Made in a process of its own, as it is drawn: what others have traced before is no matter."""
    program = "from tests.picture import shown_by_page; print(shown_by_page()[1].decode())"
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=PAGE.parents[1], env={"PATH": os.environ["PATH"]}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert digest_in(PAGE.read_bytes()).decode() == made.stdout.strip(), "run python -m tests.picture"


def test_every_picture_is_there_small_and_shown() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    pictures = [*PICTURES.glob("*.svg"), *PICTURES.glob("*.png")]
    assert sorted(shown) == sorted(str(path.relative_to(HOME)) for path in pictures)
    assert all(path.stat().st_size < LARGEST for path in pictures)


def test_every_file_that_contributing_names_is_there() -> None:
    contributing = (HOME / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`(\w+/[\w./-]*|\w+\.py)`", contributing)
    assert len(paths) > 50
    rooms = (HOME, HOME / "dnstrace", HOME / "dnstrace/cli")
    assert not [path for path in paths if not any((room / path).exists() for room in rooms)]


def test_the_layers_that_contributing_shows_are_enforced() -> None:
    contributing = (HOME / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"^    (.+)$", contributing.partition("## The layers")[2], re.MULTILINE)
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    first, *_ = project["tool"]["importlinter"]["contracts"]
    assert ["__main__", *shown] == first["layers"]


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", README):
        assert target in anchors or (HOME / target).exists()


def test_the_lines_that_the_readme_explains_are_what_the_program_prints() -> None:
    shown = recorded().export_text()
    table = README.partition("How to read the picture")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `([^`]+?)` \| ", table, re.MULTILINE)
    assert len(explained) == 6
    for line in explained:
        assert line in shown

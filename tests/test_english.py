"""The English that people read: no word that was given up, one spelling, numbers that agree with their nouns.

What counts is in english.py. Commit subjects are not tested: history cannot be corrected.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import run
from tests.english import ALLOWED, DISAGREEING, PACKAGE, Text, found, packages, texts

PACKAGES = packages()
SHOWN = (
    ("--lab", "lame", "--check", "--explain-steps"),
    ("--lab", "all-refuse", "--check"),
    ("--lab", "missing-glue", "--check", "-v"),
    ("--lab", "one-address", "--check"),
    ("--lab", "dnssec-strips-one", "--check", "--short"),
    ("--lab", "resolver-stale", "--check", "--explain-steps"),
    ("--lab", "--http", "https://www.example.com/"),
    ("--lab", "drops-edns", "--mermaid"),
)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_word_that_was_given_up_comes_back(package: str) -> None:
    wrong = [each for text in texts() if text.package == package for each in found(text)]
    assert not wrong, "\n".join([f"{len(wrong)} in {package}", *wrong])


def test_everything_that_people_read_is_read() -> None:
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "dnstrace/data", "dnstrace/lab"} <= set(PACKAGES)
    read = {text.path for text in texts()}
    assert {PACKAGE / "data" / name for name in ("page.js", "dnstrace.1", "dnstrace-1.schema.json")} <= read
    assert {path for path in PACKAGE.rglob("*.py") if path.read_text("utf-8").strip()} <= read


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("whose job it is to mend it", "mend"),
        ("The zone is  to\nbe signed.", "is to be"),
        ("This is told by the reply.", "is told by"),
        ("A server that is no\nresolver.", "is no resolver"),
        ("Which of them is none", "is none"),
        ("the servers, of which 12 ms had to be", "had to be"),
        ("what the walk came to", "what the walk came to"),
        ("Whom to ask", "Whom"),
        ("It gives their addresses along.", "gives their addresses along"),
        ("an odd behavior", "behavior"),
    ],
)
def test_what_was_given_up_is_found(words: str, wrong: str) -> None:
    assert [repr(wrong) in each for each in found(Text(PACKAGE / "api" / "running.py", 1, words))] == [True]


@pytest.mark.parametrize(
    "words",
    [
        "There is no answer, and there is none to be had.",
        "It is no longer there. It is no more than one.",
        "The two cannot be told apart; the user is told which to use.",
        "The address had to be looked up.",
        "`beside` are the look-ups.",
        "It comes to the point, amended.",
    ],
)
def test_plain_words_are_left_alone(words: str) -> None:
    assert not list(found(Text(PACKAGE / "api" / "running.py", 1, words)))


def test_what_is_allowed_is_there() -> None:
    there = [" ".join(text.words.split()) for text in texts()]
    assert [allowed for allowed in ALLOWED if not any(allowed in words for words in there)] == []


@pytest.mark.parametrize("arguments", SHOWN, ids=" ".join)
def test_numbers_agree_with_their_nouns(arguments: tuple[str, ...]) -> None:
    ran = run(*arguments, "--seed", "1", COLUMNS="300")
    for stream in (ran.out, ran.err):
        shown = " ".join(stream.split())
        assert not [
            shown[max(0, each.start() - 40) : each.end() + 40] for each in DISAGREEING.finditer(shown)
        ]


def test_numbers_agree_on_the_page(tmp_path: Path) -> None:
    run("--lab", "lame", "--check", "--seed", "1", "--html", str(tmp_path / "page.html"))
    assert not DISAGREEING.findall((tmp_path / "page.html").read_text("utf-8"))


@pytest.mark.parametrize(
    "words", ["1 queries", "1 server are", "12 query", "all 2 name servers", "1 name servers"]
)
def test_a_number_that_does_not_agree_is_found(words: str) -> None:
    assert DISAGREEING.search(f"There: {words}.")


@pytest.mark.parametrize(
    "words", ["1 of 2 servers", "2 name servers", "1 query", "TTL 1 record", "v1.1 names"]
)
def test_a_number_that_agrees_is_left_alone(words: str) -> None:
    assert not DISAGREEING.search(words)

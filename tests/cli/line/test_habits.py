"""What people type who are used to another tool; what a whole line comes to is in `test_usage.py`."""

from __future__ import annotations

import pytest

from dnstrace.cli.line import habits
from dnstrace.cli.line.options import BY_LETTER, BY_NAME, BY_PLUS
from dnstrace.cli.usage import Usage
from tests.cli.running import run


def test_nothing_is_said_of_what_there_is() -> None:
    known = {*BY_NAME, *BY_PLUS}
    assert not [name for name in known if habits.plus(name) or habits.long(name)]
    assert not [letter for letter in BY_LETTER if habits.letter(letter, f"-{letter}")]


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (habits.plus("cd"), "use --dnssec"),
        (habits.plus("nocd"), "use --dnssec"),
        (habits.plus("nonsense"), ""),
        (habits.long("server"), "@SERVER"),
        (habits.long("nonsense"), ""),
        (habits.letter("c", "-c"), "always IN"),
        (habits.letter("e", "-example.com"), "as --name=-x.example"),
        (habits.letter("Z", "-Z"), ""),
    ],
)
def test_what_to_do_instead(said: str, part: str) -> None:
    assert part in said and bool(said) is bool(part)


def test_a_word_with_a_backslash_is_meant() -> None:
    habits.unlikely(r"a\,b@example.com")
    with pytest.raises(Usage, match="has a comma in it"):
        habits.unlikely("a,b")


@pytest.mark.parametrize("text", ["192.0.2.1", "2001:db8::1", "ns1.example.com"])
def test_a_server(text: str) -> None:
    habits.server(text)


@pytest.mark.parametrize("text", ["192.0.2.1#53", "[::1]:53", "https://192.0.2.1/", "a,b", "a b"])
def test_more_than_a_server(text: str) -> None:
    with pytest.raises(Usage):
        habits.server(text)


def test_a_word_that_is_left_out_is_so_only_before_a_name() -> None:
    habits.bare("dig", alone=False)
    with pytest.raises(Usage, match="leave out 'dig': type only what to trace"):
        habits.bare("dig", alone=True)


def test_one_dash() -> None:
    habits.one_dash("-x", BY_NAME)
    habits.one_dash("-46", BY_NAME)
    with pytest.raises(Usage, match="did you mean '--type=MX'"):
        habits.one_dash("-querytype=MX", BY_NAME)


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ("x --junit", "use --format junit"),
        ("--lab -", "names from standard input are -f -"),
        ("x --errors-only", "use --level error"),
        ("x --csv", "use --json with jq"),
        ("x --check --format junit -o report.xml", "redirect the output: > FILE"),
        ("x --check --ignore lame-server --until 2027-01-31", "use --ignore 'lame-server until 2027-01-31'"),
        ("x --http --expect status=200", "--http alone ends with 5 if the page is not served"),
        ("--lab --drop nothing", "world textbook has no server 'nothing.'"),
    ],
)
def test_what_people_type_first_is_answered_with_what_to_type(words: str, instead: str) -> None:
    ran = run(*words.split())
    assert ran.status == 2 and instead in ran.err and ran.err.count("\n") == 1


def test_a_server_to_drop_goes_by_the_beginning_of_its_name() -> None:
    short, whole, none = (
        run("--lab", "in-domain", "-a", *words).out
        for words in (("--drop=ns2",), ("--drop=ns2.example.com",), ())
    )
    assert short == whole != none
    assert run("--lab", "--drop", "ns-20").status == 2
